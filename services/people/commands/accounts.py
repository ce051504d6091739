"""Add people, change what they are, and end their access."""

import re

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from db.tables import User
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.people.attempts import normal_email
from services.people.commands.sign_in import end_sessions
from services.people.permissions import Permission, Role, require

NAME_LENGTH = 100
_EMAIL = re.compile(r"[^@\s,;<>\"']{1,64}@[^@\s,;<>\"']{1,190}\.[^@\s.,;<>\"']{2,}")


def create_user(session: Session, *, actor: Actor, email: str, name: str, role: str) -> User:
    """Add a person, who can sign in after they have chosen a password through an invitation.

    Raises
    ------
    InvalidInputError
        The address, the name or the role is not one, or somebody has the address already.
    ConflictError
        Somebody gave the address to a person at the same moment.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    user = new_user(session, email=email, name=name, role=role)
    _record(session, actor, "person.added", user.id, after={"name": user.name, "email": user.email, "role": user.role})
    return user


def new_user(session: Session, *, email: str, name: str, role: str) -> User:
    """Check and store an account. Authorisation and the audit event are the caller's."""
    email, name = normal_email(email), " ".join(name.split())
    problems = [
        *(() if _EMAIL.fullmatch(email) else ("Give an e-mail address, such as ana@example.com.",)),
        *(() if 0 < len(name) <= NAME_LENGTH else (f"Give a name of at most {NAME_LENGTH} characters.",)),
        *(() if role in set(Role) else ("Choose one of the roles.",)),
    ]
    if not problems and session.exec(select(User.id).where(User.email == email)).first():
        problems.append("Somebody with this e-mail address has an account already.")
    if problems:
        raise InvalidInputError(*problems)
    user = User(email=email, name=name, role=str(role))
    session.add(user)
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError("Somebody added a person with this e-mail address at the same moment.") from None
    return user


def change_role(session: Session, *, actor: Actor, user_id: str, role: str) -> User:
    """Give a person another role. Open tabs have it from the next click; their sessions end, as they were granted to
    the former role.

    Raises
    ------
    InvalidInputError
        There is no such role.
    ConflictError
        The actor's own role: two people are needed to give an administrator a right to decide.
    """
    user = _require_other(session, actor, user_id)
    if role not in set(Role):
        raise InvalidInputError("Choose one of the roles.")
    if user.role == role:
        return user
    before, user.role = user.role, str(role)
    session.flush()
    end_sessions(session, user_id=user.id)
    _record(session, actor, "person.role_changed", user.id, before={"role": before}, after={"role": user.role})
    return user


def disable_user(session: Session, *, actor: Actor, user_id: str) -> User:
    """End a person's access: sessions, API tokens and invitations stop working with the next request."""
    user = _require_other(session, actor, user_id)
    if user.is_active:
        user.is_active = False
        session.flush()
        end_sessions(session, user_id=user.id)
        _record(session, actor, "person.disabled", user.id, before={"is_active": True}, after={"is_active": False})
    return user


def enable_user(session: Session, *, actor: Actor, user_id: str) -> User:
    """Give a disabled person their access back."""
    user = _require_other(session, actor, user_id)
    if not user.is_active:
        user.is_active = True
        session.flush()
        _record(session, actor, "person.enabled", user.id, before={"is_active": False}, after={"is_active": True})
    return user


def _require_other(session: Session, actor: Actor, user_id: str) -> User:
    require(actor, Permission.MANAGE_PEOPLE)
    user = session.get(User, user_id)
    if user is None:
        raise NotFoundError("There is no such person.")
    if user.id == actor.user_id:
        raise ConflictError("You cannot change your own account here. Ask another administrator.")
    return user


def _record(
    session: Session,
    actor: Actor,
    action: str,
    user_id: str,
    *,
    before: dict[str, str | bool] | None = None,
    after: dict[str, str | bool],
) -> None:
    record_event(
        session, actor=actor, action=action, object_type="person", object_id=user_id, before=before, after=after
    )
