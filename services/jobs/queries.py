"""Read jobs: how far they are, and what came of them."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from db.tables import Job, User, Worker
from db.types import utc_now
from services.audit.actor import Actor
from services.errors import NotFoundError, TooManyRequestsError
from services.jobs.remaining_time import remaining_seconds
from services.jobs.settings import get_job_settings
from services.jobs.views import ACTIVE_STATES, JobView
from services.people.permissions import Permission
from services.projects.queries import authorize_project

_RETRY_AFTER_SECONDS = 30
UNKNOWN_JOB = "There is no such job, or you are not a member of its project."


def get_job(session: Session, *, actor: Actor, job_id: str) -> JobView:
    """One job.

    Raises
    ------
    NotFoundError
        There is no such job, or the actor is not a member of its project.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise NotFoundError(UNKNOWN_JOB)
    see = Permission.SEE_PROJECT
    authorize_project(session, actor=actor, project_id=job.project_id, permission=see, unknown=UNKNOWN_JOB)
    return view_of(session, job)


def list_jobs(
    session: Session, *, actor: Actor, project_id: str, kind: str | None = None, limit: int = 50
) -> list[JobView]:
    """The jobs of a project, newest first, of one kind or of all."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = select(Job).where(Job.project_id == project_id)
    if kind is not None:
        statement = statement.where(Job.kind == kind)
    newest = statement.order_by(col(Job.created_at).desc(), col(Job.id)).limit(limit)
    return [view_of(session, job) for job in session.exec(newest)]


def find_latest_job(
    session: Session, *, actor: Actor, project_id: str, kind: str, subject_id: str | None = None
) -> JobView | None:
    """The newest job of a kind (and of one subject, where it is given), None before the first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = select(Job).where(Job.project_id == project_id, Job.kind == kind)
    if subject_id is not None:
        statement = statement.where(Job.subject_id == subject_id)
    job = session.exec(statement.order_by(col(Job.created_at).desc(), col(Job.id)).limit(1)).first()
    return view_of(session, job) if job else None


def require_waiting_room(session: Session, *, actor: Actor, project_id: str) -> None:
    """Refuse what would only be refused later: one more job of this person, or of this project.

    Raises
    ------
    TooManyRequestsError
        The person, or the project, has as many active jobs as there may be.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    settings = get_job_settings()
    active = select(func.count()).select_from(Job).where(col(Job.state).in_(ACTIVE_STATES))
    n_mine = session.exec(active.where(Job.created_by == actor.user_id)).one()
    if n_mine >= settings.most_active_per_person:
        raise TooManyRequestsError(
            f"{n_mine} of your jobs are not done yet, and no more can wait. Stop one, or try again when one has ended.",
            _RETRY_AFTER_SECONDS,
        )
    n_here = session.exec(active.where(Job.project_id == project_id)).one()
    if n_here >= settings.most_active_per_project:
        raise TooManyRequestsError(
            f"{n_here} jobs of this project are not done yet, and no more can wait. Try again when one has ended.",
            _RETRY_AFTER_SECONDS,
        )


def view_of(session: Session, job: Job) -> JobView:
    """The picture of a job that its caller has read."""
    now = utc_now()
    return JobView(
        id=job.id,
        kind=job.kind,
        project_id=job.project_id,
        subject_id=job.subject_id,
        state=job.state,
        wish=job.wish,
        phase=job.phase,
        progress=job.progress,
        eta_seconds=_eta_seconds(job, now),
        failure=job.failure,
        result=job.result,
        request=job.request,
        created_by=job.created_by,
        created_by_name=session.get_one(User, job.created_by).name,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        is_worker_alive=_is_worker_alive(session, job, now),
    )


def _eta_seconds(job: Job, now: datetime) -> float | None:
    if job.state != "running" or job.started_at is None:
        return None
    return remaining_seconds(job.progress, (now - job.started_at).total_seconds())


def _is_worker_alive(session: Session, job: Job, now: datetime) -> bool:
    """Of a running job: its own worker. Of a waiting one: any."""
    if job.state not in ("queued", "running"):
        return True
    alive = select(Worker.executor_id).where(Worker.state == "working", col(Worker.lease_until) > now)
    if job.state == "running":
        alive = alive.where(Worker.executor_id == job.worker_id)
    return session.exec(alive.limit(1)).first() is not None
