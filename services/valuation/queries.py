"""Read what a project's calls are worth."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db.tables import User, ValuationVersion
from services.audit.actor import Actor
from services.errors import NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.valuation.assumptions import Assumptions, assumptions_from

_UNKNOWN = "There are no such figures, or you are not a member of their project."


@dataclass(frozen=True, slots=True)
class SavedValuation:
    """One immutable version of the business figures, and who wrote it."""

    id: str
    version: int
    sha256: str
    assumptions: Assumptions
    created_by: str
    created_by_name: str
    created_at: datetime


def find_valuation(session: Session, *, actor: Actor, project_id: str) -> SavedValuation | None:
    """The latest version, or None where nobody has said what calls are worth."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(ValuationVersion)
        .where(ValuationVersion.project_id == project_id)
        .order_by(col(ValuationVersion.version).desc())
        .limit(1)
    )
    row = session.exec(statement).first()
    return _read_model(session, row) if row else None


def list_valuations(session: Session, *, actor: Actor, project_id: str) -> tuple[SavedValuation, ...]:
    """Every version, the latest first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(ValuationVersion)
        .where(ValuationVersion.project_id == project_id)
        .order_by(col(ValuationVersion.version).desc())
    )
    return tuple(_read_model(session, row) for row in session.exec(statement))


def get_valuation(session: Session, *, actor: Actor, valuation_id: str) -> SavedValuation:
    """One version, also an old one.

    Raises
    ------
    NotFoundError
        There is no such version, or the actor is not a member of its project.
    """
    row = session.get(ValuationVersion, valuation_id)
    if row is None:
        raise NotFoundError(_UNKNOWN)
    authorize_project(
        session, actor=actor, project_id=row.project_id, permission=Permission.SEE_PROJECT, unknown=_UNKNOWN
    )
    return _read_model(session, row)


def _read_model(session: Session, row: ValuationVersion) -> SavedValuation:
    author = session.get(User, row.created_by)
    return SavedValuation(
        id=row.id,
        version=row.version,
        sha256=row.sha256,
        assumptions=assumptions_from(row.model_dump()),
        created_by=row.created_by,
        created_by_name=author.name if author else row.created_by,
        created_at=row.created_at,
    )
