"""Say what columns mean."""

from typing import Any

from sqlmodel import Session, select

from db.tables import ColumnDescription
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.datasets.commands.health import enqueue_examination
from services.datasets.dictionary import Description, checked_description
from services.datasets.queries import find_dataset
from services.errors import InvalidInputError
from services.people.permissions import Permission
from services.projects.queries import authorize_project


def describe_column(session: Session, *, actor: Actor, project_id: str, column: str, **fields: Any) -> Description:
    """Write the line of a column in the data dictionary; fields that are not given stay as they were.

    Parameters
    ----------
    fields
        Those of `dictionary.Description`.

    Raises
    ------
    InvalidInputError
        The latest data have no such column, or a field is unknown, too long, or no choice of its own.
    """
    project = authorize_project(session, actor=actor, project_id=project_id, permission=Permission.EDIT_DICTIONARY)
    session.refresh(project, with_for_update=True)
    dataset = find_dataset(session, actor=actor, project_id=project_id)
    if dataset is None:
        raise InvalidInputError("The project has no data yet, so there is no column to describe.")
    dataset.get_column(column)
    row = session.exec(
        select(ColumnDescription).where(ColumnDescription.project_id == project_id, ColumnDescription.column == column)
    ).first()
    known = set(Description().document())
    before = row.model_dump(include=known) if row else Description().document()
    description = checked_description({**before, **fields})
    if description.document() == before:
        return description
    row = row or ColumnDescription(project_id=project_id, column=column, changed_by=actor.user_id)
    row.sqlmodel_update({**description.document(), "changed_by": actor.user_id, "changed_at": utc_now()})
    session.add(row)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="dataset.column_described",
        object_type="column",
        object_id=row.id,
        project_id=project_id,
        before={"column": column, **before},
        after={"column": column, **description.document()},
    )
    enqueue_examination(session, actor, dataset)
    return description
