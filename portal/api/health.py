"""Probes: is the process alive, and can it serve?"""

from datetime import timedelta

from fastapi import APIRouter, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from db.migrations import current_revision, latest_revision
from db.session import reading
from db.tables import Worker
from db.types import utc_now
from portal.api.schemas import LiveAnswer, ReadyAnswer

WORKER_SILENCE = timedelta(seconds=30)

router = APIRouter(prefix="/v2/health", tags=["health"])


@router.get("/live")
async def live() -> LiveAnswer:
    """Whether the process answers at all; it asks nothing else."""
    return LiveAnswer()


@router.get("/ready", responses={503: {"model": ReadyAnswer}})
def ready(response: Response) -> ReadyAnswer:
    """Whether the database answers and is at the expected revision. A missing worker is reported, not fatal."""
    answer = get_readiness()
    response.status_code = 200 if answer.ready else 503
    return answer


def get_readiness() -> ReadyAnswer:
    """Ask the database; any failure of it is an answer, not an exception."""
    try:
        with reading() as session:
            is_current = current_revision(session.connection()) == latest_revision()
            is_working = is_current and _has_live_worker(session)
    except SQLAlchemyError:
        return ReadyAnswer(ready=False, database=False, migrations=False, worker=False)
    return ReadyAnswer(ready=is_current, database=True, migrations=is_current, worker=is_working)


def _has_live_worker(session: Session) -> bool:
    since = utc_now() - WORKER_SILENCE
    alive = select(Worker.executor_id).where(Worker.state == "working", col(Worker.heartbeat_at) > since)
    return session.exec(alive.limit(1)).first() is not None
