"""Receive a file: ask a worker to read it, and to read it again with what somebody chose."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from db.tables import Job
from services.audit.actor import Actor
from services.datasets.choices import ReadingChoices
from services.datasets.errors import UnreadableFileError
from services.datasets.intake import clean_file_name
from services.datasets.limits import get_reading_limits
from services.datasets.queries import require_room
from services.datasets.receiving.request import KIND, ReadingRequest, open_questions, with_answers
from services.errors import ConflictError
from services.jobs.commands import enqueue_job
from services.jobs.queries import get_job
from services.jobs.views import JobView
from services.people.permissions import Permission
from services.projects.queries import authorize_project


def receive_file(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    file_name: str,
    source_sha256: str,
    n_bytes: int,
    choices: Mapping[str, Any] | None = None,
) -> JobView:
    """Have a stored file read; it becomes the next version of the project's data, in the name of the actor.

    Parameters
    ----------
    file_name
        What the person called it.
    source_sha256
        The artefact that holds its bytes, which the caller has just stored.
    n_bytes
        How large it is.
    choices
        A `ReadingChoices` document: what is chosen beforehand.

    Raises
    ------
    UnreadableFileError
        The file is empty or larger than what is read here.
    InvalidInputError
        A choice has a value that is none of its options, or the project has no room for the file.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_DATA)
    _check_size(n_bytes)
    require_room(session, actor=actor, project_id=project_id, n_bytes=n_bytes)
    chosen = ReadingChoices.from_document(choices or {})
    return _enqueue(
        session, actor, project_id, ReadingRequest(clean_file_name(file_name), source_sha256, n_bytes, chosen)
    )


def answer_questions(session: Session, *, actor: Actor, job_id: str, answers: Sequence[str]) -> JobView:
    """Have the file of a reading that asked questions read again, with one answer for each question in their order.

    Raises
    ------
    ConflictError
        The reading asks nothing, or has been answered already.
    InvalidInputError
        An answer is missing or is none of the options.
    """
    asked = get_job(session, actor=actor, job_id=job_id)
    authorize_project(session, actor=actor, project_id=asked.project_id, permission=Permission.EDIT_DATA)
    row = session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
    questions = open_questions(get_job(session, actor=actor, job_id=job_id))
    if not questions:
        raise ConflictError("This reading asks nothing, or somebody has answered it. Look at it again.")
    request = ReadingRequest.from_document(row.request)
    choices = with_answers(request.choices, questions, answers)
    again = ReadingRequest(request.file_name, request.source_sha256, request.n_bytes, choices)
    job = _enqueue(session, actor, asked.project_id, again)
    row.result = {"answered_by": job.id}  # the cells of the preview are needed no longer
    session.add(row)
    return job


def _enqueue(session: Session, actor: Actor, project_id: str, request: ReadingRequest) -> JobView:
    return enqueue_job(
        session,
        actor=actor,
        project_id=project_id,
        kind=KIND,
        request=request.document(),
        permission=Permission.EDIT_DATA,
    )


def _check_size(n_bytes: int) -> None:
    most = get_reading_limits().max_bytes
    if n_bytes == 0:
        raise UnreadableFileError("The file is empty. Upload a table with the column names in its first line.")
    if n_bytes > most:
        size, limit = n_bytes / 1024**2, most // 1024**2
        raise UnreadableFileError(f"The file has {size:,.0f} MB; at most {limit:,} MB are read. Bring fewer rows.")
