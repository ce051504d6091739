"""The portfolio: projects grouped into initiatives, the work they take, and what they brought once they were live."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, exists

from db.types import UtcDateTime, new_id, utc_now


class Initiative(SQLModel, table=True):
    """A named group of projects with an owner and a budget."""

    __tablename__ = "initiative"

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    owner_id: str = Field(foreign_key="user_account.id", index=True)
    currency: str = "EUR"
    budget_amount: float
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class ProjectPlan(SQLModel, table=True):
    """Where a project stands among others: its initiative, and the work that is left until it is live."""

    __tablename__ = "project_plan"

    project_id: str = Field(foreign_key="project.id", primary_key=True)
    initiative_id: str | None = Field(default=None, foreign_key="initiative.id", index=True)
    person_days: float | None = None
    changed_by: str = Field(foreign_key="user_account.id")
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class Benefit(SQLModel, table=True):
    """What a live project brought in a period, and how that was measured. Never updated, only corrected by another.

    `corrects_id` is the figure for the same days that this one takes the place of.
    """

    __tablename__ = "benefit"
    __table_args__ = (CheckConstraint("method IN ('hold_out', 'differences', 'before_after')", name="method"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    starts_on: date
    ends_on: date
    currency: str
    amount: float  # against acting on nobody; negative where the project lost money
    method: str
    note: str = ""
    corrects_id: str | None = Field(default=None, foreign_key="benefit.id", unique=True)
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)

    @staticmethod
    def is_in_force() -> ColumnElement[bool]:
        """That no later figure corrects it, for a statement on this table."""
        later = aliased(Benefit)
        return ~exists().where(col(later.corrects_id) == Benefit.id)
