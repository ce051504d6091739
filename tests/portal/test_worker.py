"""Real workers in real processes: a run survives whatever happens to them, with exactly the trials it was given."""

import time
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select

from db.migrations import migrate
from db.session import reading, transaction
from db.tables import AuditEvent, Model, Trial, Worker
from portal.worker import require_migrated
from services.audit.actor import SYSTEM, Actor
from services.automl.commands import ask_run, continue_run, extend_run, restrict_run, resume_run
from services.automl.queries import get_run
from services.automl.views import RunView
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run
from tests.portal.workers import Workers

pytestmark = pytest.mark.slow
N_TRIALS = 6
PATIENCE_SECONDS = 90


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.DATA_SCIENTIST)


def queue_run(actor: Actor, n_trials: int = N_TRIALS) -> str:
    with transaction() as session:
        project = make_project(session, actor)
        return make_run(session, actor, project.id, is_prepared=False, n_trials=n_trials, budget_seconds=300).id


def look(run_id: str) -> RunView:
    with reading() as session:
        return get_run(session, actor=SYSTEM, run_id=run_id)


def wait_until(run_id: str, is_so: Callable[[RunView], bool]) -> RunView:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        run = look(run_id)
        if is_so(run):
            return run
        time.sleep(0.1)
    raise AssertionError(f"The run is {run.state} ({run.phase}) with {run.n_complete} models: {run.failure}")


def assert_complete_once(run_id: str, n_trials: int = N_TRIALS) -> None:
    """Exactly the budgeted trials, each once, and one model."""
    run = look(run_id)
    assert (run.state, run.failure) == ("finished", None)
    assert [trial.number for trial in run.trials] == list(range(1, n_trials + 1))
    assert {trial.state for trial in run.trials} == {"complete"}
    with reading() as session:
        assert session.exec(select(func.count()).select_from(Model).where(Model.run_id == run_id)).one() == 1
        finished = select(AuditEvent.id).where(AuditEvent.object_id == run_id, AuditEvent.action == "run.finished")
        assert len(session.exec(finished).all()) == 1


def test_a_killed_worker_resumes_after_its_restart_with_exactly_the_budgeted_trials(
    workers: Workers, scientist: Actor
) -> None:
    run_id = queue_run(scientist)
    worker = workers.start()
    wait_until(run_id, lambda run: run.n_complete >= 2)
    worker.kill()
    worker.wait()
    assert look(run_id).state == "running"
    workers.start()
    wait_until(run_id, lambda run: not run.is_active)
    assert_complete_once(run_id)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_workers_share_a_run_and_the_survivor_takes_over(workers: Workers, scientist: Actor) -> None:
    n_trials = 10
    run_id = queue_run(scientist, n_trials)
    doomed = workers.start("one", concurrency=1)
    workers.start("two", concurrency=1)

    def both_work(_run: RunView) -> bool:
        with reading() as session:
            done = select(Trial.worker_id).where(Trial.run_id == run_id, Trial.state == "complete").distinct()
            return len(session.exec(done).all()) == 2

    wait_until(run_id, both_work)
    doomed.kill()
    doomed.wait()
    wait_until(run_id, lambda run: not run.is_active)
    assert_complete_once(run_id, n_trials)
    with reading() as session:
        states = session.exec(select(Worker.state).order_by(col(Worker.state))).all()
    assert list(states) == ["lost", "working"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_run_is_paused_and_resumed_then_another_is_stopped_with_its_best(workers: Workers, scientist: Actor) -> None:
    paused_id = queue_run(scientist)
    workers.start()
    wait_until(paused_id, lambda run: run.n_complete >= 1)
    with transaction() as session:
        ask_run(session, actor=scientist, run_id=paused_id, wish="pause")
    paused = wait_until(paused_id, lambda run: run.state == "paused")
    assert paused.n_complete < N_TRIALS
    with transaction() as session:
        resume_run(session, actor=scientist, run_id=paused_id)
    wait_until(paused_id, lambda run: run.state == "finished")
    assert_complete_once(paused_id)

    stopped_id = queue_run(scientist, n_trials=200)
    wait_until(stopped_id, lambda run: run.n_complete >= 1)
    with transaction() as session:
        ask_run(session, actor=scientist, run_id=stopped_id, wish="stop")
    stopped = wait_until(stopped_id, lambda run: not run.is_active)
    assert stopped.state == "finished"
    assert 1 <= stopped.n_complete < 200


def test_a_search_is_narrowed_given_more_time_at_its_end_stopped_and_continued(
    workers: Workers, scientist: Actor
) -> None:
    run_id = queue_run(scientist, n_trials=4)
    workers.start()
    wait_until(run_id, lambda run: run.n_complete >= 1)
    with transaction() as session:
        restrict_run(session, actor=scientist, run_id=run_id, families=["linear"])
        n_before = session.exec(select(func.count()).select_from(Trial).where(Trial.run_id == run_id)).one()
        extend_run(session, actor=scientist, run_id=run_id, based_on=300)
    longer = wait_until(run_id, lambda run: run.n_complete >= 7)
    assert (longer.state, longer.budget_seconds) == ("running", 900)
    with transaction() as session:
        ask_run(session, actor=scientist, run_id=run_id, wish="stop")
    stopped = wait_until(run_id, lambda run: not run.is_active)
    assert (stopped.state, stopped.failure) == ("finished", None)
    assert {trial.family for trial in stopped.trials if trial.number > n_before + 2} == {"linear"}
    with transaction() as session:
        continue_run(session, actor=scientist, run_id=run_id)
    wait_until(run_id, lambda run: run.n_complete > stopped.n_complete)
    with transaction() as session:
        ask_run(session, actor=scientist, run_id=run_id, wish="stop")
    again = wait_until(run_id, lambda run: not run.is_active)
    assert (again.state, again.failure) == ("finished", None)
    assert [trial.number for trial in again.trials] == list(range(1, len(again.trials) + 1))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_says_that_the_database_must_be_migrated(engine: Engine) -> None:
    migrate(engine, "base")
    with pytest.raises(SystemExit, match="python -m portal migrate"):
        require_migrated()
