"""Which workers are alive. A worker that does not renew its lease is taken for dead, and its work is taken over."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, and_, or_
from sqlmodel import Session, col, select, update

from db.tables import Run, Trial, Worker
from db.types import utc_now


def register_worker(
    session: Session,
    *,
    executor_id: str,
    application_version: str,
    lease_seconds: float,
    n_places: int = 1,
    now: datetime | None = None,
) -> None:
    """Announce a worker, or announce again one that was restarted.

    The time it was dead does not count as search, and what it held is free for whoever comes next.
    """
    now = now or utc_now()
    worker = session.get(Worker, executor_id)
    if worker is not None:
        _forgive_downtime(session, executor_id, since=worker.heartbeat_at, now=now)
        held = (col(Trial.worker_id) == executor_id, col(Trial.state) == "running")
        session.exec(update(Trial).where(*held).values(worker_id=None).execution_options(synchronize_session=False))
    worker = worker or Worker(
        executor_id=executor_id,
        host="",
        pid=0,
        application_version="",
        started_at=now,
        heartbeat_at=now,
        lease_until=now,
    )
    worker.host, worker.pid, worker.application_version = socket.gethostname(), os.getpid(), application_version
    worker.state, worker.reaped_by, worker.started_at, worker.n_places = "working", None, now, n_places
    worker.heartbeat_at, worker.lease_until = now, now + timedelta(seconds=lease_seconds)
    session.add(worker)


def renew_lease(session: Session, *, executor_id: str, lease_seconds: float, now: datetime | None = None) -> bool:
    """Say "I am alive". False when another worker has taken this one for dead: it must end itself."""
    now = now or utc_now()
    mine = (col(Worker.executor_id) == executor_id, col(Worker.state) == "working")
    lease = {"heartbeat_at": now, "lease_until": now + timedelta(seconds=lease_seconds)}
    return _changes_one(session, update(Worker).where(*mine).values(**lease))


def give_up_lease(session: Session, *, executor_id: str, now: datetime | None = None) -> None:
    """Leave in good order: others may take the work over at once."""
    now = now or utc_now()
    session.exec(
        update(Worker)
        .where(col(Worker.executor_id) == executor_id, col(Worker.state) == "working")
        .values(state="stopped", heartbeat_at=now, lease_until=now)
    )


def take_over(session: Session, *, executor_id: str, now: datetime | None = None) -> list[str]:
    """Claim the work of every worker that is gone; each is claimed by exactly one.

    Returns their executor ids, and those of workers they had claimed before and perhaps not come to serve.
    """
    now = now or utc_now()
    gone = or_(
        and_(col(Worker.state) == "working", col(Worker.lease_until) < now),
        and_(col(Worker.state) == "stopped", col(Worker.reaped_by).is_(None)),
    )
    statement = select(Worker).where(gone, col(Worker.executor_id) != executor_id)
    claimed = [worker for worker in session.exec(statement) if _claim(session, worker, executor_id)]
    for worker in claimed:
        _forgive_downtime(session, worker.executor_id, since=worker.heartbeat_at, now=now)
    ids = [worker.executor_id for worker in claimed]
    inherited = select(Worker.executor_id).where(col(Worker.reaped_by).in_(ids))
    return [*ids, *session.exec(inherited)]


def list_inherited(session: Session, *, executor_id: str) -> list[str]:
    """Workers that this one had claimed before it was restarted."""
    return list(session.exec(select(Worker.executor_id).where(Worker.reaped_by == executor_id)))


def _claim(session: Session, worker: Worker, executor_id: str) -> bool:
    """Compare and set: of several workers that see the same dead one, one changes the row."""
    seen = (
        col(Worker.executor_id) == worker.executor_id,
        col(Worker.state) == worker.state,
        col(Worker.lease_until) == worker.lease_until,
        col(Worker.reaped_by).is_(None),
    )
    state = "lost" if worker.state == "working" else worker.state
    changed = update(Worker).where(*seen).values(state=state, reaped_by=executor_id)
    return _changes_one(session, changed.execution_options(synchronize_session=False))


def _forgive_downtime(session: Session, executor_id: str, *, since: datetime, now: datetime) -> None:
    """Move the start of searches that nobody worked on meanwhile, so that a dead machine uses up no budget."""
    open_trials = select(Trial.run_id).where(col(Trial.state) == "running")
    mine = open_trials.where(Trial.worker_id == executor_id)
    others = open_trials.join(Worker, col(Worker.executor_id) == Trial.worker_id).where(
        Worker.executor_id != executor_id, col(Worker.state) == "working", col(Worker.lease_until) >= now
    )
    statement = select(Run).where(Run.state == "running", col(Run.id).in_(mine), col(Run.id).not_in(others))
    for run in session.exec(statement):
        if run.started_at is not None:
            run.started_at = min(now, max(run.started_at, run.started_at + (now - max(since, run.started_at))))
            session.add(run)


def _changes_one(session: Session, statement: object) -> bool:
    result = session.exec(statement)  # type: ignore[call-overload]  # an UPDATE, for which SQLModel has no overload
    assert isinstance(result, CursorResult)
    return result.rowcount == 1
