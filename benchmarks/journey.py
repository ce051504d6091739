"""One file on the portal's own way: received, read by a worker's handler, stored as a version, examined."""

import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil
from sqlmodel import Session, select

import portal.worker  # noqa: F401 - before all others: what a worker sets for its libraries
from db.artifacts import get_artifact_store
from db.engine import get_engine
from db.migrations import migrate
from db.scratch import scratch_folder
from db.session import reading, transaction
from db.tables import Job, Project
from portal.jobs.handlers import CHILD_MODULES, HANDLERS
from services.audit.actor import SYSTEM, Actor
from services.datasets.commands import choose_target
from services.datasets.commands.receiving import receive_file
from services.datasets.queries import find_dataset, find_health
from services.datasets.views import Dataset
from services.jobs.child_process import Limits, run_in_child, start_fork_server
from services.jobs.execution import list_due_jobs, run_job
from services.people.commands import create_user, open_session
from services.people.permissions import Role
from services.people.queries import find_actor
from services.projects.commands import add_member, create_project

TARGET = "c3"
EMAIL = "tomas@example.com"
READ, EXAMINE = "dataset.read", "dataset.examine"
_MB = 1024**2
_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Journey:
    """One file from its bytes to what pages show: seconds on the clock, MB of resident memory.

    `seconds` and `cpu_seconds` are all of it: from bytes to a stored version with its health cards.
    """

    n_rows: int
    n_columns: int
    file_mb: float
    receive_seconds: float
    read_seconds: float
    examine_seconds: float
    examine_with_target_seconds: float
    seconds: float
    cpu_seconds: float
    n_findings: int
    parent_growth_mb: float
    child_peak_mb: float


class Watch:
    """Watches how far this process grows, how large any process below it becomes, and what all of them compute."""

    def __init__(self) -> None:
        self._own = psutil.Process()
        self._start = self._own.memory_info().rss
        self._began = time.time()
        self._parent = self._child = 0
        self._cpu: dict[int, list[float]] = {}  # process -> seconds when it was first and last seen
        self._look()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def parent_growth_mb(self) -> float:
        """How much larger this process has been than at the start."""
        return round(self._parent / _MB, 1)

    @property
    def child_peak_mb(self) -> float:
        """The largest process below this one."""
        return round(self._child / _MB, 1)

    @property
    def cpu_seconds(self) -> float:
        """Processor time so far. Unlike seconds on the clock it hardly depends on what else the machine does."""
        return round(sum(last - first for first, last in self._cpu.values()), 1)

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            self._look()

    def _look(self) -> None:
        self._parent = max(self._parent, self._own.memory_info().rss - self._start)
        for process in (self._own, *self._own.children(recursive=True)):
            try:
                times, resident = process.cpu_times(), process.memory_info().rss
            except psutil.Error:  # it has just ended
                continue
            spent = times.user + times.system
            is_new = process != self._own and process.create_time() > self._began
            self._cpu.setdefault(process.pid, [0.0 if is_new else spent, spent])[1] = spent
            if process != self._own:
                self._child = max(self._child, resident)


def open_portal() -> Actor:
    """An empty portal, as configured, with a data scientist in a project of their own."""
    migrate(get_engine())
    start_fork_server(CHILD_MODULES)
    run_in_child(time.monotonic, limits=Limits(seconds=120, memory_mb=1024))  # a worker has loaded its libraries
    with transaction() as session:
        tomas = _make_person(session, EMAIL, "Tomás Ruiz", Role.DATA_SCIENTIST)
        _make_person(session, "ana@example.com", "Ana Costa", Role.BUSINESS)
    return tomas


def travel(actor: Actor, source: Path, sentence: str) -> tuple[Journey, str]:
    """Bring the file into a new project; returns what it took and the project.

    Raises
    ------
    SystemExit
        A job did not end well: there is nothing to measure.
    """
    project_id = _start_project(actor, sentence)
    file_mb = source.stat().st_size / _MB
    with Watch() as watch:
        receive_seconds = _receive(actor, project_id, source)
        seconds = _work()
        cpu_seconds, dataset = watch.cpu_seconds, _latest(actor, project_id)
        with transaction() as session:
            choose_target(session, actor=actor, dataset_id=dataset.id, column=TARGET)
        again = _work()
    with reading() as session:
        latest = find_dataset(session, actor=actor, project_id=project_id)
        health = find_health(session, actor=actor, dataset_id=latest.id) if latest else None
    if health is None:
        raise SystemExit("The table has no health cards.")
    journey = Journey(
        n_rows=dataset.n_rows,
        n_columns=dataset.n_columns,
        file_mb=round(file_mb, 1),
        receive_seconds=round(receive_seconds, 2),
        read_seconds=round(seconds[READ], 2),
        examine_seconds=round(seconds[EXAMINE], 2),
        examine_with_target_seconds=round(again[EXAMINE], 2),
        seconds=round(receive_seconds + sum(seconds.values()), 2),
        cpu_seconds=cpu_seconds,
        n_findings=sum(finding.outcome == "finding" for finding in health.document.findings),
        parent_growth_mb=watch.parent_growth_mb,
        child_peak_mb=watch.child_peak_mb,
    )
    return journey, project_id


def sign_in(actor: Actor) -> str:
    """A session cookie for the person."""
    with transaction() as session:
        return open_session(session, user_id=actor.user_id, method="benchmark").token


def _make_person(session: Session, email: str, name: str, role: Role) -> Actor:
    user = create_user(session, actor=SYSTEM, email=email, name=name, role=role)
    session.flush()
    return Actor(user_id=user.id, name=user.name, role=user.role, email=user.email)


def _start_project(actor: Actor, sentence: str) -> str:
    with transaction() as session:
        ana = find_actor(session, email="ana@example.com")
        assert ana is not None
        project: Project = create_project(session, actor=ana, sentence=sentence)
        add_member(session, actor=ana, project_id=project.id, email=actor.email)
        return project.id


def _receive(actor: Actor, project_id: str, source: Path) -> float:
    """What the page and the programming interface do with bytes that have arrived."""
    n_bytes = source.stat().st_size
    with scratch_folder() as folder:
        received = Path(shutil.copy(source, folder / "received"))
        start = time.perf_counter()
        digest = get_artifact_store().put_file(received)
    with transaction() as session:
        receive_file(
            session, actor=actor, project_id=project_id, file_name=source.name, source_sha256=digest, n_bytes=n_bytes
        )
    return time.perf_counter() - start


def _work() -> dict[str, float]:
    """What a worker does, in this process, until nothing is due: seconds by kind of job."""
    seconds: dict[str, float] = {}
    while True:
        with reading() as session:
            due = list_due_jobs(session)
        if not due:
            return seconds
        for job_id in due:
            start = time.perf_counter()
            run_job(job_id, HANDLERS, "benchmark")
            with reading() as session:
                kind, state, failure, result = session.exec(
                    select(Job.kind, Job.state, Job.failure, Job.result).where(Job.id == job_id)
                ).one()
            if state != "done" or "questions" in (result or {}):
                raise SystemExit(f"{kind} ended as {state}: {failure or result}")
            seconds[kind] = seconds.get(kind, 0.0) + time.perf_counter() - start


def _latest(actor: Actor, project_id: str) -> Dataset:
    with reading() as session:
        found = find_dataset(session, actor=actor, project_id=project_id)
    assert found is not None
    return found
