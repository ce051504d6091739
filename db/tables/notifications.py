"""Notifications: what a person is told about something they began, until they have read it."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, new_id, utc_now


class Notification(SQLModel, table=True):
    """One piece of news for one person. `occasion` names what happened, so that nobody is told twice."""

    __tablename__ = "notification"
    __table_args__ = (UniqueConstraint("user_id", "occasion"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    user_id: str = Field(foreign_key="user_account.id", index=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    occasion: str  # e.g. run.finished:<run>:<generation>
    kind: str  # e.g. run.finished
    subject_id: str  # e.g. the run
    sentence: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
