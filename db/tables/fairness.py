"""Fairness: how large a gap between groups is accepted, agreed before anybody sees one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, new_id, utc_now


class FairnessTolerance(SQLModel, table=True):
    """Which harm matters in a project, and the largest gap that is accepted. Append-only: triggers refuse the rest."""

    __tablename__ = "fairness_tolerance"
    __table_args__ = (
        UniqueConstraint("project_id", "version"),
        CheckConstraint("harm IN ('missed', 'false_alarm', 'error')", name="harm"),
        CheckConstraint("largest_gap >= 0", name="largest_gap"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    version: int
    harm: str
    largest_gap: float  # of shares, 0 to 1; of mean errors in the unit of the outcome
    reason: str
    n_seen: int  # assessments of the project that were done by then: 0 where it was agreed before any
    user_id: str = Field(foreign_key="user_account.id")
    role_at_time: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
