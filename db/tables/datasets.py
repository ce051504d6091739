"""Datasets: tables in immutable versions; every decision about rows, columns or the target is a new version."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class DatasetVersion(SQLModel, table=True):
    """A table (Parquet artefact), what is known of its columns, and what people decided about them.

    `recipe` applied to the base table gives the table: both are kept, so that any step can be undone and replayed.
    """

    __tablename__ = "dataset_version"
    __table_args__ = (UniqueConstraint("project_id", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    version: int
    parent_id: str | None = Field(default=None, foreign_key="dataset_version.id")
    file_name: str
    source_sha256: str  # the bytes as uploaded
    base_sha256: str  # the same rows as typed Parquet, before any step
    table_sha256: str  # what the steps of the recipe make of them; equal to the base while there are none
    recipe: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonDocument)
    origin: dict[str, Any] = Field(default_factory=dict, sa_type=JsonDocument)  # where it came from, how it was read
    n_rows: int
    n_columns: int
    profile: dict[str, Any] = Field(sa_type=JsonDocument)
    target: str | None = None
    positive_label: str | None = None
    excluded: dict[str, str] = Field(default_factory=dict, sa_type=JsonDocument)  # column -> reason
    change: str  # what made this version, in words
    sha256: str
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class HealthReport(SQLModel, table=True):
    """What the checks found in a table. It depends on the rows, the target and the version of the checks."""

    __tablename__ = "health_report"
    __table_args__ = (
        UniqueConstraint(
            "project_id", "table_sha256", "target", "positive_label", "checks_version", name="uq_health_report"
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    table_sha256: str
    target: str = ""  # empty: no target is chosen
    positive_label: str = ""
    checks_version: int
    document: dict[str, Any] = Field(sa_type=JsonDocument)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class FindingExplanation(SQLModel, table=True):
    """Why a finding of the checks is right as it is. It holds for every version until somebody takes it back."""

    __tablename__ = "finding_explanation"
    __table_args__ = (UniqueConstraint("project_id", "finding_sha256"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    finding_sha256: str  # of its code and columns
    code: str
    severity: str  # then; a graver one is open again
    reason: str
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ColumnDescription(SQLModel, table=True):
    """What a column means to the business: one line of the project's data dictionary."""

    __tablename__ = "column_description"
    __table_args__ = (UniqueConstraint("project_id", "column"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    column: str
    business_name: str = ""
    meaning: str = ""
    unit: str = ""
    known_before_decision: str = "unknown"  # yes, no or unknown
    sensitivity: str = "none"  # none, internal, personal or special
    actionability: str = "unknown"  # lever, influenced, fixed or unknown
    expected_direction: str = "unknown"  # of the outcome with more of it: rises, falls or unknown
    compared: str = "no"  # yes: what a model does is compared between its groups
    changed_by: str = Field(foreign_key="user_account.id")
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class FeatureSuggestion(SQLModel, table=True):
    """A column that somebody suggests models should learn from: a formula with a reason, and what became of it."""

    __tablename__ = "feature_suggestion"
    __table_args__ = (CheckConstraint("state IN ('open', 'taken', 'declined')", name="state"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    name: str
    formula: str
    reason: str
    state: str = "open"
    suggested_by: str = Field(foreign_key="user_account.id")
    suggested_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    decided_by: str | None = Field(default=None, foreign_key="user_account.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decision: str = ""  # why it was declined
