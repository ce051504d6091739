"""Who is signed in, and who there is."""

from datetime import datetime

from sqlmodel import Session

from db.tables import SignInSession, User
from db.types import utc_now
from services.audit.actor import Actor
from services.people.sessions import is_session_open


def find_session_actor(
    session: Session, *, session_id: str, now: datetime | None = None, request_id: str | None = None
) -> Actor | None:
    """The person of an open session. None when it was revoked, has expired, or the account was disabled.

    The role is read from the account at every call, so that a change of role takes effect on the next click.
    """
    row = session.get(SignInSession, session_id)
    if row is None:
        return None
    user = session.get(User, row.user_id)
    if user is None or not user.is_active or not is_session_open(row, now or utc_now()):
        return None
    return Actor(
        user_id=user.id, name=user.name, role=user.role, email=user.email, request_id=request_id, session_id=row.id
    )
