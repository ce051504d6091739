"""Examinations: what people assert of every model of a project, and the reasons they give for findings.

Both tables are append-only: triggers refuse UPDATE and DELETE. Who changes their mind adds a version.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class ModelAssertion(SQLModel, table=True):
    """One version of what somebody expects of every model of a project; the latest of a `key` counts."""

    __tablename__ = "model_assertion"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    key: str  # the id of the first version
    version: int
    document: dict[str, Any] = Field(sa_type=JsonDocument)  # as `Assertion` writes it
    is_withdrawn: bool = False
    user_id: str = Field(foreign_key="user_account.id")
    role_at_time: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class CheckAnswer(SQLModel, table=True):
    """The reason somebody gives for a finding about a model, and the state the finding had then."""

    __tablename__ = "check_answer"
    __table_args__ = (UniqueConstraint("model_id", "code", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    code: str
    version: int
    state: str
    report_sha256: str  # the examination that was answered
    reason: str
    user_id: str = Field(foreign_key="user_account.id")
    role_at_time: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
