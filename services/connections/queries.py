"""Read the connections of a project. No query gives a password away."""

from sqlmodel import Session, col, select

from db.tables import Connection, User
from services.audit.actor import Actor
from services.connections.views import KIND, ConnectionView
from services.errors import NotFoundError
from services.jobs.queries import list_jobs
from services.jobs.views import JobView
from services.people.permissions import Permission
from services.projects.queries import authorize_project

UNKNOWN_CONNECTION = "There is no such connection, or you are not a member of its project."


def list_connections(session: Session, *, actor: Actor, project_id: str) -> list[ConnectionView]:
    """The databases the project may ask, by name."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(Connection, User.name)
        .join(User, col(User.id) == Connection.created_by)
        .where(Connection.project_id == project_id, col(Connection.is_active))
        .order_by(col(Connection.name), col(Connection.id))
    )
    return [view_of(row, name) for row, name in session.exec(statement)]


def get_connection(session: Session, *, actor: Actor, connection_id: str) -> ConnectionView:
    """One connection.

    Raises
    ------
    NotFoundError
        There is no such connection, it was removed, or the actor is not a member of its project.
    """
    row = session.get(Connection, connection_id)
    if row is None:
        raise NotFoundError(UNKNOWN_CONNECTION)
    see = Permission.SEE_PROJECT
    authorize_project(session, actor=actor, project_id=row.project_id, permission=see, unknown=UNKNOWN_CONNECTION)
    if not row.is_active:
        raise NotFoundError(UNKNOWN_CONNECTION)
    author = session.get(User, row.created_by)
    return view_of(row, author.name if author else "")


def list_asked(session: Session, *, actor: Actor, project_id: str, limit: int = 30) -> list[JobView]:
    """What was asked through the connections of a project, newest first: tests, previews and what was brought."""
    return list_jobs(session, actor=actor, project_id=project_id, kind=KIND, limit=limit)


def view_of(row: Connection, created_by_name: str) -> ConnectionView:
    """The picture of a connection that its caller has read."""
    place = row.file_name or "" if row.file_sha256 else f"{row.database} on {row.host}:{row.port}"
    return ConnectionView(
        id=row.id,
        project_id=row.project_id,
        name=row.name,
        kind=row.kind,
        place=place,
        user_name=row.user_name or "",
        created_by_name=created_by_name,
        created_at=row.created_at,
    )
