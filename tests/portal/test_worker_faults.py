"""Real workers die, hang and run out of room at every phase of a run: `make faults`.

Whatever happens, the run ends with exactly the trials it was given and one model, nobody is left at work, and what went
wrong is said in a sentence. `tests/services/models/test_training_job_faults.py` asks the same without processes.
"""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, func, select

from db.session import reading, transaction
from db.tables import AuditEvent, Model, Run, Trial
from services.audit.actor import SYSTEM, Actor
from services.automl.commands import ask_run, resume_run
from services.automl.queries import get_run
from services.automl.views import RunView
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run
from tests.portal.faults import POINTS, START, fault
from tests.portal.workers import Workers

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(1_500)]
N_TRIALS = 4
PATIENCE_SECONDS = 600  # the machine may be busy with other things


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.DATA_SCIENTIST)


def queue_run(actor: Actor, **arguments: Any) -> str:
    with transaction() as session:
        options = {"is_prepared": False, "n_trials": N_TRIALS, "budget_seconds": 1_200, **arguments}
        return make_run(session, actor, make_project(session, actor).id, **options).id


def look(run_id: str) -> RunView:
    with reading() as session:
        return get_run(session, actor=SYSTEM, run_id=run_id)


def wait_until(is_so: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.1)


def wait_for(run_id: str, *states: str) -> RunView:
    wait_until(lambda: look(run_id).state in states)
    return look(run_id)


def misbehaving(workers: Workers, environment: dict[str, str], concurrency: int = 1) -> "subprocess.Popen[bytes]":
    return workers.start(code=START, environment=environment, concurrency=concurrency)


def family_of(pid: int) -> list[psutil.Process]:
    family: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
    return family


def assert_nobody_is_left(processes: list[psutil.Process]) -> None:
    """Children end with their worker, however it ended."""
    wait_until(lambda: not any(process.is_running() and process.status() != "zombie" for process in processes), 60)


def assert_complete_once(run_id: str, n_failed: int = 0) -> RunView:
    run = look(run_id)
    assert (run.state, run.failure) == ("finished", None)
    assert [trial.number for trial in run.trials] == list(range(1, N_TRIALS + 1))
    assert sorted(trial.state for trial in run.trials) == sorted(
        ["failed"] * n_failed + ["complete"] * (N_TRIALS - n_failed)
    )
    with reading() as session:
        assert session.exec(select(func.count()).select_from(Model).where(Model.run_id == run_id)).one() == 1
        ends = select(AuditEvent.id).where(AuditEvent.object_id == run_id, AuditEvent.action == "run.finished")
        assert len(session.exec(ends).all()) == 1
        assert_nothing_is_open(session)
    return run


def assert_nothing_is_open(session: Session) -> None:
    ended = select(Run.id).where(col(Run.state).in_(("finished", "failed", "cancelled")))
    stuck = select(Trial.id).where(Trial.state == "running", col(Trial.run_id).in_(ended))
    assert session.exec(stuck).all() == []


@pytest.mark.parametrize("point", [*POINTS, "third trial"])
def test_a_worker_that_is_killed_at_any_point_is_replaced(
    workers: Workers, scientist: Actor, tmp_path: Path, point: str
) -> None:
    run_id, mark = queue_run(scientist), tmp_path / "mark"
    nth = 3 if point == "third trial" else 1
    doomed = misbehaving(workers, fault("trial" if nth == 3 else point, mark, nth=nth))
    wait_until(mark.exists)
    family = family_of(doomed.pid)
    doomed.kill()
    doomed.wait()
    assert_nobody_is_left(family)
    workers.start("another", concurrency=1)
    wait_for(run_id, "finished", "failed")
    assert_complete_once(run_id)


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("hang", "It took longer than 5 s."),
        ("eat", "It needed more than 600 MB of memory."),
        ("die", "It ended without an answer, most likely for want of memory."),
        ("full", "No room is left on the disk of the worker."),
    ],
)
def test_a_trial_that_misbehaves_is_one_failed_trial_with_a_plain_cause(
    workers: Workers, scientist: Actor, tmp_path: Path, kind: str, cause: str
) -> None:
    limits = {"trial_seconds_limit": 3.0} if kind == "hang" else {}
    run_id = queue_run(scientist, trial_memory_mb_limit=600 if kind == "eat" else 2_048, **limits)
    worker = misbehaving(workers, fault("trial", tmp_path / "mark", kind=kind, nth=2))
    wait_for(run_id, "finished", "failed")
    run = assert_complete_once(run_id, n_failed=1)
    assert [trial.failure for trial in run.trials if trial.failure] == [cause]
    assert len(family_of(worker.pid)) <= 2  # the server of children, and the tracker it comes with


@pytest.mark.parametrize("point", ["keeping", "registering"])
def test_a_full_storage_pauses_the_run_and_with_room_it_ends(
    workers: Workers, scientist: Actor, tmp_path: Path, point: str
) -> None:
    run_id = queue_run(scientist)
    worker = misbehaving(workers, fault(point, tmp_path / "mark", kind="full", nth=0))
    run = wait_for(run_id, "paused", "finished", "failed")
    assert run.state == "paused"
    assert (run.failure or "").startswith("No room is left")
    worker.kill()
    worker.wait()
    with transaction() as session:
        resume_run(session, actor=scientist, run_id=run_id)
    workers.start()
    wait_for(run_id, "finished", "failed")
    assert_complete_once(run_id)


@pytest.mark.parametrize("point", ["reading", "choosing", "trial", "keeping", "between trials", "finishing"])
def test_a_run_that_is_cancelled_at_any_point_ends_and_leaves_its_place(
    workers: Workers, scientist: Actor, tmp_path: Path, point: str
) -> None:
    run_id, mark = queue_run(scientist), tmp_path / "mark"
    seconds = 600 if point in ("reading", "trial", "finishing") else 3  # a child is killed, a worker only waits
    worker = misbehaving(workers, fault(point, mark, seconds=seconds))
    wait_until(mark.exists)
    with transaction() as session:
        ask_run(session, actor=scientist, run_id=run_id, wish="cancel")
    asked_at = time.monotonic()
    wait_for(run_id, "cancelled")
    assert time.monotonic() - asked_at < 5
    another_id = queue_run(scientist)
    wait_for(another_id, "finished", "failed")
    assert_complete_once(another_id)
    run = look(run_id)
    assert run.state == "cancelled"
    assert {trial.state for trial in run.trials} <= {"complete", "pruned"}
    assert len(family_of(worker.pid)) <= 2
    with reading() as session:
        assert session.exec(select(Model.id).where(Model.run_id == run_id)).all() == []


def test_the_server_of_children_may_die(workers: Workers, scientist: Actor, tmp_path: Path) -> None:
    run_id, mark = queue_run(scientist), tmp_path / "mark"
    worker = misbehaving(workers, fault("trial", mark, seconds=2))
    wait_until(mark.exists)
    for process in psutil.Process(worker.pid).children():
        process.kill()
    wait_for(run_id, "finished", "failed")
    run = look(run_id)
    assert run.state == "finished"
    assert len(run.trials) == N_TRIALS
    assert sum(trial.state == "failed" for trial in run.trials) <= 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_drops_all_connections_costs_no_trial(
    workers: Workers, scientist: Actor, tmp_path: Path, engine: Engine
) -> None:
    run_id, mark = queue_run(scientist), tmp_path / "mark"
    misbehaving(workers, fault("between trials", mark, seconds=0.1))
    wait_until(mark.exists)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(others.replace("SELECT pid", "SELECT pg_terminate_backend(pid)")))
    engine.dispose()
    wait_for(run_id, "finished", "failed")
    assert_complete_once(run_id)
