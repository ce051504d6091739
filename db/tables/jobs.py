"""Jobs: work of seconds to minutes that a worker does while the person does something else."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class Job(SQLModel, table=True):
    """One piece of work: what is asked, how far it is, and what came of it.

    `state` is queued, running, done, failed or cancelled; `wish` is none or cancel.
    """

    __tablename__ = "job"

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str  # names the handler, e.g. dataset.read
    project_id: str = Field(foreign_key="project.id", index=True)
    subject_id: str | None = Field(default=None, index=True)  # what it works on, e.g. a version of the data
    state: str = Field(default="queued", index=True)
    wish: str = "none"
    request: dict[str, Any] = Field(sa_type=JsonDocument)
    result: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument)
    phase: str = "Waiting for a worker"
    progress: float | None = None  # 0 to 1; None while that cannot be said
    failure: str | None = None  # a sentence
    worker_id: str | None = None
    created_by: str = Field(foreign_key="user_account.id", index=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
