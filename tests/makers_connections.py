"""Make connections without a server."""

from sqlmodel import Session

from services.audit.actor import Actor
from services.connections.commands import create_connection
from services.connections.views import ConnectionView, NewConnection

SQLITE_SIGN = b"SQLite format 3\0"


def make_connection(
    session: Session, actor: Actor, project_id: str, *, name: str = "Shop", content: bytes = SQLITE_SIGN
) -> ConnectionView:
    """A SQLite file as a connection; by default one with nothing in it. `actor` is a data scientist of the project."""
    wanted = NewConnection(name=name, kind="sqlite", file_name="shop.sqlite")
    return create_connection(session, actor=actor, project_id=project_id, wanted=wanted, content=content)
