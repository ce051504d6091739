"""One-time links: to set up an empty portal, and to choose a password."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col

from db.tables import Invitation, User
from db.types import utc_now
from services.audit.actor import SYSTEM, Actor
from services.audit.commands import record_event
from services.errors import InvalidInputError, NotFoundError
from services.people.commands.accounts import new_user
from services.people.commands.sign_in import end_sessions
from services.people.errors import AlreadySetUpError, LinkSpentError
from services.people.passwords import find_password_problem, hash_password
from services.people.permissions import Permission, Role, require
from services.people.queries import find_invitation, is_set_up
from services.people.secrets import new_secret, sha256_of_secret

SET_UP_LIFETIME = timedelta(days=1)
INVITATION_LIFETIME = timedelta(days=7)


def create_setup_link(session: Session, *, now: datetime | None = None) -> str:
    """The token of a one-time link `/set-up?token=...` to make the first administrator; an earlier one ends.

    Raises
    ------
    AlreadySetUpError
        There is somebody already.
    """
    if is_set_up(session):
        raise AlreadySetUpError
    return _new_link(session, actor=SYSTEM, user_id=None, lifetime=SET_UP_LIFETIME, now=now or utc_now())


def accept_set_up(
    session: Session, *, token: str, email: str, name: str, password: str, now: datetime | None = None
) -> User:
    """Make the first administrator, with the password they chose.

    Raises
    ------
    LinkSpentError, AlreadySetUpError, InvalidInputError
        The link is not valid, somebody was faster, or the form has a fault.
    """
    moment = now or utc_now()
    _spend(session, token, moment, for_set_up=True)
    if is_set_up(session):
        raise AlreadySetUpError
    _require_password(password, email=email, name=name)
    user = new_user(session, email=email, name=name, role=Role.ADMIN)
    user.password_hash = hash_password(password)
    session.flush()
    actor = Actor(user_id=user.id, name=user.name, role=user.role, email=user.email)
    record_event(
        session,
        actor=actor,
        action="portal.set_up",
        object_type="person",
        object_id=user.id,
        after={"name": user.name, "email": user.email, "role": user.role},
    )
    return user


def create_invitation(session: Session, *, actor: Actor, user_id: str, now: datetime | None = None) -> str:
    """The token of a one-time link `/invitation?token=...` to choose a (new) password; earlier ones end.

    Raises
    ------
    NotFoundError
        There is no such active person.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    user = session.get(User, user_id)
    if user is None or not user.is_active:
        raise NotFoundError("There is no such person, or their access has ended.")
    return _new_link(session, actor=actor, user_id=user.id, lifetime=INVITATION_LIFETIME, now=now or utc_now())


def accept_invitation(session: Session, *, token: str, password: str, now: datetime | None = None) -> User:
    """Set the password the invited person chose; whoever was signed in as them is not any more.

    Raises
    ------
    LinkSpentError, InvalidInputError
        The link is not valid, or the password is refused (the link stays good).
    """
    user_id = _spend(session, token, now or utc_now(), for_set_up=False)
    user = session.get(User, user_id) if user_id else None
    if user is None or not user.is_active:
        raise LinkSpentError
    _require_password(password, email=user.email, name=user.name)
    is_first = user.password_hash is None
    user.password_hash = hash_password(password)
    session.flush()
    actor = Actor(user_id=user.id, name=user.name, role=user.role, email=user.email)
    end_sessions(session, user_id=user.id)
    record_event(
        session,
        actor=actor,
        action="person.password_chosen" if is_first else "person.password_changed",
        object_type="person",
        object_id=user.id,
    )
    return user


def _new_link(session: Session, *, actor: Actor, user_id: str | None, lifetime: timedelta, now: datetime) -> str:
    same_purpose: ColumnElement[bool] = col(Invitation.user_id) == user_id
    earlier = (same_purpose if user_id else col(Invitation.user_id).is_(None), col(Invitation.used_at).is_(None))
    session.execute(update(Invitation).where(*earlier).values(used_at=now))
    token = new_secret()
    link = Invitation(token_sha256=sha256_of_secret(token), user_id=user_id, created_at=now, expires_at=now + lifetime)
    session.add(link)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="person.invited" if user_id else "portal.set_up_link_made",
        object_type="person" if user_id else "portal",
        object_id=user_id or "portal",
        after={"link_id": link.id, "expires_at": link.expires_at.isoformat()},
    )
    return token


def _spend(session: Session, token: str, now: datetime, *, for_set_up: bool) -> str | None:
    """Use up the link: of two at once only one gets through. Rolled back with the transaction on a later refusal."""
    link = find_invitation(session, token=token, now=now)
    if link is None or (link.user_id is None) is not for_set_up:
        raise LinkSpentError
    mine = (col(Invitation.id) == link.id, col(Invitation.used_at).is_(None))
    outcome = session.execute(update(Invitation).where(*mine).values(used_at=now))
    if outcome.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE always gives a CursorResult
        raise LinkSpentError
    return link.user_id


def _require_password(password: str, *, email: str, name: str) -> None:
    problem = find_password_problem(password, email=email, name=name)
    if problem:
        raise InvalidInputError(problem)
