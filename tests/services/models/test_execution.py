"""Jobs about a model: its worst rows, what a cleaner version gives, its training script, who may ask, how they end."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import Job
from portal.jobs.handlers import HANDLERS
from services.audit.actor import SYSTEM, Actor
from services.automl.candidates import Candidate
from services.automl.commands import start_run
from services.automl.scoring import score
from services.automl.training import fit_pipeline, new_pipeline, predict
from services.datasets.queries import get_table_content
from services.datasets.views import Dataset
from services.errors import NotFoundError
from services.jobs.child_process import run_in_child
from services.jobs.commands import cancel_job
from services.jobs.execution import run_job
from services.jobs.queries import get_job
from services.jobs.views import JobView
from services.labels.commands import request_comparison, request_top_losses
from services.labels.queries import find_suspects
from services.models import execution
from services.models.cards import read_cards
from services.models.commands import register_model, request_training_script
from services.models.pipeline_file import dump_pipeline, load_pipeline
from services.models.queries import UNKNOWN_MODEL, find_training_script, get_model
from services.models.run_data import load_preparation
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_steps
from tests.makers_labels import run_jobs
from tests.makers_models import make_finished
from tests.makers_money import CALLS

LINEAR = Candidate("linear", {"numbers": "standard", "strength": 1.0})
on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Found:
    """A fitted model and the rows of its data whose outcome was turned around."""

    scientist: Actor
    dataset: Dataset
    model_id: str
    wrong: dict[int, str]  # row -> what is true


def make_found(engine: Engine, *, n: int = 300, n_wrong: int = 12) -> Found:
    """A model that was fitted to rows of which a few say the opposite of what two columns decide."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"debt": random.normal(size=n).round(3), "income": random.normal(size=n).round(3)})
    gap = frame["debt"] - frame["income"]
    rows = random.choice(np.flatnonzero(gap.abs() > 1.2), n_wrong, replace=False)
    wrong = {int(row): "Yes" if gap[row] > 0 else "No" for row in rows}
    said = [(gap[row] > 0) != (row in wrong) for row in range(n)]
    frame["default"] = pd.Series(["Yes" if value else "No" for value in said], dtype="str")
    with transaction(engine) as session:
        scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session, Role.BUSINESS)
        project = make_project(session, scientist, business)
        save_valuation(session, actor=business, project_id=project.id, assumptions=CALLS, based_on=0)
        dataset = make_dataset(session, scientist, project.id, frame=frame, target="default")
        run = start_run(session, actor=scientist, project_id=project.id, dataset_id=dataset.id)
        run_id = run.id
    preparation = load_preparation(run_id)
    pipeline = fit_pipeline(new_pipeline(preparation, LINEAR), LINEAR, preparation.train.x, preparation.train.y)
    finished = make_finished(pipeline_file=dump_pipeline(pipeline))
    with transaction(engine) as session:
        model = register_model(session, actor=SYSTEM, run_id=run_id, finished=finished)
        return Found(scientist, dataset, model.id, wrong)


def ask(found: Found) -> JobView:
    with transaction() as session:
        return request_top_losses(session, actor=found.scientist, model_id=found.model_id)


def compare_with(found: Found, dataset_id: str) -> JobView:
    with transaction() as session:
        request_comparison(session, actor=found.scientist, model_id=found.model_id, dataset_id=dataset_id)
    (job,) = run_jobs(found.scientist, found.dataset.project_id, kinds=["models.top_loss"])
    return job


def look(found: Found, job: JobView) -> JobView:
    with reading() as session:
        return get_job(session, actor=found.scientist, job_id=job.id)


def test_rows_that_were_turned_around_come_first_with_their_cards(engine: Engine) -> None:
    found = make_found(engine)
    ask(found)
    (job,) = run_jobs(found.scientist, found.dataset.project_id, kinds=["models.top_loss"])
    assert job.state == "done", job.failure
    with reading() as session:
        _, listed = find_suspects(
            session,
            actor=found.scientist,
            project_id=found.dataset.project_id,
            kind="models.top_loss",
            subject_id=found.model_id,
        )
    assert job.result is not None
    assert listed is not None
    learned = {int(row) for row in load_preparation(_run_id(found)).train.positions}
    planted = set(found.wrong) & learned
    first = listed.suspects[: len(planted)]
    assert len(planted & {suspect.row for suspect in first}) >= 0.8 * len(planted)
    assert {suspect.row for suspect in listed.suspects} <= learned
    for suspect in first:
        if suspect.row in found.wrong:
            assert suspect.suggested == found.wrong[suspect.row] != suspect.given
    scores = [suspect.score for suspect in listed.suspects]
    assert scores == sorted(scores)
    assert job.result["n_examined"] == len(learned)
    cards = read_cards(get_artifact_store().get(job.result["cards_sha256"]))
    assert set(cards[first[0].row].cells) == {"debt", "income"}


@on_one_engine
def test_the_effect_of_correcting_them_is_told_in_score_and_money(engine: Engine) -> None:
    found = make_found(engine)
    values = {str(row): true for row, true in found.wrong.items()}
    correct = {"kind": "set_values", "column": "default", "values": values, "reason": "Looked up"}
    learned = load_preparation(_run_id(found)).train.positions
    right = next(int(row) for row in learned if int(row) not in found.wrong)
    leave_out = {"kind": "exclude_rows", "rows": [right], "reason": "A test customer"}
    with transaction(engine) as session:
        cleaner = make_steps(session, found.scientist, found.dataset, correct, leave_out)
    job = compare_with(found, cleaner.id)
    assert job.state == "done", job.failure
    assert job.result is not None
    assert (job.result["dataset_id"], job.result["compare_with"]) == (found.dataset.id, cleaner.id)
    effect: dict[str, Any] = job.result["comparison"]
    assert effect["after"]["score"] > effect["before"]["score"]
    assert effect["before"]["n_learned"] - effect["after"]["n_learned"] == 1
    assert effect["amount_gain_low"] <= effect["amount_gain"] <= effect["amount_gain_high"]


@on_one_engine
def test_versions_of_another_table_are_not_compared(engine: Engine) -> None:
    found = make_found(engine, n=120, n_wrong=4)
    with transaction(engine) as session:
        other = make_dataset(session, found.scientist, found.dataset.project_id)
    job = compare_with(found, other.id)
    assert (job.state, job.failure) == (
        "failed",
        "The versions are of different tables, so their rows cannot be compared.",
    )


@on_one_engine
def test_a_stranger_can_neither_ask_nor_be_answered(engine: Engine) -> None:
    found = make_found(engine, n=120, n_wrong=4)
    job = ask(found)
    with transaction(engine) as session:
        stranger = make_actor(session, Role.DATA_SCIENTIST)
        with pytest.raises(NotFoundError, match=UNKNOWN_MODEL):
            request_top_losses(session, actor=stranger, model_id=found.model_id)
        row = session.get_one(Job, job.id)
        row.created_by = stranger.user_id  # as if a job had been smuggled in
        session.add(row)
    run_job(job.id, HANDLERS, "here")
    ended = look(found, job)
    assert (ended.state, ended.failure, ended.result) == ("failed", UNKNOWN_MODEL, None)


@on_one_engine
def test_stop_ends_it_once_its_child_is_to_work(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    found = make_found(engine, n=120, n_wrong=4)
    job = ask(found)

    def stop_then_run(*arguments: Any, **options: Any) -> Any:
        with transaction() as session:
            cancel_job(session, actor=found.scientist, job_id=job.id)
        return run_in_child(*arguments, **options)

    monkeypatch.setattr(execution, "run_in_child", stop_then_run)
    run_job(job.id, HANDLERS, "here")
    ended = look(found, job)
    assert (ended.state, ended.phase, ended.result) == ("cancelled", "Stopped", None)


@on_one_engine
def test_the_training_script_of_a_model_runs_on_the_stored_table(engine: Engine, tmp_path: Path) -> None:
    found = make_found(engine, n=200, n_wrong=4)
    with transaction(engine) as session:
        assert find_training_script(session, actor=found.scientist, model_id=found.model_id) is None
        request_training_script(session, actor=found.scientist, model_id=found.model_id)
    (job,) = run_jobs(found.scientist, found.dataset.project_id, kinds=["models.script"])
    assert job.state == "done", job.failure
    script, table = tmp_path / "train.py", tmp_path / "table.parquet"
    with reading() as session:
        script.write_bytes(find_training_script(session, actor=found.scientist, model_id=found.model_id) or b"")
        table.write_bytes(get_table_content(session, actor=found.scientist, dataset_id=found.dataset.id))
        model = get_model(session, actor=found.scientist, model_id=found.model_id)
    ended = subprocess.run([sys.executable, "-I", script, table], capture_output=True, text=True, check=False)
    said = json.loads(ended.stdout)
    holdout = load_preparation(model.run_id).holdout
    pipeline = load_pipeline(get_artifact_store().get(model.pipeline_sha256))
    assert said["holdout"] == pytest.approx(score(model.metric, holdout.y, predict(pipeline, holdout.x, 2)), abs=1e-9)
    assert said["stored"] == {
        "out_of_fold": 0.83,
        "holdout": 0.84,
        "yearly_value": 298_000.0,
    }  # the made-up scores of this test
    assert (ended.returncode, said["is_same"]) == (1, False)


def _run_id(found: Found) -> str:
    with reading() as session:
        return get_model(session, actor=found.scientist, model_id=found.model_id).run_id
