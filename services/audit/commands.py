"""Append to the audit chain, inside the transaction of the change it records."""

from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from db.tables import AuditEvent
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.chain import GENESIS, event_hash

_CHAIN_LOCK = 0xA0D17  # PostgreSQL: one appending transaction at a time; SQLite has one writer anyway


def record_event(
    session: Session,
    *,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: str,
    project_id: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    manifest_sha256: str | None = None,
) -> AuditEvent:
    """Add one event at the head of the chain. `action` is a verb in the past: "objective.saved"."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    head = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc()).limit(1)).first()
    event = AuditEvent(
        id=head.id + 1 if head else 1,
        prev_hash=head.hash if head else GENESIS,
        hash="",
        at_utc=utc_now(),
        actor_id=actor.user_id,
        actor_name=actor.name,
        role_at_time=actor.role,
        project_id=project_id,
        object_type=object_type,
        object_id=object_id,
        action=action,
        before=before,
        after=after,
        reason=reason,
        manifest_sha256=manifest_sha256,
        request_id=actor.request_id,
    )
    event.hash = event_hash(event.model_dump())
    session.add(event)
    session.flush()
    return event
