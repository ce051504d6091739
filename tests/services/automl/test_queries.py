"""What a page sees of a run."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from db.tables import Run, Worker
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.queries import find_latest_run, get_run, list_runs
from services.errors import NotFoundError
from services.people.permissions import Role
from tests.makers import Project, make_actor, make_project
from tests.makers_models import make_run, make_trial


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def project(session: Session, scientist: Actor) -> Project:
    return make_project(session, scientist)


@pytest.fixture
def run(session: Session, scientist: Actor, project: Project) -> Run:
    return make_run(session, scientist, project.id, n_trials=10, budget_seconds=100)


def make_worker(session: Session, executor_id: str, *, heartbeat_age: float = 1.0) -> Worker:
    heard = utc_now() - timedelta(seconds=heartbeat_age)
    worker = Worker(
        executor_id=executor_id,
        host=f"host of {executor_id}",
        pid=1,
        application_version="1",
        started_at=heard,
        heartbeat_at=heard,
        lease_until=heard + timedelta(seconds=6),
    )
    session.add(worker)
    session.flush()
    return worker


def test_there_is_no_latest_run_before_the_first(session: Session, scientist: Actor, project: Project) -> None:
    assert find_latest_run(session, actor=scientist, project_id=project.id) is None


def test_runs_are_listed_newest_first(session: Session, scientist: Actor, project: Project, run: Run) -> None:
    second = make_run(session, scientist, project.id)
    assert [view.id for view in list_runs(session, actor=scientist, project_id=project.id)] == [second.id, run.id]
    latest = find_latest_run(session, actor=scientist, project_id=project.id)
    assert latest is not None
    assert latest.id == second.id


def test_a_stranger_gets_the_same_answer_as_for_a_run_that_does_not_exist(session: Session, run: Run) -> None:
    stranger = make_actor(session, Role.DATA_SCIENTIST)
    with pytest.raises(NotFoundError):
        get_run(session, actor=stranger, run_id=run.id)
    with pytest.raises(NotFoundError):
        get_run(session, actor=stranger, run_id="0" * 32)


def test_trials_are_counted_by_how_they_ended(session: Session, scientist: Actor, run: Run) -> None:
    make_trial(session, run, 1, score=0.7)
    make_trial(session, run, 2, score=0.9)
    make_trial(session, run, 3, state="failed", score=None, failure="It needed more than 2 GB.")
    make_trial(session, run, 4, state="running", score=None)
    view = get_run(session, actor=scientist, run_id=run.id)
    assert (view.n_complete, view.n_failed, len(view.trials)) == (2, 1, 4)
    assert view.best is not None
    assert view.best.number == 2
    assert view.trials[2].failure == "It needed more than 2 GB."


def test_the_best_trial_is_the_smallest_error_where_smaller_is_better(
    session: Session, scientist: Actor, project: Project
) -> None:
    run = make_run(session, scientist, project.id, metric="log_loss")
    make_trial(session, run, 1, score=0.4)
    make_trial(session, run, 2, score=0.5)
    best = get_run(session, actor=scientist, run_id=run.id).best
    assert best is not None
    assert best.number == 1


def test_search_time_runs_only_while_searching(session: Session, scientist: Actor, run: Run) -> None:
    run.used_seconds, run.state = 20.0, "paused"
    assert get_run(session, actor=scientist, run_id=run.id).used_seconds == 20.0
    run.state, run.started_at = "running", utc_now() - timedelta(seconds=10)
    session.add(run)
    assert get_run(session, actor=scientist, run_id=run.id).used_seconds == pytest.approx(30.0, abs=1)


def test_the_time_left_is_said_once_two_trials_have_ended(session: Session, scientist: Actor, run: Run) -> None:
    run.state, run.started_at = "running", utc_now() - timedelta(seconds=10)
    session.add(run)
    make_trial(session, run, 1)
    assert get_run(session, actor=scientist, run_id=run.id).eta_seconds is None
    make_trial(session, run, 2)
    assert get_run(session, actor=scientist, run_id=run.id).eta_seconds == pytest.approx(40.0, abs=2)


def test_the_worker_shown_is_the_one_that_works_on_the_run(session: Session, scientist: Actor, run: Run) -> None:
    make_worker(session, "other", heartbeat_age=0.0)
    mine = make_worker(session, "mine", heartbeat_age=3.0)
    make_trial(session, run, 1, worker_id=mine.executor_id)
    worker = get_run(session, actor=scientist, run_id=run.id).worker
    assert worker is not None
    assert (worker.host, worker.is_alive) == ("host of mine", True)
    assert worker.heartbeat_age_seconds == pytest.approx(3.0, abs=1)


def test_a_worker_whose_lease_ran_out_is_not_alive(session: Session, scientist: Actor, run: Run) -> None:
    make_worker(session, "silent", heartbeat_age=60)
    worker = get_run(session, actor=scientist, run_id=run.id).worker
    assert worker is not None
    assert not worker.is_alive


def test_a_queued_run_knows_how_many_wait_before_it(session: Session, scientist: Actor, run: Run) -> None:
    second = make_run(session, scientist, run.project_id)
    assert get_run(session, actor=scientist, run_id=run.id).queue_position == 1
    assert get_run(session, actor=scientist, run_id=second.id).queue_position == 2
    run.state = "running"
    session.add(run)
    assert get_run(session, actor=scientist, run_id=run.id).queue_position is None
