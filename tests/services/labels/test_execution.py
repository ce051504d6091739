"""The jobs of labelling, done as a worker does them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from db.session import reading, transaction
from services.audit.actor import Actor
from services.datasets.queries import find_dataset, get_table_content
from services.datasets.tables import read_table
from services.datasets.views import Dataset
from services.errors import ConflictError, InvalidInputError
from services.labels.commands import (
    apply_verdicts,
    request_noise,
    request_training,
    request_worth,
    save_verdict,
)
from services.labels.queries import find_suspects, get_card, get_task
from services.labels.views import SuspectList
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_labels import label_rows, make_task, run_jobs
from tests.makers_money import CALLS


@pytest.fixture(autouse=True, params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Any, sqlite_template: Any) -> str:
    """The rows are read and written by commands that run on both databases in their own tests."""
    import shutil

    path = tmp_path / "portal.sqlite"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


def make_clear_frame(n: int = 400, n_wrong: int = 16) -> tuple[pd.DataFrame, set[int]]:
    """Rows whose outcome follows from two columns, but for a few whose label was turned around; and those rows."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"debt": random.normal(size=n).round(3), "income": random.normal(size=n).round(3)})
    truth = frame["debt"] - frame["income"] > 0
    clear = np.flatnonzero((frame["debt"] - frame["income"]).abs().to_numpy() > 1.2)
    wrong = {int(row) for row in random.choice(clear, n_wrong, replace=False)}
    said = [not value if row in wrong else value for row, value in enumerate(truth)]
    return frame.assign(default=pd.Series(["Yes" if value else "No" for value in said], dtype="str")), wrong


def arrange(engine: Engine, frame: pd.DataFrame | None = None, *, with_money: bool = False) -> tuple[Actor, Dataset]:
    with transaction(engine) as session:
        scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session, Role.BUSINESS)
        project = make_project(session, scientist, business)
        target = "churn" if frame is None else "default"
        dataset = make_dataset(session, scientist, project.id, frame=frame, target=target)
        if with_money:
            save_valuation(session, actor=business, project_id=project.id, assumptions=CALLS, based_on=0)
    return scientist, dataset


def test_before_there_are_labels_chance_draws_the_rows(engine: Engine) -> None:
    with transaction(engine) as session:
        task, scientist = make_task(session)
    (job,) = run_jobs(scientist, task.project_id, kinds=["labels.train"])
    assert job.state == "done", job.failure
    with reading() as session:
        task = get_task(session, actor=scientist, task_id=task.id)
    assert (task.queue_round, task.n_queued) == (1, 200)
    assert task.model is not None
    assert "at least 12 labelled rows" in task.model["note"]


def test_a_few_labels_make_a_scored_model_that_orders_the_queue_and_can_be_tried(engine: Engine) -> None:
    with transaction(engine) as session:
        task, scientist = make_task(session, n_rows=600, share=0.0)
    run_jobs(scientist, task.project_id, kinds=["labels.train"])
    rows = label_rows(scientist, task.id, 40)  # asks for training by itself
    (job,) = run_jobs(scientist, task.project_id, kinds=["labels.train"])
    assert job.state == "done", job.failure
    with reading() as session:
        after = get_task(session, actor=scientist, task_id=task.id)
        card = get_card(session, actor=scientist, task_id=task.id, place=0)
    assert after.model is not None
    score = after.model["score"]
    assert score["n"] == 40
    assert score["is_of_drawn"]
    assert score["low"] < score["accuracy"] < score["high"] + 1e-9
    assert score["accuracy"] > score["baseline"]
    assert after.model["onnx_sha256"]
    assert card is not None
    assert card.row not in rows
    assert sum(card.said) == pytest.approx(1.0, abs=1e-3)


def test_asking_twice_is_one_job(engine: Engine) -> None:
    with transaction(engine) as session:
        task, scientist = make_task(session)
        first = request_training(session, actor=scientist, task_id=task.id)
        assert request_training(session, actor=scientist, task_id=task.id).id == first.id


def look_for_noise(engine: Engine) -> tuple[Actor, Dataset, SuspectList, set[int]]:
    frame, wrong = make_clear_frame()
    scientist, dataset = arrange(engine, frame)
    with transaction(engine) as session:
        request_noise(session, actor=scientist, dataset_id=dataset.id)
    (job,) = run_jobs(scientist, dataset.project_id, kinds=["labels.noise"])
    assert job.state == "done", job.failure
    with reading() as session:
        _, found = find_suspects(session, actor=scientist, project_id=dataset.project_id, kind="labels.noise")
    assert found is not None
    return scientist, dataset, found, wrong


def test_labels_that_were_turned_around_are_found(engine: Engine) -> None:
    _, dataset, found, wrong = look_for_noise(engine)
    rows = [suspect.row for suspect in found.suspects]
    assert len(set(rows) & wrong) >= 14
    assert found.n_examined == dataset.n_rows
    assert found.noise_rate == pytest.approx(0.04, abs=0.03)
    assert all(suspect.given != suspect.suggested for suspect in found.suspects)
    assert found.suspects[0].card is not None
    assert set(found.suspects[0].card.cells) == {"debt", "income"}


def test_decisions_about_suspicious_rows_become_steps_of_a_new_version(engine: Engine) -> None:
    scientist, dataset, found, _ = look_for_noise(engine)
    kept, relabelled, excluded = found.suspects[:3]
    with transaction(engine) as session:
        ask: dict[str, Any] = {"session": session, "actor": scientist, "job_id": found.job_id}
        save_verdict(**ask, row=kept.row, verdict="keep", reason="Checked with the branch")
        save_verdict(**ask, row=relabelled.row, verdict="relabel", value=relabelled.suggested, reason="A typing error")
        save_verdict(**ask, row=excluded.row, verdict="exclude", reason="A test customer")
        apply_verdicts(session, actor=scientist, job_id=found.job_id)
    run_jobs(scientist, dataset.project_id, kinds=["dataset.apply"])
    with reading() as session:
        latest = find_dataset(session, actor=scientist, project_id=dataset.project_id)
        assert latest is not None
        frame = read_table(get_table_content(session, actor=scientist, dataset_id=latest.id))
        _, again = find_suspects(session, actor=scientist, project_id=dataset.project_id, kind="labels.noise")
    assert latest.n_rows == dataset.n_rows - 1
    assert [step["kind"] for step in latest.recipe] == ["set_values", "exclude_rows"]
    assert [step["reason"] for step in latest.recipe] == ["A typing error", "A test customer"]
    place = relabelled.row - (excluded.row < relabelled.row)
    assert frame["default"].iloc[place] == relabelled.suggested
    assert again is not None
    assert (again.n_decided, again.n_changes) == (3, 2)


def test_a_verdict_needs_a_reason_a_found_row_and_a_class(engine: Engine) -> None:
    scientist, _, found, _ = look_for_noise(engine)
    row = found.suspects[0].row
    with transaction(engine) as session:
        ask: dict[str, Any] = {"session": session, "actor": scientist, "job_id": found.job_id}
        with pytest.raises(ConflictError, match="No row is excluded"):
            apply_verdicts(session, actor=scientist, job_id=found.job_id)
        with pytest.raises(InvalidInputError, match="Say why"):
            save_verdict(**ask, row=row, verdict="keep", reason=" ")
        with pytest.raises(InvalidInputError, match="not one of those"):
            save_verdict(**ask, row=100_000, verdict="keep", reason="Looked at it")
        with pytest.raises(InvalidInputError, match="which class"):
            save_verdict(**ask, row=row, verdict="relabel", value="Perhaps", reason="Looked at it")


def test_the_worth_of_more_labels_is_money_with_an_interval_or_not_enough_data(engine: Engine) -> None:
    frame, _ = make_clear_frame(600, 20)
    scientist, dataset = arrange(engine, frame, with_money=True)
    with transaction(engine) as session:
        request_worth(session, actor=scientist, dataset_id=dataset.id)
    (job,) = run_jobs(scientist, dataset.project_id, kinds=["labels.worth"])
    assert job.state == "done", job.failure
    assert job.result is not None
    assert job.result["n_now"] == 600
    gain = job.result["gain"]
    assert gain["low"] <= gain["amount"] <= gain["high"]
    mean, low, high = job.result["amount_band"]
    assert all(a <= b <= c for a, b, c in zip(low, mean, high, strict=True))
    assert job.result["currency"] == "EUR"


def test_too_little_data_is_said_in_a_sentence(engine: Engine) -> None:
    frame, _ = make_clear_frame(30, 1)
    scientist, dataset = arrange(engine, frame)
    with transaction(engine) as session:
        request_worth(session, actor=scientist, dataset_id=dataset.id)
        request_noise(session, actor=scientist, dataset_id=dataset.id)
    jobs = run_jobs(scientist, dataset.project_id, kinds=["labels.worth"])
    assert jobs[0].state == "done"
    assert jobs[0].result is not None
    assert "at least 40" in jobs[0].result["note"]
