"""Make jobs, and workers that take them."""

from datetime import timedelta

from sqlmodel import Session

from db.tables import Worker
from db.types import utc_now
from services.audit.actor import Actor
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.people.permissions import Permission


def make_job(session: Session, actor: Actor, project_id: str, *, kind: str = "test.echo", **request: object) -> JobView:
    """A queued job."""
    return enqueue_job(
        session, actor=actor, project_id=project_id, kind=kind, request=request, permission=Permission.EDIT_DATA
    )


def make_worker(session: Session, worker_id: str = "one", *, is_alive: bool = True) -> str:
    """A worker with a lease, which nothing stands behind."""
    now = utc_now()
    lease_until = now + timedelta(minutes=5) if is_alive else now - timedelta(minutes=5)
    session.add(
        Worker(
            executor_id=worker_id,
            host="here",
            pid=1,
            application_version="any",
            started_at=now,
            heartbeat_at=now,
            lease_until=lease_until,
        )
    )
    session.flush()
    return worker_id
