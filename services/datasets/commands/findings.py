"""Say why something the checks found is right as it is, and take that back. No version is made: the data stay."""

from collections.abc import Sequence

from sqlmodel import Session, select

from db.tables import FindingExplanation
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.datasets.checks.explained import digest_of
from services.datasets.commands.versions import lock_project
from services.datasets.queries import find_health, get_dataset
from services.datasets.recipe.steps import REASON_LENGTH
from services.errors import ConflictError, InvalidInputError


def explain_finding(
    session: Session, *, actor: Actor, dataset_id: str, code: str, columns: Sequence[str], reason: str
) -> None:
    """Keep a finding of a version as it is, with a reason. It holds for later versions unless it becomes graver.

    Raises
    ------
    InvalidInputError
        The reason is missing or too long.
    ConflictError
        The checks do not find this, or somebody has explained it already.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    lock_project(session, actor, dataset.project_id)
    reason = " ".join(reason.split())
    if not reason or len(reason) > REASON_LENGTH:
        raise InvalidInputError(
            f"Say in at most {REASON_LENGTH} characters why it is right as it is; the reason is part of the record."
        )
    health = find_health(session, actor=actor, dataset_id=dataset_id)
    digest = digest_of(code, columns)
    found = (
        next((f for f in health.document.findings if digest_of(f.code, f.columns) == digest), None) if health else None
    )
    if found is None or found.outcome != "finding":
        raise ConflictError(
            "The checks do not say this any more, or somebody has explained it. Look at the page again."
        )
    row = _find(session, dataset.project_id, digest)
    row = row or FindingExplanation(
        project_id=dataset.project_id, finding_sha256=digest, code=code, severity="", reason="", created_by=""
    )
    row.severity, row.reason, row.created_by = found.severity, reason, actor.user_id
    session.add(row)
    session.flush()
    _record(session, actor, "dataset.finding_explained", row, found.title, reason)


def reopen_finding(session: Session, *, actor: Actor, dataset_id: str, code: str, columns: Sequence[str]) -> None:
    """Take an explanation back: the finding is open again.

    Raises
    ------
    ConflictError
        Nobody has explained it, or somebody has taken that back.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    lock_project(session, actor, dataset.project_id)
    row = _find(session, dataset.project_id, digest_of(code, columns))
    if row is None:
        raise ConflictError("This finding is open already. Look at the page again.")
    session.delete(row)
    session.flush()
    _record(session, actor, "dataset.finding_reopened", row, code, None)


def _find(session: Session, project_id: str, digest: str) -> FindingExplanation | None:
    return session.exec(
        select(FindingExplanation).where(
            FindingExplanation.project_id == project_id, FindingExplanation.finding_sha256 == digest
        )
    ).first()


def _record(
    session: Session, actor: Actor, action: str, row: FindingExplanation, title: str, reason: str | None
) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="finding",
        object_id=row.id,
        project_id=row.project_id,
        after={"code": row.code, "title": title, "finding_sha256": row.finding_sha256},
        reason=reason,
    )
