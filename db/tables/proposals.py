"""Proposals: the objective in immutable versions, each with its levers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class ObjectiveVersion(SQLModel, table=True):
    """What should get better, by how much, and which decision it informs. Never updated: a change is a new version."""

    __tablename__ = "objective_version"
    __table_args__ = (UniqueConstraint("project_id", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    version: int
    sentence: str
    metric: str
    unit: str
    baseline: float
    target: float
    by_when: date | None = None
    how_measured: str = ""
    decision: str
    decided_by: str = ""
    outcome: str = ""  # what the model predicts
    data_needed: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonDocument)
    constraints: dict[str, Any] = Field(default_factory=dict, sa_type=JsonDocument)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JsonDocument)  # what older versions cannot say
    sha256: str
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class LeverRow(SQLModel, table=True):
    """One input the organisation controls, within its allowed range or choices."""

    __tablename__ = "lever"
    __table_args__ = (UniqueConstraint("objective_version_id", "position"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    objective_version_id: str = Field(foreign_key="objective_version.id", index=True)
    position: int
    name: str
    kind: str  # number | integer | choice | yes_no
    low: float | None = None
    high: float | None = None
    choices: list[str] = Field(default_factory=list, sa_type=JsonDocument)
    unit: str = ""
    unit_cost_amount: float = 0.0
    controlled_by: str = ""
    column: str | None = None
    direction: int | None = None  # 1 raises the outcome, -1 lowers it
    step: float | None = None
    scope: str = "per_row"  # per_row | segment | global
    cost_formula: str = ""
    status_quo: str = ""
    max_change: float | None = None
    is_max_change_share: bool = False
    assignment: str = "unknown"  # randomised | recorded | rule | judgement | unknown
    deciding_columns: list[str] = Field(default_factory=list, sa_type=JsonDocument)
    chance_column: str = ""


class ProposalDraft(SQLModel, table=True):
    """What one person has typed into a proposal and not saved yet; theirs alone, gone when it is saved."""

    __tablename__ = "proposal_draft"
    __table_args__ = (UniqueConstraint("project_id", "user_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    user_id: str = Field(foreign_key="user_account.id", index=True)
    based_on: int  # the version of the objective it was begun from, 0 where there was none
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JsonDocument)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
