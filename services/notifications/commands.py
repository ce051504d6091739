"""Tell a person something, and note that they have read it."""

from sqlmodel import Session, col, select

from db.tables import Notification
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.errors import NotFoundError

_UNKNOWN = "There is no such message for you."


def notify(
    session: Session, *, user_id: str, project_id: str, kind: str, subject_id: str, occasion: str, sentence: str
) -> None:
    """Tell a person something, in the transaction that makes it so; once for each `occasion`.

    Parameters
    ----------
    kind
        What happened, as the audit log names it: "run.finished".
    occasion
        The same for the same happening, so that work that is repeated after a crash tells nobody twice.
    """
    told = select(Notification.id).where(Notification.user_id == user_id, Notification.occasion == occasion)
    if session.exec(told).first() is None:
        session.add(
            Notification(
                user_id=user_id,
                project_id=project_id,
                kind=kind,
                subject_id=subject_id,
                occasion=occasion,
                sentence=sentence,
            )
        )
        session.flush()


def mark_read(session: Session, *, actor: Actor, notification_id: str) -> None:
    """Note that the actor has read one of their messages. Doing so again changes nothing.

    Raises
    ------
    NotFoundError
        There is no such message, or it is somebody else's.
    """
    row = session.get(Notification, notification_id, with_for_update=True, populate_existing=True)
    if row is None or row.user_id != actor.user_id:
        raise NotFoundError(_UNKNOWN)
    if row.read_at is None:
        _read(session, actor, [row])


def mark_all_read(session: Session, *, actor: Actor) -> None:
    """Note that the actor has read everything they were told so far."""
    statement = select(Notification).where(Notification.user_id == actor.user_id, col(Notification.read_at).is_(None))
    rows = list(session.exec(statement.with_for_update()))
    if rows:
        _read(session, actor, rows)


def _read(session: Session, actor: Actor, rows: list[Notification]) -> None:
    """No event of the project: what a person has read is not its history."""
    now = utc_now()
    for row in rows:
        row.read_at = now
        session.add(row)
    record_event(
        session,
        actor=actor,
        action="notification.read",
        object_type="notification",
        object_id=rows[0].id,
        after={"n": len(rows)},
    )
