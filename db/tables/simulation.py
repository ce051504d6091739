"""Scenarios: simulations that people gave a name, to compare them and to come back to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class Scenario(SQLModel, table=True):
    """A name for one finished simulation. Never updated: what was asked and what was found do not change either."""

    __tablename__ = "scenario"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    job_id: str = Field(foreign_key="job.id", unique=True)  # its simulation
    name: str
    parameters: dict[str, Any] = Field(sa_type=JsonDocument)  # what was asked
    report_sha256: str  # what was found (JSON artefact)
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
