"""Datasets: uploaded tables in immutable versions; excluding a column or choosing the target is a new version."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class DatasetVersion(SQLModel, table=True):
    """A table (Parquet artefact), what is known of its columns, and what people decided about them."""

    __tablename__ = "dataset_version"
    __table_args__ = (UniqueConstraint("project_id", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    version: int
    parent_id: str | None = Field(default=None, foreign_key="dataset_version.id")
    file_name: str
    source_sha256: str  # the bytes as uploaded
    table_sha256: str  # the same rows as typed Parquet
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
