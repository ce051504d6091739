"""Labels: what people said about rows, one line for each rater and row."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class LabelTask(SQLModel, table=True):
    """Rows of one version of the data that people give a class to. `classes` in the order of their keys 1, 2, 3 ..."""

    __tablename__ = "label_task"

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    dataset_version_id: str = Field(foreign_key="dataset_version.id")
    column: str  # the column the labels fill
    classes: list[str] = Field(sa_type=JsonDocument)
    guideline: str
    positive_class: str | None = None  # of two classes, the one the business acts on
    second_rater_share: float = 0.2  # of the rows, shown to a second rater too
    queue: list[int] = Field(default_factory=list, sa_type=JsonDocument)  # rows of the base table, the next one first
    drawn: list[int] = Field(default_factory=list, sa_type=JsonDocument)  # rows that chance chose, in any round
    cards_sha256: str | None = None  # the cells of the rows in the queue, as Parquet
    queue_round: int = 0  # how often a quick model has ordered the queue
    model: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument)  # what the quick model scored
    state: str = "open"  # open, applied or closed
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Label(SQLModel, table=True):
    """What one rater said about one row; None means "cannot tell". Who changes their mind changes the row.

    A reviewer who settles a row writes a line of their own (source "review"), so that agreement stays what it was.
    """

    __tablename__ = "label"
    __table_args__ = (UniqueConstraint("task_id", "row", "rater_id", "source", name="uq_label_rater"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    task_id: str = Field(foreign_key="label_task.id", index=True)
    row: int  # of the base table, from 0
    value: str | None = None
    source: str = "keyboard"  # keyboard, thumb or review
    seconds: float | None = None  # how long the rater looked
    rater_id: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class RowVerdict(SQLModel, table=True):
    """What a person decided about a row that a job found suspicious: keep, exclude or relabel, with the reason."""

    __tablename__ = "row_verdict"
    __table_args__ = (UniqueConstraint("job_id", "row"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    job_id: str = Field(foreign_key="job.id", index=True)
    row: int  # of the base table, from 0
    verdict: str
    value: str | None = None  # the class it should have, where it is relabelled
    reason: str
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
