"""Read a project's objective."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from db.artifacts import get_artifact_store
from db.tables import DatasetVersion, LeverRow, ObjectiveVersion, ProposalDraft, User
from services.audit.actor import Actor
from services.errors import NotFoundError
from services.people.permissions import Permission
from services.projects.queries import authorize_project, list_projects
from services.proposals.considerations import considerations_from
from services.proposals.formula_trial import FormulaTrial, column_names, trial_on_rows, trial_without_rows
from services.proposals.later import LaterDefault, defaults_of
from services.proposals.lever import Lever
from services.proposals.objective import Constraints, DataNeed, Objective
from services.proposals.similar import ALIKE_FROM, MOST_SIMILAR, SimilarProposal, likeness

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


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """What one person has typed and not saved: only the answers they touched, by name."""

    based_on: int
    answers: dict[str, Any]
    changed_at: datetime


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


def find_version(session: Session, *, actor: Actor, project_id: str, version: int) -> SavedObjective | None:
    """The version of this number, or None where there is none."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = select(ObjectiveVersion).where(
        ObjectiveVersion.project_id == project_id, ObjectiveVersion.version == version
    )
    row = session.exec(statement).first()
    return _read_model(session, row) if row else None


def list_later_defaults(session: Session, *, actor: Actor, project_id: str) -> tuple[LaterDefault, ...]:
    """What the newest version of the objective sets for later stages; empty where it sets nothing."""
    saved = find_objective(session, actor=actor, project_id=project_id)
    return defaults_of(saved.objective.considered) if saved else ()


def find_draft(session: Session, *, actor: Actor, project_id: str) -> SavedDraft | None:
    """What the actor has typed and not saved; nobody sees the draft of somebody else."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = select(ProposalDraft).where(
        ProposalDraft.project_id == project_id, ProposalDraft.user_id == actor.user_id
    )
    row = session.exec(statement).first()
    return SavedDraft(row.based_on, dict(row.answers), row.changed_at) if row else None


def list_similar(session: Session, *, actor: Actor, project_id: str, sentence: str) -> list[SimilarProposal]:
    """Other projects of the actor that seem to want the same, most alike first; at most three."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    others = {project.id: project for project in list_projects(session, actor=actor) if project.id != project_id}
    texts = {other.id: other.sentence for other in others.values()}
    found = [(likeness(sentence, text), key) for key, text in texts.items()]
    near = sorted((pair for pair in found if pair[0] >= ALIKE_FROM), reverse=True)[:MOST_SIMILAR]
    return [SimilarProposal(key, others[key].name, others[key].sentence) for _likeness, key in near]


def list_formula_columns(session: Session, *, actor: Actor, project_id: str) -> tuple[str, ...]:
    """The names a formula of this project may use: the columns of the newest version of its data."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    row = _newest_data(session, project_id)
    if row is None:
        return ()
    with get_artifact_store().open_verified(row.table_sha256) as path:
        return column_names(path)


def try_formula(session: Session, *, actor: Actor, project_id: str, text: str) -> FormulaTrial:
    """What a formula gives in the first five rows of the project's newest data.

    Raises
    ------
    InvalidInputError
        It cannot be read, names what is not there, or cannot be computed with what the columns hold.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    row = _newest_data(session, project_id)
    if row is None:
        return trial_without_rows(text)
    with get_artifact_store().open_verified(row.table_sha256) as path:
        return trial_on_rows(text, path, data_version=row.version)


def _newest_data(session: Session, project_id: str) -> DatasetVersion | None:
    statement = select(DatasetVersion).where(DatasetVersion.project_id == project_id)
    return session.exec(statement.order_by(col(DatasetVersion.version).desc()).limit(1)).first()


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
    lists = ("choices", "deciding_columns")
    return tuple(Lever(**row | {name: tuple(row[name]) for name in lists}) for row in rows)


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
        data_needed=tuple(DataNeed(**need | {"connects": tuple(need.get("connects", ()))}) for need in row.data_needed),
        constraints=Constraints(**row.constraints),
        considered=considerations_from(row.details.get("considered", {})),
    )
