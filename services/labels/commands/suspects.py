"""Look for suspicious rows, decide about them one by one, and make the decisions a new version of the data."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from db.tables import RowVerdict
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.datasets.commands import RequestedChange, request_steps
from services.datasets.queries import find_dataset, get_dataset
from services.errors import ConflictError, InvalidInputError
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.labels.queries.suspects import NOISE, TOP_LOSS, get_suspects
from services.labels.steps import verdict_steps
from services.labels.views import SuspectList
from services.models.queries import get_model
from services.people.permissions import Permission
from services.projects.queries import authorize_project

VERDICTS = ("keep", "exclude", "relabel")
REASON_LENGTH = 300


def request_noise(session: Session, *, actor: Actor, dataset_id: str) -> JobView:
    """Ask a worker for rows whose label is probably wrong."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    authorize_project(session, actor=actor, project_id=dataset.project_id, permission=Permission.LABEL)
    if dataset.target is None:
        raise InvalidInputError("The data have no target yet, so there are no labels to look at. Choose one.")
    return enqueue_job(
        session,
        actor=actor,
        project_id=dataset.project_id,
        kind=NOISE,
        request={"dataset_id": dataset.id},
        subject_id=dataset.id,
        permission=Permission.LABEL,
    )


def request_top_losses(session: Session, *, actor: Actor, model_id: str) -> JobView:
    """Ask a worker for the rows that a model is most wrong about, each judged by a copy that has not seen it."""
    model = get_model(session, actor=actor, model_id=model_id)
    authorize_project(session, actor=actor, project_id=model.project_id, permission=Permission.LABEL)
    return enqueue_job(
        session,
        actor=actor,
        project_id=model.project_id,
        kind=TOP_LOSS,
        request={"model_id": model.id},
        subject_id=model.id,
        permission=Permission.LABEL,
    )


def request_comparison(session: Session, *, actor: Actor, model_id: str, dataset_id: str) -> JobView:
    """Ask a worker what the pipeline of a model gains on a later version of its data."""
    model = get_model(session, actor=actor, model_id=model_id)
    authorize_project(session, actor=actor, project_id=model.project_id, permission=Permission.LABEL)
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    if dataset.project_id != model.project_id:
        raise InvalidInputError("The version belongs to another project. Choose one of this project.")
    return enqueue_job(
        session,
        actor=actor,
        project_id=model.project_id,
        kind=TOP_LOSS,
        request={"model_id": model.id, "compare_with": dataset.id},
        subject_id=f"{model.id}:{dataset.id}",
        permission=Permission.LABEL,
    )


def save_verdict(
    session: Session, *, actor: Actor, job_id: str, row: int, verdict: str, reason: str, value: str | None = None
) -> None:
    """Decide about a suspicious row: keep it, exclude it, or relabel it with `value`. A later decision replaces it.

    Raises
    ------
    InvalidInputError
        The row is not one of those found, the reason is missing, or there is no such class.
    """
    found = _suspects(session, actor, job_id, Permission.LABEL)
    reason = " ".join(reason.split())
    if verdict not in VERDICTS or all(suspect.row != row for suspect in found.suspects):
        raise InvalidInputError("This row is not one of those found. Look at the next one.")
    if not reason or len(reason) > REASON_LENGTH:
        raise InvalidInputError(f"Say why in at most {REASON_LENGTH} characters; the reason is part of the record.")
    if verdict == "relabel" and (value is None or (found.classes and value not in found.classes)):
        raise InvalidInputError("Say which class the row should have.")
    same = select(RowVerdict).where(RowVerdict.job_id == job_id, RowVerdict.row == row)
    decision = session.exec(same).first() or RowVerdict(
        job_id=job_id, row=row, verdict=verdict, reason=reason, created_by=actor.user_id
    )
    decision.verdict, decision.reason, decision.created_by = verdict, reason, actor.user_id
    decision.value = value if verdict == "relabel" else None
    session.add(decision)
    session.flush()
    _record(session, actor, found, "labels.row_judged", {"row": row, "verdict": verdict}, reason)


def apply_verdicts(session: Session, *, actor: Actor, job_id: str) -> RequestedChange:
    """Ask a worker to make the decisions a new version of the data.

    Raises
    ------
    ConflictError
        No row is excluded or relabelled, or another table was brought meanwhile.
    """
    found = _suspects(session, actor, job_id, Permission.EDIT_DATA)
    rows = session.exec(select(RowVerdict).where(RowVerdict.job_id == job_id).order_by("row")).all()
    steps = verdict_steps(found.column, ((row.row, row.verdict, row.value, row.reason) for row in rows))
    if not steps:
        raise ConflictError("No row is excluded or relabelled yet, so nothing would change.")
    latest = find_dataset(session, actor=actor, project_id=found.project_id)
    searched = get_dataset(session, actor=actor, dataset_id=found.dataset_id)
    if latest is None or latest.base_sha256 != searched.base_sha256:
        raise ConflictError("Another table was brought meanwhile, so these decisions do not fit it. Search again.")
    change = request_steps(session, actor=actor, dataset_id=latest.id, steps=steps)
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}
    _record(session, actor, found, "labels.verdicts_applied", counts, None)
    return change


def _suspects(session: Session, actor: Actor, job_id: str, permission: Permission) -> SuspectList:
    found = get_suspects(session, actor=actor, job_id=job_id)
    authorize_project(session, actor=actor, project_id=found.project_id, permission=permission)
    return found


def _record(
    session: Session, actor: Actor, found: SuspectList, action: str, after: Mapping[str, Any], reason: str | None
) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="job",
        object_id=found.job_id,
        project_id=found.project_id,
        after=dict(after),
        reason=reason,
    )
