"""What workers do with tables: from the job to the version, the health report and the comparison."""

from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import DatasetVersion, HealthReport, Job
from services.audit.actor import Actor
from services.datasets.commands import (
    describe_column,
    exclude_column,
    include_column,
    request_comparison,
    request_examination,
    request_steps,
)
from services.datasets.execution import apply_steps, compare, examine
from services.datasets.queries import find_dataset, find_health, get_dataset
from services.datasets.settings import get_dataset_settings
from services.datasets.tables import read_table
from services.datasets.views import Dataset
from services.jobs.execution import run_job
from services.jobs.queries import get_job
from services.jobs.views import JobView
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame

HANDLERS = {"dataset.apply": apply_steps, "dataset.examine": examine, "dataset.compare": compare}
LONG: dict[str, object] = {
    "kind": "exclude_rows",
    "condition": {"column": "tenure", "operator": "more", "value": 60},
    "reason": "Old contracts",
}
TELCO = Path(__file__).resolve().parents[4] / "shared" / "data" / "stories" / "telco_churn.csv"


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def dataset(engine: Engine, scientist: Actor) -> Dataset:
    with transaction(engine) as session:
        return make_dataset(session, scientist, make_project(session, scientist).id)


def done(engine: Engine, actor: Actor, job: JobView | None) -> JobView:
    assert job is not None
    run_job(job.id, HANDLERS, "worker-1")
    with reading(engine) as session:
        return get_job(session, actor=actor, job_id=job.id)


def apply(engine: Engine, actor: Actor, dataset: Dataset, *steps: dict[str, object]) -> JobView:
    with transaction(engine) as session:
        job = request_steps(session, actor=actor, dataset_id=dataset.id, steps=steps).job
    return done(engine, actor, job)


def test_a_worker_makes_the_version_that_was_asked_for(engine: Engine, scientist: Actor, dataset: Dataset) -> None:
    job = apply(engine, scientist, dataset, LONG, {"kind": "hash_column", "column": "customerID"})
    assert (job.state, job.failure) == ("done", None) and job.result is not None
    frame = make_frame()
    n_out = int((frame["tenure"] > 60).sum())
    assert [effect["words"] for effect in job.result["effects"]] == [
        f"left out {n_out} rows",
        f"changed {200 - n_out} cells",
    ]
    with reading(engine) as session:
        made = get_dataset(session, actor=scientist, dataset_id=job.result["dataset_id"])
        latest = find_dataset(session, actor=scientist, project_id=dataset.project_id)
    assert made == latest and made.n_rows == 200 - n_out and made.base_sha256 == dataset.base_sha256
    table = read_table(get_artifact_store().get(made.table_sha256))
    kept = frame[frame["tenure"] <= 60].reset_index(drop=True)
    pd.testing.assert_frame_equal(table.drop(columns="customerID"), kept.drop(columns="customerID"))
    assert table["customerID"].str.fullmatch("[0-9a-f]{64}").all()
    assert made.origin["stored"][made.table_sha256] == get_artifact_store().size(made.table_sha256)


def test_a_job_that_is_begun_again_makes_one_version(engine: Engine, scientist: Actor, dataset: Dataset) -> None:
    job = apply(engine, scientist, dataset, LONG)
    run_job(job.id, HANDLERS, "worker-2")
    with reading(engine) as session:
        versions = session.exec(select(DatasetVersion).where(DatasetVersion.project_id == dataset.project_id)).all()
    assert len(versions) == dataset.version + 1


def test_a_step_that_changes_nothing_makes_no_version(engine: Engine, scientist: Actor, dataset: Dataset) -> None:
    job = apply(engine, scientist, dataset, {"kind": "clip", "column": "tenure", "low": 0})
    assert job.state == "failed" and "would change nothing" in (job.failure or "")


def test_a_step_that_leaves_no_row_is_refused(engine: Engine, scientist: Actor, dataset: Dataset) -> None:
    condition = {"column": "tenure", "operator": "more", "value": -1}
    job = apply(engine, scientist, dataset, {**LONG, "condition": condition})
    assert job.state == "failed" and "No row would be left" in (job.failure or "")


def test_a_step_the_table_does_not_allow_is_named(engine: Engine, scientist: Actor, dataset: Dataset) -> None:
    job = apply(engine, scientist, dataset, {"kind": "trim_text", "columns": ["tenure"]})
    assert job.state == "failed" and "Step 1 (Remove spaces around the text in “tenure”)" in (job.failure or "")


def test_of_two_who_change_the_same_version_one_is_told(engine: Engine, scientist: Actor, dataset: Dataset) -> None:
    with transaction(engine) as session:
        other = {"kind": "to_text", "column": "charges"}
        first, second = (
            request_steps(session, actor=scientist, dataset_id=dataset.id, steps=[step]).job for step in (LONG, other)
        )
    assert done(engine, scientist, first).state == "done"
    late = done(engine, scientist, second)
    assert late.state == "failed" and "changed the data meanwhile" in (late.failure or "")


def test_nothing_is_stored_beyond_the_quota(
    engine: Engine, scientist: Actor, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATASETS_PROJECT_FILES", "2")
    get_dataset_settings.cache_clear()
    before = get_artifact_store().list_digests()
    try:
        job = apply(engine, scientist, dataset, LONG)
    finally:
        monkeypatch.undo()
        get_dataset_settings.cache_clear()
    assert job.state == "failed" and "2 are allowed" in (job.failure or "")
    assert get_artifact_store().list_digests() == before


def queued_examinations(engine: Engine, dataset: Dataset) -> list[str | None]:
    with reading(engine) as session:
        jobs = select(Job).where(Job.kind == "dataset.examine", Job.project_id == dataset.project_id)
        return [job.subject_id for job in session.exec(jobs) if job.state == "queued"]


def examined(engine: Engine, actor: Actor, dataset: Dataset) -> JobView:
    with transaction(engine) as session:
        job = request_examination(session, actor=actor, dataset_id=dataset.id)
    return done(engine, actor, job)


def test_the_latest_version_waits_to_be_examined(engine: Engine, scientist: Actor, dataset: Dataset) -> None:
    assert queued_examinations(engine, dataset) == [dataset.id]


def test_the_checks_run_once_for_a_table_and_again_when_it_matters(
    engine: Engine, scientist: Actor, dataset: Dataset
) -> None:
    assert examined(engine, scientist, dataset).result == {"dataset_id": dataset.id, "examined": True}
    with transaction(engine) as session:
        health = find_health(session, actor=scientist, dataset_id=dataset.id)
        assert health is not None and health.is_current and health.document.n_rows == 200
        assert request_examination(session, actor=scientist, dataset_id=dataset.id) is None
        without = exclude_column(session, actor=scientist, dataset_id=dataset.id, column="customerID", reason="An id")
        assert find_health(session, actor=scientist, dataset_id=without.id) is not None
    assert queued_examinations(engine, dataset) == []
    with transaction(engine) as session:
        describe_column(
            session, actor=scientist, project_id=dataset.project_id, column="charges", known_before_decision="no"
        )
    assert queued_examinations(engine, dataset) == [without.id]
    assert examined(engine, scientist, without).result == {"dataset_id": without.id, "examined": True}
    with transaction(engine) as session:
        again = include_column(session, actor=scientist, dataset_id=without.id, column="customerID")
        health = find_health(session, actor=scientist, dataset_id=again.id)
        assert health is not None and not health.is_current
        assert len(session.exec(select(HealthReport)).all()) == 1


def test_an_older_version_is_not_examined(engine: Engine, scientist: Actor, dataset: Dataset) -> None:
    with transaction(engine) as session:
        job = request_examination(session, actor=scientist, dataset_id=dataset.id)
    assert job is not None
    with transaction(engine) as session:
        exclude_column(session, actor=scientist, dataset_id=dataset.id, column="customerID", reason="An id")
    assert done(engine, scientist, job).state in ("cancelled", "done")
    with reading(engine) as session:
        assert find_health(session, actor=scientist, dataset_id=dataset.id) is None


def test_two_versions_are_compared_by_their_rows(engine: Engine, scientist: Actor, dataset: Dataset) -> None:
    made = apply(engine, scientist, dataset, LONG)
    assert made.result is not None
    with transaction(engine) as session:
        job = request_comparison(session, actor=scientist, before_id=dataset.id, after_id=made.result["dataset_id"])
    result = done(engine, scientist, job).result
    assert result is not None and result["changes"][0]["column"] == "tenure"
    rows = result["rows"]
    assert (rows["key"], rows["n_only_before"], rows["n_only_after"], rows["n_changed"]) == (
        "customerID",
        int((make_frame()["tenure"] > 60).sum()),
        0,
        0,
    )


@pytest.mark.skipif(not TELCO.exists(), reason="the example table is not on this machine")
def test_the_telco_table_is_cleaned_and_restored(engine: Engine, scientist: Actor) -> None:
    frame = pd.read_csv(TELCO, dtype={"TotalCharges": "str"})
    with transaction(engine) as session:
        project_id = make_project(session, scientist).id
        telco = make_dataset(session, scientist, project_id, frame=frame, target="Churn")
    job = apply(
        engine,
        scientist,
        telco,
        {"kind": "to_number", "column": "TotalCharges"},
        {"kind": "exclude_rows", "condition": {"column": "tenure", "operator": "is", "value": 0}, "reason": "New"},
        {"kind": "merge_spellings", "column": "MultipleLines", "mapping": {"No phone service": "No"}},
    )
    assert job.result is not None
    assert [effect["words"] for effect in job.result["effects"]] == [
        "changed 7,043 cells, 11 of them became missing",
        "left out 11 rows",
        "changed 680 cells",
    ]
