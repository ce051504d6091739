"""Make jobs, and workers that take them."""

from datetime import timedelta

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import Job, Worker
from db.types import utc_now
from services.audit.actor import Actor
from services.datasets.choices import Question, ReadingChoices
from services.datasets.outcome import ColumnReading, ReadingReport
from services.datasets.receiving.request import KIND, ReadingRequest, Received, questions_document
from services.jobs.commands import enqueue_job
from services.jobs.queries import get_job
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


QUESTION = Question(
    code="date_order",
    field="date_orders",
    sentence="Does 03/04/2024 in “when” begin with the day or with the month?",
    options=(("day", "With the day"), ("month", "With the month")),
    preview=(("when",), ("03/04/2024",)),
    column="when",
)


def make_reading(session: Session, actor: Actor, project_id: str, *, file_name: str = "customers.csv") -> JobView:
    """A queued reading of a file that nobody stored."""
    request = ReadingRequest(file_name, "0" * 64, 100, ReadingChoices()).document()
    return make_job(session, actor, project_id, kind=KIND, **request)


def make_asking(session: Session, actor: Actor, project_id: str) -> JobView:
    """A reading that ended with a question."""
    job = make_reading(session, actor, project_id, file_name="asking.csv")
    return _end(session, actor, job, questions_document([QUESTION]))


def make_received(session: Session, actor: Actor, project_id: str, *, set_aside: bytes = b"line,a\n3,x\n") -> JobView:
    """A reading that ended with a version, without that version."""
    job = make_reading(session, actor, project_id, file_name="received.csv")
    report = ReadingReport("text", 100, 2, 1, (ColumnReading("a", "text", "It is no number."),))
    digest = get_artifact_store().put(set_aside)
    return _end(session, actor, job, Received("d" * 32, 1, report, digest).document())


def _end(session: Session, actor: Actor, job: JobView, result: dict[str, object]) -> JobView:
    row = session.get_one(Job, job.id)
    row.state, row.result, row.progress = "done", result, 1.0
    session.add(row)
    session.flush()
    return get_job(session, actor=actor, job_id=job.id)
