"""Deployments: the ledger of which model was released when, under which approval."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, new_id, utc_now


class Deployment(SQLModel, table=True):
    """A model released by an approved review. Whether it may answer now is decided at each request."""

    __tablename__ = "deployment"

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    model_id: str = Field(foreign_key="model.id", index=True)
    review_id: str = Field(foreign_key="review.id", unique=True)
    released_by: str = Field(foreign_key="user_account.id")
    released_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
