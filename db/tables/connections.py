"""Connections: how a project reaches a database it may only read."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, new_id, utc_now


class Connection(SQLModel, table=True):
    """A database server (`postgresql`), or a database file kept as an artefact (`sqlite`, `duckdb`)."""

    __tablename__ = "connection"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    name: str
    kind: str
    host: str | None = None
    port: int | None = None
    database: str | None = None
    user_name: str | None = None
    secret: str | None = None  # the password, encrypted with a key outside the database
    file_sha256: str | None = None
    file_name: str | None = None
    is_active: bool = True
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
