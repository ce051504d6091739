"""Which projects a person may see, and the one check that every stage of a project shares."""

from sqlmodel import Session, col, select

from db.session import ANSWERS
from db.tables import Project, ProjectMember, User
from services.audit.actor import Actor
from services.errors import NotFoundError
from services.people.permissions import Permission, Role, require

UNKNOWN_PROJECT = "There is no such project, or you are not a member of it."


def authorize_project(
    session: Session, *, actor: Actor, project_id: str, permission: Permission, unknown: str = UNKNOWN_PROJECT
) -> Project:
    """The project, if the actor is a member and their role has the permission.

    Parameters
    ----------
    unknown
        What a stranger is told. Whoever came here from the id of something else passes the sentence they give where
        that does not exist: a stranger must not be able to tell the two apart.

    Raises
    ------
    NotFoundError
        There is no such project, or the actor is not a member: the two cannot be told apart.
    NotAllowedError
        The actor is a member whose role lacks the permission.
    """
    project = session.get(Project, project_id)
    if project is None or not _may_see(session, actor, project_id):
        raise NotFoundError(unknown)
    require(actor, permission)
    return project


def list_projects(session: Session, *, actor: Actor) -> list[Project]:
    """The projects the actor may see, newest first."""
    require(actor, Permission.SEE_PROJECT)
    statement = select(Project).order_by(col(Project.created_at).desc())
    if not sees_every_project(actor):
        mine = select(ProjectMember.project_id).where(ProjectMember.user_id == actor.user_id)
        statement = statement.where(col(Project.id).in_(mine))
    projects = list(session.exec(statement))
    answers = session.info.get(ANSWERS, {})
    answers.update({_question(actor, project.id): True for project in projects})
    return projects


def list_members(session: Session, *, actor: Actor, project_id: str) -> list[User]:
    """The people of a project, in the order they joined."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(User)
        .join(ProjectMember, col(ProjectMember.user_id) == User.id)
        .where(ProjectMember.project_id == project_id)
        .order_by(col(ProjectMember.added_at))
    )
    return list(session.exec(statement))


def sees_every_project(actor: Actor) -> bool:
    """Whether the actor need not be a member: an auditor, and the portal itself."""
    return actor.is_system or actor.role == Role.AUDITOR


def _may_see(session: Session, actor: Actor, project_id: str) -> bool:
    if sees_every_project(actor):
        return True
    answers, question = session.info.get(ANSWERS, {}), _question(actor, project_id)
    if question not in answers:
        answers[question] = _is_member(session, actor.user_id, project_id)
    return bool(answers[question])


def _question(actor: Actor, project_id: str) -> tuple[str, str, str]:
    return "may see", project_id, actor.user_id


def _is_member(session: Session, user_id: str, project_id: str) -> bool:
    statement = select(ProjectMember.id).where(ProjectMember.project_id == project_id, ProjectMember.user_id == user_id)
    return session.exec(statement).first() is not None
