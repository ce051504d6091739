"""Read the audit chain."""

from collections.abc import Generator
from contextlib import closing
from typing import Any

from sqlalchemy import inspect
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from db.tables import AuditEvent
from services.audit.chain import ChainReport, verify_chain

_BATCH = 1_000


def get_chain_report(session: Session) -> ChainReport:
    """Recompute the whole chain, event by event, in constant memory."""
    with closing(iterate_events(session)) as events:  # a broken chain ends the walk early
        return verify_chain(events)


def get_head_id(session: Session) -> int:
    """The number of the latest event, 0 before the first: it grows with every change of anything."""
    return session.exec(select(func.max(AuditEvent.id))).one() or 0


def iterate_events(session: Session) -> Generator[dict[str, Any]]:
    """Every event as plain data, oldest first."""
    columns = inspect(AuditEvent).columns  # not rows, which a session would keep
    statement = select_columns(*columns).order_by(col(AuditEvent.id)).execution_options(yield_per=_BATCH)
    rows = session.execute(statement).mappings()
    try:
        for event in rows:
            yield dict(event)
    finally:
        rows.close()


def list_object_events(session: Session, *, object_type: str, object_id: str, limit: int = 20) -> list[AuditEvent]:
    """The latest events of one thing, newest first. The caller has checked that the actor may see it."""
    statement = select(AuditEvent).where(AuditEvent.object_id == object_id, AuditEvent.object_type == object_type)
    return list(session.exec(statement.order_by(col(AuditEvent.id).desc()).limit(limit)))


def list_project_events(session: Session, *, project_id: str, limit: int = 20) -> list[AuditEvent]:
    """The latest events of a project, newest first. The caller has checked that the actor may see the project."""
    statement = (
        select(AuditEvent).where(AuditEvent.project_id == project_id).order_by(col(AuditEvent.id).desc()).limit(limit)
    )
    return list(session.exec(statement))
