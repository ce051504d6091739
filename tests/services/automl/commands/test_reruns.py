"""Repeating a run: from the split, from the search, from finishing on."""

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent, Run
from services.audit.actor import Actor
from services.automl.commands import Step, repeat_run
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run, make_trial


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def run(session: Session, scientist: Actor) -> Run:
    project = make_project(session, scientist)
    run = make_run(session, scientist, project.id, n_trials=9, budget_seconds=77, seed=4, metric="log_loss")
    run.state = "finished"
    for number in (1, 2):
        make_trial(session, run, number)
    make_trial(session, run, 3, state="failed", score=None, failure="It took longer than 25 s.")
    return run


def test_from_the_split_on_only_the_seed_is_another(session: Session, scientist: Actor, run: Run) -> None:
    again = repeat_run(session, actor=scientist, run_id=run.id, step="split")
    assert (again.rerun_of, again.rerun_from, again.state) == (run.id, "split", "queued")
    assert (again.seed, again.metric, again.n_trials_budget, again.budget_seconds) == (5, "log_loss", 9, 77)
    assert again.dataset_version_id == run.dataset_version_id
    assert again.number == run.number + 1
    assert repeat_run(session, actor=scientist, run_id=run.id, step="split", seed=17).seed == 17


def test_from_the_search_on_the_rows_stay_and_the_budget_may_grow(session: Session, scientist: Actor, run: Run) -> None:
    again = repeat_run(session, actor=scientist, run_id=run.id, step="search", n_trials=20, budget_seconds=30, seed=99)
    assert (again.seed, again.n_trials_budget, again.budget_seconds) == (4, 20, 30)


def test_from_finishing_on_nothing_new_is_tried(session: Session, scientist: Actor, run: Run) -> None:
    again = repeat_run(session, actor=scientist, run_id=run.id, step="finishing", n_trials=50)
    assert (again.seed, again.n_trials_budget) == (4, 2)


def test_it_is_a_part_of_the_record(session: Session, scientist: Actor, run: Run) -> None:
    again = repeat_run(session, actor=scientist, run_id=run.id, step="search")
    events = session.exec(select(AuditEvent).where(AuditEvent.object_id == again.id)).all()
    assert [event.action for event in events] == ["run.repeated"]
    expected = {"number": 2, "repeats": 1, "from": "search", "seed": 4}
    assert {name: (events[0].after or {})[name] for name in expected} == expected


@pytest.mark.parametrize("state", ["queued", "running", "paused", "finishing"])
def test_a_run_that_goes_on_is_not_repeated(session: Session, scientist: Actor, run: Run, state: str) -> None:
    run.state = state
    with pytest.raises(ConflictError, match="has not ended"):
        repeat_run(session, actor=scientist, run_id=run.id, step="search")


def test_without_a_model_there_is_nothing_to_finish(session: Session, scientist: Actor) -> None:
    run = make_run(session, scientist, make_project(session, scientist).id)
    run.state = "failed"
    with pytest.raises(ConflictError, match="nothing to finish"):
        repeat_run(session, actor=scientist, run_id=run.id, step="finishing")


def test_another_step_and_another_run_are_refused(session: Session, scientist: Actor, run: Run) -> None:
    step: Step = "data"  # type: ignore[assignment]
    with pytest.raises(InvalidInputError):
        repeat_run(session, actor=scientist, run_id=run.id, step=step)
    with pytest.raises(NotFoundError):
        repeat_run(session, actor=make_actor(session, Role.DATA_SCIENTIST), run_id=run.id, step="split")
