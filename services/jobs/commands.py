"""Ask for work and take it back. The queued row is the message to the workers. Its effects are audited, not the job."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from db.tables import Job
from db.types import utc_now
from services.audit.actor import Actor
from services.errors import ConflictError, NotFoundError
from services.jobs.queries import UNKNOWN_JOB, require_waiting_room, view_of
from services.jobs.views import ACTIVE_STATES, JobView
from services.people.permissions import Permission, require
from services.projects.queries import authorize_project


def enqueue_job(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    kind: str,
    request: Mapping[str, Any],
    permission: Permission,
    subject_id: str | None = None,
) -> JobView:
    """Ask the workers for something. An equal request that is not done yet is given back instead of a second one.

    Parameters
    ----------
    kind
        Names the handler, e.g. "dataset.read".
    request
        A JSON document: all that the handler needs to know.
    subject_id
        What it works on, e.g. a version of the data, for `find_latest_job`.
    permission
        What the actor must be allowed to do in the project.

    Raises
    ------
    TooManyRequestsError
        The person, or the project, has as many active jobs as there may be.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=permission)
    session.refresh(project, with_for_update=True)  # one request at a time is counted
    active = select(Job).where(col(Job.state).in_(ACTIVE_STATES), Job.wish == "none")
    same = active.where(Job.project_id == project_id, Job.kind == kind, Job.subject_id == subject_id)
    for job in session.exec(same):
        if job.request == dict(request):
            return view_of(session, job)
    require_waiting_room(session, actor=actor, project_id=project_id)
    job = Job(kind=kind, project_id=project_id, subject_id=subject_id, request=dict(request), created_by=actor.user_id)
    session.add(job)
    session.flush()
    return view_of(session, job)


def cancel_job(session: Session, *, actor: Actor, job_id: str) -> JobView:
    """Take a request back. A worker that is at it ends its child process within a second; without one it ends at once.

    Whoever asked may do so, and whoever may change the data of the project.

    Raises
    ------
    ConflictError
        The job has ended already.
    """
    job = session.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None:
        raise NotFoundError(UNKNOWN_JOB)
    see = Permission.SEE_PROJECT
    authorize_project(session, actor=actor, project_id=job.project_id, permission=see, unknown=UNKNOWN_JOB)
    if job.created_by != actor.user_id:
        require(actor, Permission.EDIT_DATA)
    if job.state not in ACTIVE_STATES:
        raise ConflictError("It has ended already. Nothing was stopped.")
    if job.state == "queued" or not view_of(session, job).is_worker_alive:  # nobody is there to carry the wish out
        job.state, job.phase, job.finished_at = "cancelled", "Stopped", utc_now()
    else:
        job.wish, job.phase = "cancel", "Stopping, as you asked"
    session.add(job)
    session.flush()
    return view_of(session, job)
