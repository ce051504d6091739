"""Projects: one idea and the people who work on it."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, new_id, utc_now


class Project(SQLModel, table=True):
    """One answer to "what should get better?"."""

    __tablename__ = "project"

    id: str = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    sentence: str
    risk_tier: str = "low"
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ProjectMember(SQLModel, table=True):
    """Who may see a project at all; what they may do in it follows from their role."""

    __tablename__ = "project_member"
    __table_args__ = (UniqueConstraint("project_id", "user_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    user_id: str = Field(foreign_key="user_account.id", index=True)
    added_by: str = Field(foreign_key="user_account.id")
    added_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
