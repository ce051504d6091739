"""Is this portal fit to run? Each check is a small finding with a sentence; one that fails says what to do."""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from db.artifacts import ArtifactStore
from db.migrations import current_revision, latest_revision
from db.session import reading
from db.settings import DatabaseSettings
from db.tables import Job, Worker
from db.types import utc_now
from portal.jobs.compute_settings import get_compute_settings
from portal.settings import PortalSettings, find_unsafe_settings
from services.audit.queries import get_chain_report
from services.jobs.isolation import is_available

Outcome = Literal["passed", "warning", "failed", "not checked"]
HEARTBEAT_LIMIT = timedelta(seconds=30)
WAITING_LIMIT = timedelta(minutes=15)
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `not checked` is not `passed`: something before it failed."""

    name: str
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is checked."""

    settings: PortalSettings
    database: DatabaseSettings
    engine: Engine
    store: ArtifactStore


def run_checks(surroundings: Surroundings) -> list[Finding]:
    """Every check, in the order in which they depend on each other."""
    findings = [*_check_settings(surroundings), _check_data_folder(surroundings.database), _check_storage(surroundings)]
    findings += [_check_readers(), *_check_compute(), _check_database(surroundings.engine)]
    later: tuple[tuple[str, Callable[[Engine], Finding]], ...] = (
        ("migrations", _check_migrations),
        ("workers", _check_workers),
        ("jobs", _check_jobs),
        ("audit", _check_audit),
    )
    for name, check in later:
        is_blocked = any(found.outcome == "failed" and found.name in ("database", "migrations") for found in findings)
        skipped = Finding(name, "not checked", "The database must be reachable and migrated first.")
        findings.append(skipped if is_blocked else check(surroundings.engine))
    return findings


def _check_settings(surroundings: Surroundings) -> Iterator[Finding]:
    problems = find_unsafe_settings(surroundings.settings)
    yield from (Finding("settings", "failed", problem) for problem in problems)
    if not problems:
        reach = "this machine only" if surroundings.settings.is_loopback else "other machines, behind HTTPS"
        yield Finding("settings", "passed", f"The portal is open to {reach}.")


def _check_data_folder(database: DatabaseSettings) -> Finding:
    folder = database.data_dir
    if not folder.exists():
        return Finding("folder", "warning", f"{folder} does not exist yet. It is made at the first start.")
    open_ones = [path for path in (folder, _sqlite_file(database)) if path and path.exists() and _is_open(path)]
    if open_ones:
        names = " and ".join(str(path) for path in open_ones)
        return Finding(
            "folder", "failed", f"Other accounts of this machine can reach {names}. Run: chmod -R go= {folder}"
        )
    return Finding("folder", "passed", f"{folder} is closed to other accounts of this machine.")


def _sqlite_file(database: DatabaseSettings) -> Path | None:
    return Path(database.database_url.removeprefix("sqlite:///")) if database.is_sqlite else None


def _is_open(path: Path) -> bool:
    """Whether others can get at it: a file they may read is out of reach in a folder they may not enter."""
    return bool(path.stat().st_mode & OPEN_TO_OTHERS) and bool(path.parent.stat().st_mode & OPEN_TO_OTHERS)


def _check_storage(surroundings: Surroundings) -> Finding:
    try:
        surroundings.store.probe()
    except OSError as error:
        return Finding("storage", "failed", f"Artefacts cannot be written and read back ({type(error).__name__}).")
    return Finding("storage", "passed", "Artefacts are written and read back.")


def _check_readers() -> Finding:
    """Where they cannot be isolated they are still limited, without secrets and of the lowest priority."""
    if is_available():
        return Finding("readers", "passed", "What reads people's files reaches no network and starts no program.")
    return Finding(
        "readers",
        "warning",
        "This platform cannot take the network from what reads people's files (seccomp on Linux can). Let a firewall "
        "keep workers from addresses that they do not need.",
    )


def _check_compute() -> Iterator[Finding]:
    settings = get_compute_settings()
    if settings.url:
        from portal.jobs.cluster_check import check_cluster  # only where there is one: Dask takes a second to load

        outcome, sentence = check_cluster(settings)
        yield Finding("cluster", outcome, sentence)


def _check_database(engine: Engine) -> Finding:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return Finding("database", "failed", f"The database does not answer ({type(error).__name__}). Is it running?")
    return Finding("database", "passed", f"The database ({engine.dialect.name}) answers.")


def _check_migrations(engine: Engine) -> Finding:
    with engine.connect() as connection:
        found = current_revision(connection)
    if found == latest_revision():
        return Finding("migrations", "passed", f"The tables are at the latest revision ({found}).")
    return Finding(
        "migrations", "failed", f"The tables are at revision {found or 'none'}. Run: python -m portal migrate"
    )


def _check_workers(engine: Engine) -> Finding:
    alive_since = utc_now() - HEARTBEAT_LIMIT
    with reading(engine) as session:
        n_alive = len(_alive_workers(session, alive_since))
    if n_alive == 0:
        return Finding("workers", "warning", "No worker is alive: runs wait in the queue. Run: python -m portal work")
    return Finding("workers", "passed", f"{n_alive} {'worker is' if n_alive == 1 else 'workers are'} alive.")


def _check_jobs(engine: Engine) -> Finding:
    now = utc_now()
    with reading(engine) as session:
        alive = _alive_workers(session, now - HEARTBEAT_LIMIT)
        active = session.exec(select(Job).where(col(Job.state).in_(("queued", "running")))).all()
    n_late = sum(job.state == "queued" and now - job.created_at > WAITING_LIMIT for job in active)
    n_alone = sum(job.state == "running" and job.worker_id not in alive for job in active)
    if n_late or n_alone:
        return Finding(
            "jobs",
            "warning",
            f"{n_late} waiting for more than {WAITING_LIMIT.seconds // 60} minutes, {n_alone} begun by a worker that "
            "is gone. Start a worker (python -m portal work), or stop them on their page.",
        )
    return Finding("jobs", "passed", f"{len(active)} active, none of them stuck.")


def _alive_workers(session: Session, since: datetime) -> list[str]:
    statement = select(Worker.executor_id).where(col(Worker.heartbeat_at) >= since, Worker.state == "working")
    return list(session.exec(statement))


def _check_audit(engine: Engine) -> Finding:
    with reading(engine) as session:
        chain = get_chain_report(session)
    if not chain.is_intact:
        return Finding("audit", "failed", f"{chain.fault} Restore from a backup or find out who changed it.")
    return Finding("audit", "passed", f"{chain.n_events} events are in place and unchanged.")
