"""Read what a person was told."""

from sqlmodel import Session, col, select

from db.tables import Notification, Project, ProjectMember
from services.audit.actor import Actor
from services.notifications.views import NotificationView
from services.people.permissions import Permission, is_allowed

MOST = 20


def list_notifications(session: Session, *, actor: Actor) -> list[NotificationView]:
    """What the actor was told and has not read, newest first; nothing of projects they may not see any more."""
    if not is_allowed(actor, Permission.SEE_PROJECT):
        return []
    statement = (
        select(Notification, Project.name)
        .join(Project, col(Project.id) == Notification.project_id)
        .join(ProjectMember, col(ProjectMember.project_id) == Notification.project_id)
        .where(
            Notification.user_id == actor.user_id,
            ProjectMember.user_id == actor.user_id,
            col(Notification.read_at).is_(None),
        )
        .order_by(col(Notification.created_at).desc(), col(Notification.id))
        .limit(MOST)
    )
    return [
        NotificationView(
            id=row.id,
            project_id=row.project_id,
            project_name=name,
            kind=row.kind,
            subject_id=row.subject_id,
            sentence=row.sentence,
            created_at=row.created_at,
        )
        for row, name in session.exec(statement)
    ]
