"""Fairness: how large a gap between groups is accepted, agreed before anybody sees one, and what was found then.

Both tables are append-only: triggers refuse UPDATE and DELETE.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, new_id, utc_now


class FairnessTolerance(SQLModel, table=True):
    """Which harm matters in a project, and the largest gap that is accepted."""

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
    sha256: str  # of what was agreed
    created_by: str = Field(foreign_key="user_account.id")
    role_at_time: str
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class FairnessAssessment(SQLModel, table=True):
    """What one comparison of groups found of a model, in versions of the model: the newest is evidence."""

    __tablename__ = "fairness_assessment"
    __table_args__ = (
        UniqueConstraint("model_id", "version"),
        CheckConstraint("standing IN ('within', 'beyond', 'untold', 'none')", name="standing"),
        CheckConstraint("verdict IN ('indicated', 'possible', 'not indicated', 'too few')", name="verdict"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    job_id: str = Field(foreign_key="job.id", unique=True)
    version: int
    n_columns: int
    standing: str  # of the gravest gap against the tolerance
    verdict: str  # the gravest of the four-fifths rule
    report_sha256: str  # what was found (JSON artefact)
    sha256: str  # of what was found, whenever and however long it took
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
