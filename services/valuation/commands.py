"""Write what a project's calls are worth. Every change is a new version."""

from typing import Any

from sqlmodel import Session

from db.tables import ValuationVersion
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.audit.commands import record_event
from services.errors import ConflictError
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.queries import try_formula
from services.valuation.assumptions import Assumptions
from services.valuation.plan_document import plan_document
from services.valuation.queries import SavedValuation, find_valuation


def save_valuation(
    session: Session, *, actor: Actor, project_id: str, assumptions: Assumptions, based_on: int
) -> SavedValuation:
    """Store the figures as the next version; the same content as before makes no version.

    Parameters
    ----------
    based_on
        The version the person changed; 0 where there was none.

    Raises
    ------
    ConflictError
        Somebody saved another version meanwhile.
    InvalidInputError
        The formula of the value by row cannot be read, or not be computed on the project's newest data.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_VALUATION)
    session.refresh(project, with_for_update=True)  # one change at a time numbers the next version
    before = find_valuation(session, actor=actor, project_id=project_id)
    digest = sha256_of(assumptions.document())
    if before is not None and before.sha256 == digest:
        return before
    if (before.version if before else 0) != based_on:
        raise ConflictError(
            "Somebody saved other figures meanwhile. "
            "What you typed is kept. Load the latest version, then repeat your change."
        )
    if assumptions.details and assumptions.details.amount_formula:
        try_formula(session, actor=actor, project_id=project_id, text=assumptions.details.amount_formula)
    detail = plan_document(assumptions.items, assumptions.adoption, assumptions.details)
    row = ValuationVersion(
        **{name: value for name, value in assumptions.document().items() if name not in detail},
        plan=detail or None,
        project_id=project_id,
        version=based_on + 1,
        sha256=digest,
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    _record(session, actor, row, assumptions, before)
    return SavedValuation(
        id=row.id,
        version=row.version,
        sha256=digest,
        assumptions=assumptions,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=row.created_at,
    )


def _record(
    session: Session, actor: Actor, row: ValuationVersion, assumptions: Assumptions, before: SavedValuation | None
) -> None:
    def plain(version: int, digest: str, content: Assumptions) -> dict[str, Any]:
        return {"version": version, "sha256": digest, **content.document()}

    record_event(
        session,
        actor=actor,
        action="valuation.saved",
        object_type="valuation",
        object_id=row.id,
        project_id=row.project_id,
        before=plain(before.version, before.sha256, before.assumptions) if before else None,
        after=plain(row.version, row.sha256, assumptions),
    )
