"""Make what a test needs, with one line and honest defaults."""

from datetime import timedelta
from itertools import count

from sqlmodel import Session

from db.tables import Project as Project
from db.tables import ProjectMember, SignInSession, User
from db.types import new_id, utc_now
from services.audit.actor import Actor
from services.people.permissions import Role
from services.people.sessions import ABSOLUTE_LIMIT
from services.projects.commands import create_project

_NUMBERS = count(1)


def make_user(session: Session, role: str = Role.BUSINESS, *, name: str | None = None, is_active: bool = True) -> User:
    """A person with an account, without a password."""
    number = next(_NUMBERS)
    user = User(email=f"person{number}@example.com", name=name or f"Person {number}", role=role, is_active=is_active)
    session.add(user)
    session.flush()
    return user


def actor_of(user: User) -> Actor:
    """The person as an actor."""
    return Actor(user_id=user.id, name=user.name, role=user.role, email=user.email)


def make_actor(session: Session, role: str = Role.BUSINESS) -> Actor:
    """A new person as an actor."""
    return actor_of(make_user(session, role))


def make_project(session: Session, *members: Actor, sentence: str = "Fewer customers should leave us") -> Project:
    """A project started by a new business stakeholder, with `members` in it."""
    project = create_project(session, actor=make_actor(session), sentence=sentence)
    for member in members:
        session.add(ProjectMember(project_id=project.id, user_id=member.user_id, added_by=project.created_by))
    session.flush()
    return project


def make_sign_in(session: Session, user_id: str, *, age: timedelta = timedelta()) -> SignInSession:
    """An open session of a person, started `age` ago."""
    now = utc_now() - age
    row = SignInSession(
        token_sha256=new_id(), user_id=user_id, created_at=now, last_seen_at=now, expires_at=now + ABSOLUTE_LIMIT
    )
    session.add(row)
    session.flush()
    return row
