"""Write a project's objective. Every change is a new version."""

from typing import Any

from sqlmodel import Session

from db.tables import LeverRow, ObjectiveVersion
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.audit.commands import record_event
from services.errors import ConflictError
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.proposals.objective import Objective, constraints_document
from services.proposals.queries import SavedObjective, find_objective


def save_objective(
    session: Session, *, actor: Actor, project_id: str, objective: Objective, based_on: int
) -> SavedObjective:
    """Store the objective as the next version; the same content as before makes no version.

    Parameters
    ----------
    based_on
        The version the person changed; 0 where there was none.

    Raises
    ------
    ConflictError
        Somebody saved another version meanwhile.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_OBJECTIVE)
    session.refresh(project, with_for_update=True)  # one change at a time numbers the next version
    before = find_objective(session, actor=actor, project_id=project_id)
    digest = sha256_of(objective.document())
    if before is not None and before.sha256 == digest:
        return before
    if (before.version if before else 0) != based_on:
        raise ConflictError(
            "Somebody saved another version of the objective meanwhile. "
            "What you typed is kept. Load the latest version, then repeat your change."
        )
    row = _add_version(session, actor, project_id, objective, based_on + 1, digest)
    _record(session, actor, row, objective, before)
    return SavedObjective(
        id=row.id,
        version=row.version,
        sha256=digest,
        objective=objective,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=row.created_at,
    )


def _add_version(
    session: Session, actor: Actor, project_id: str, objective: Objective, version: int, digest: str
) -> ObjectiveVersion:
    plain = objective.document()
    own = {name: plain[name] for name in plain if name not in {"levers", "by_when", "constraints"}}
    row = ObjectiveVersion(
        **own,
        by_when=objective.by_when,
        constraints=constraints_document(objective.constraints),
        project_id=project_id,
        version=version,
        sha256=digest,
        created_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    for position, lever in enumerate(plain["levers"]):
        session.add(LeverRow(**lever, objective_version_id=row.id, position=position))
    session.flush()
    return row


def _record(
    session: Session, actor: Actor, row: ObjectiveVersion, objective: Objective, before: SavedObjective | None
) -> None:
    def plain(version: int, digest: str, content: Objective) -> dict[str, Any]:
        return {"version": version, "sha256": digest, **content.document()}

    record_event(
        session,
        actor=actor,
        action="objective.saved",
        object_type="objective",
        object_id=row.id,
        project_id=row.project_id,
        before=plain(before.version, before.sha256, before.objective) if before else None,
        after=plain(row.version, row.sha256, objective),
    )
