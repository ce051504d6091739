"""Make records of a portfolio without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.portfolio.records.views import Awaited, Column, InitiativeView, Reach, Record
from services.portfolio.standing import Phase
from services.portfolio.worth import Worth
from tests.makers_money import CALLS

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def make_record(name: str = "Fewer returns", **changes: Any) -> Record:
    """A project whose figures are known and whose data is awaited."""
    values: dict[str, Any] = {
        "project_id": name.casefold().replace(" ", "-"),
        "name": name,
        "owner_name": "Ana Costa",
        "risk_tier": "low",
        "started_at": NOW - timedelta(days=90),
        "phase": Phase.DATA,
        "column": Column.MAKING,
        "stage": "Data",
        "status": "Needs data",
        "color": "orange",
        "since": NOW - timedelta(days=40),
        "awaited": Awaited("a data scientist"),
        "reach": Reach(0.6, ("31 of 100 of the way is behind it",)),
        "worth": Worth(300_000.0, "EUR"),
        "assumptions": CALLS,
        "due_on": date(2027, 3, 31),
        "person_days": 20.0,
        "way": (
            (Column.IDEA, NOW - timedelta(days=90)),
            (Column.CASE, NOW - timedelta(days=60)),
            (Column.MAKING, NOW - timedelta(days=40)),
        ),
    }
    return Record(**values | changes)


def make_initiative(**changes: Any) -> InitiativeView:
    """An initiative of Ana's with a budget of 100,000 euros."""
    values: dict[str, Any] = {
        "id": "service",
        "name": "Better service",
        "owner_name": "Ana Costa",
        "owner_email": "ana@example.com",
        "currency": "EUR",
        "budget_amount": 100_000.0,
    }
    return InitiativeView(**values | changes)
