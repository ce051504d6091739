"""Read a project's objective."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db.tables import LeverRow, ObjectiveVersion, User
from services.audit.actor import Actor
from services.errors import NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.lever import Lever
from services.proposals.objective import Constraints, DataNeed, Objective

_UNKNOWN = "There is no such objective, or you are not a member of its project."


@dataclass(frozen=True, slots=True)
class SavedObjective:
    """One immutable version of an objective, and who wrote it."""

    id: str
    version: int
    sha256: str
    objective: Objective
    created_by: str
    created_by_name: str
    created_at: datetime


def find_objective(session: Session, *, actor: Actor, project_id: str) -> SavedObjective | None:
    """The latest version, or None where nobody has written one."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(ObjectiveVersion)
        .where(ObjectiveVersion.project_id == project_id)
        .order_by(col(ObjectiveVersion.version).desc())
        .limit(1)
    )
    row = session.exec(statement).first()
    return _read_model(session, row) if row else None


def get_objective(session: Session, *, actor: Actor, objective_id: str) -> SavedObjective:
    """One version, also an old one.

    Raises
    ------
    NotFoundError
        There is no such version, or the actor is not a member of its project.
    """
    row = session.get(ObjectiveVersion, objective_id)
    if row is None:
        raise NotFoundError(_UNKNOWN)
    authorize_project(
        session, actor=actor, project_id=row.project_id, permission=Permission.SEE_PROJECT, unknown=_UNKNOWN
    )
    return _read_model(session, row)


def _read_model(session: Session, row: ObjectiveVersion) -> SavedObjective:
    author = session.get(User, row.created_by)
    return SavedObjective(
        id=row.id,
        version=row.version,
        sha256=row.sha256,
        objective=_objective(row, _levers(session, row.id)),
        created_by=row.created_by,
        created_by_name=author.name if author else row.created_by,
        created_at=row.created_at,
    )


def _levers(session: Session, objective_version_id: str) -> tuple[Lever, ...]:
    statement = (
        select(LeverRow).where(LeverRow.objective_version_id == objective_version_id).order_by(col(LeverRow.position))
    )
    fresh = {"id", "objective_version_id", "position"}
    rows = (row.model_dump(exclude=fresh) for row in session.exec(statement))
    return tuple(Lever(**{**row, "choices": tuple(row["choices"])}) for row in rows)


def _objective(row: ObjectiveVersion, levers: tuple[Lever, ...]) -> Objective:
    return Objective(
        sentence=row.sentence,
        metric=row.metric,
        unit=row.unit,
        baseline=row.baseline,
        target=row.target,
        by_when=row.by_when,
        how_measured=row.how_measured,
        decision=row.decision,
        decided_by=row.decided_by,
        outcome=row.outcome,
        levers=levers,
        data_needed=tuple(DataNeed(**need) for need in row.data_needed),
        constraints=Constraints(**row.constraints),
    )
