"""Read the data dictionary of a project."""

from sqlmodel import Session, col, select

from db.tables import ColumnDescription, User
from services.audit.actor import Actor
from services.datasets.dictionary import Description, DictionaryLine
from services.people.permissions import Permission
from services.projects.queries import authorize_project


def list_descriptions(session: Session, *, actor: Actor, project_id: str) -> dict[str, DictionaryLine]:
    """What people said of columns, by column; a column nobody described is not there."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(ColumnDescription, User.name)
        .join(User, col(User.id) == ColumnDescription.changed_by)
        .where(ColumnDescription.project_id == project_id)
        .order_by(col(ColumnDescription.column))
    )
    return {
        row.column: DictionaryLine(
            column=row.column,
            description=Description(
                business_name=row.business_name,
                meaning=row.meaning,
                unit=row.unit,
                known_before_decision=row.known_before_decision,
                sensitivity=row.sensitivity,
                actionability=row.actionability,
                expected_direction=row.expected_direction,
                compared=row.compared,
            ),
            changed_by_name=name,
            changed_at=row.changed_at,
        )
        for row, name in session.exec(statement)
    }
