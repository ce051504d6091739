"""Audit: what happened, by whom, in one hash chain that nobody may edit."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime


class AuditEvent(SQLModel, table=True):
    """One state change. A database trigger refuses UPDATE and DELETE."""

    __tablename__ = "audit_event"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # 1, 2, 3 ... without a gap
    prev_hash: str
    hash: str = Field(unique=True)
    at_utc: datetime = Field(sa_type=UtcDateTime)
    actor_id: str = Field(index=True)
    actor_name: str
    on_behalf_of: str | None = None
    role_at_time: str
    project_id: str | None = Field(default=None, index=True)
    object_type: str
    object_id: str = Field(index=True)
    action: str
    before: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument)
    after: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument)
    reason: str | None = None
    manifest_sha256: str | None = None
    request_id: str | None = None
