"""Start a project and bring people into it."""

import re
import unicodedata

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db.tables import Project, ProjectMember, User
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.errors import ConflictError, InvalidInputError
from services.people.permissions import Permission, require
from services.projects.queries import authorize_project

SENTENCE_LENGTH = 300
NAME_LENGTH = 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # PostgreSQL stores no NUL


def create_project(session: Session, *, actor: Actor, sentence: str, name: str | None = None) -> Project:
    """Start a project from one sentence; its author becomes its first member.

    Raises
    ------
    InvalidInputError
        The sentence is empty, too long or not plain text.
    ConflictError
        Somebody started a project of the same name at the same moment.
    """
    require(actor, Permission.START_PROJECT)
    sentence = " ".join(sentence.split())
    if not sentence:
        raise InvalidInputError("Say in one sentence what should get better.")
    if len(sentence) > SENTENCE_LENGTH:
        raise InvalidInputError(f"The sentence has {len(sentence)} characters; {SENTENCE_LENGTH} are enough.")
    name = " ".join((name or _shorten(sentence)).split())[:NAME_LENGTH]
    if _CONTROL.search(sentence + name):
        raise InvalidInputError("The sentence or the name contains a control character. Type it again.")
    project = Project(slug=_free_slug(session, name), name=name, sentence=sentence, created_by=actor.user_id)
    session.add(project)
    _flush_or_conflict(session, "Somebody started a project of this name at the same moment. Try again.")
    session.add(ProjectMember(project_id=project.id, user_id=actor.user_id, added_by=actor.user_id))
    record_event(
        session,
        actor=actor,
        action="project.started",
        object_type="project",
        object_id=project.id,
        project_id=project.id,
        after={"name": name, "sentence": sentence},
    )
    return project


def add_member(session: Session, *, actor: Actor, project_id: str, email: str) -> User:
    """Bring a person with an account into a project.

    Raises
    ------
    InvalidInputError
        Nobody active has this e-mail address, or the person is a member already.
    ConflictError
        Somebody else brought them in at the same moment.
    """
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.INVITE_MEMBER)
    person = session.exec(
        select(User).where(User.email == email.strip().casefold(), col(User.is_active).is_(True))
    ).first()
    if person is None:
        raise InvalidInputError("Nobody with this e-mail address has an account. Ask an administrator to add them.")
    known = select(ProjectMember.id).where(ProjectMember.project_id == project_id, ProjectMember.user_id == person.id)
    if session.exec(known).first() is not None:
        raise InvalidInputError(f"{person.name} is a member already.")
    session.add(ProjectMember(project_id=project_id, user_id=person.id, added_by=actor.user_id))
    _flush_or_conflict(session, f"Somebody else brought {person.name} in at the same moment.")
    record_event(
        session,
        actor=actor,
        action="project.member_added",
        object_type="project",
        object_id=project_id,
        project_id=project_id,
        after={"user_id": person.id, "name": person.name},
    )
    return person


def _flush_or_conflict(session: Session, sentence: str) -> None:
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError(sentence) from None


def _shorten(sentence: str) -> str:
    if len(sentence) <= NAME_LENGTH:
        return sentence.rstrip(".!?")
    return sentence[: NAME_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def _free_slug(session: Session, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "project"
    taken = set(session.exec(select(Project.slug).where(col(Project.slug).startswith(stem))))
    if stem not in taken:
        return stem
    return next(f"{stem}-{number}" for number in range(2, len(taken) + 3) if f"{stem}-{number}" not in taken)
