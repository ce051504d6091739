"""Valuation: what right and wrong calls are worth, in immutable versions."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import JsonDocument, UtcDateTime, new_id, utc_now


class ValuationVersion(SQLModel, table=True):
    """The business assumptions of one moment; every amount is in `currency`. Never updated."""

    __tablename__ = "valuation_version"
    __table_args__ = (UniqueConstraint("project_id", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    project_id: str = Field(foreign_key="project.id", index=True)
    version: int
    currency: str = "EUR"
    caught_value_amount: float  # benefit of a caught case, before the cost of acting
    success_rate: float  # share of caught cases in which acting works
    false_alarm_amount: float  # extra cost of a false alarm, beside the cost of acting
    miss_amount: float  # loss per missed case
    action_amount: float  # cost of acting once
    cases_per_month: float
    base_rate: float
    capacity_per_month: float | None = None  # actions; None means no limit
    project_amount: float  # one-off
    running_amount_per_month: float
    horizon_months: int
    yearly_discount_rate: float
    source: str = "guess"  # guess | report | finance
    # items and adoption; none in figures without items
    plan: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument)
    sha256: str
    created_by: str = Field(foreign_key="user_account.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
