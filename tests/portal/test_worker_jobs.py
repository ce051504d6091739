"""Real workers do jobs to the end with one effect each, whoever is killed, and let go of what somebody stops."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import AuditEvent, Job
from services.audit.actor import Actor
from services.datasets.commands.receiving import receive_file
from services.datasets.queries import list_datasets
from services.jobs.commands import cancel_job
from services.jobs.queries import get_job
from services.jobs.views import JobView
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_frame
from tests.makers_jobs import make_job
from tests.portal.workers import EFFECT, TRACED, Workers

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 140  # a busy machine loads what a worker needs in a minute


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def project_id(scientist: Actor) -> str:
    with transaction() as session:
        return make_project(session, scientist).id


def queue(actor: Actor, project_id: str, trace: Path, *, seconds: float, number: int = 0) -> str:
    with transaction() as session:
        request = {"trace": str(trace), "seconds": seconds, "number": number}
        return make_job(session, actor, project_id, kind=TRACED, **request).id


def look(actor: Actor, job_id: str) -> JobView:
    with reading() as session:
        return get_job(session, actor=actor, job_id=job_id)


def wait_until(is_so: Callable[[], bool], patience_seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("It did not happen.")


def effects() -> Counter[str]:
    with reading() as session:
        return Counter(session.exec(select(AuditEvent.object_id).where(AuditEvent.action == EFFECT)).all())


def attempts(trace: Path) -> list[str]:
    return trace.read_text().split() if trace.exists() else []


def sleepers(pid: int) -> list[psutil.Process]:
    """The children of a worker that are at work: those of its fork server."""
    servers = psutil.Process(pid).children()
    return [child for server in servers for child in server.children()]


def test_a_job_of_a_killed_worker_is_done_after_its_restart_with_one_effect(
    workers: Workers, scientist: Actor, project_id: str, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    job_id = queue(scientist, project_id, trace, seconds=2)
    worker = workers.start()
    wait_until(lambda: len(attempts(trace)) == 1)
    worker.kill()
    worker.wait()
    assert look(scientist, job_id).state == "running"
    workers.start()
    wait_until(lambda: not look(scientist, job_id).is_active)
    done = look(scientist, job_id)
    assert (done.state, done.result, done.failure) == ("done", {"slept": 2}, None)
    assert len(attempts(trace)) == 2
    assert effects() == {job_id: 1}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_another_worker_takes_a_job_over_and_no_job_has_two_effects(
    workers: Workers, scientist: Actor, project_id: str, tmp_path: Path
) -> None:
    traces = [tmp_path / f"trace{number}" for number in range(5)]
    jobs = [queue(scientist, project_id, trace, seconds=1.5, number=number) for number, trace in enumerate(traces)]
    processes = {process.pid: process for process in (workers.start("one"), workers.start("two"))}
    wait_until(lambda: any(attempts(trace) for trace in traces))
    doomed = processes[int(next(attempts(trace) for trace in traces if attempts(trace))[0])]
    doomed.kill()
    doomed.wait()
    wait_until(lambda: not any(look(scientist, job_id).is_active for job_id in jobs))
    assert [look(scientist, job_id).state for job_id in jobs] == ["done"] * 5
    assert effects() == dict.fromkeys(jobs, 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_job_that_is_stopped_ends_with_its_child_within_a_second(
    workers: Workers, scientist: Actor, project_id: str, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    job_id = queue(scientist, project_id, trace, seconds=100)
    worker = workers.start()
    wait_until(lambda: bool(attempts(trace)) and len(sleepers(worker.pid)) == 1)
    with transaction() as session:
        cancel_job(session, actor=scientist, job_id=job_id)
    asked_at = time.monotonic()
    wait_until(lambda: sleepers(worker.pid) == [], patience_seconds=5)
    assert time.monotonic() - asked_at < 1.0
    wait_until(lambda: look(scientist, job_id).state == "cancelled", patience_seconds=2)
    assert effects() == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_real_file_is_read_by_a_real_worker(workers: Workers, scientist: Actor, project_id: str) -> None:
    content = make_frame().to_csv(index=False).encode()
    with transaction() as session:
        job_id = receive_file(
            session,
            actor=scientist,
            project_id=project_id,
            file_name="customers.csv",
            source_sha256=get_artifact_store().put(content),
            n_bytes=len(content),
        ).id
    workers.start()
    wait_until(lambda: not look(scientist, job_id).is_active)
    assert look(scientist, job_id).failure is None
    with reading() as session:
        (dataset,) = list_datasets(session, actor=scientist, project_id=project_id)
    assert dataset.n_rows == 200

    def nothing_waits() -> bool:
        with reading() as session:
            return not session.exec(select(Job.id).where(Job.state != "done")).all()

    wait_until(nothing_waits)  # the checks of the new version were asked for, and are done too
