"""Read what receiving a file left beside the table."""

from sqlmodel import Session

from db.artifacts import get_artifact_store
from services.audit.actor import Actor
from services.datasets.receiving.request import find_received
from services.errors import NotFoundError
from services.jobs.queries import UNKNOWN_JOB, get_job


def get_set_aside(session: Session, *, actor: Actor, job_id: str) -> bytes:
    """The rows that a reading set aside, as CSV with the numbers of their lines.

    Raises
    ------
    NotFoundError
        There is no such reading, the actor is not a member of its project, or no row was set aside.
    """
    received = find_received(get_job(session, actor=actor, job_id=job_id))
    if received is None or received.set_aside_sha256 is None:
        raise NotFoundError(UNKNOWN_JOB)
    return get_artifact_store().get(received.set_aside_sha256)
