"""What a portfolio is told from: the newest of everything that its projects have, read in a few statements. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.models.report import MoneyReport
from services.reviews.manifest import bind
from services.reviews.rules import state_now
from services.reviews.stakes import Stakes
from services.valuation.assumptions import Assumptions

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a project."""

    user_id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The newest of everything one project has, each as columns by name; None where there is nothing yet."""

    project: Row
    members: tuple[Person, ...] = ()
    objective: Row | None = None
    valuation: Row | None = None
    assumptions: Assumptions | None = None
    dataset: Row | None = None
    run: Row | None = None
    model: Row | None = None
    threshold: Row | None = None
    tolerance: Row | None = None
    assessment: Row | None = None
    review: Row | None = None
    authors: frozenset[str] = frozenset()
    stakes: Stakes | None = None
    money: MoneyReport | None = None
    plan: Row | None = None
    benefits: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Rows by project, as the statements answered."""

    by_project: defaultdict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    def put(self, name: str, rows: list[Row]) -> None:
        """One row for each project."""
        for row in rows:
            self.by_project[row["project_id"]][name] = row

    def gather(self, name: str, rows: list[Row]) -> None:
        """Any number of rows for each project."""
        for row in rows:
            self.by_project[row["project_id"]].setdefault(name, []).append(row)


def review_state(parts: Parts) -> str | None:
    """The state of the newest sign-off of the newest model; `stale` where the evidence is no longer what was asked."""
    if parts.review is None or parts.model is None:
        return None
    versions = {
        "objective": parts.objective,
        "valuation": parts.valuation,
        "dataset": parts.dataset,
        "tolerance": parts.tolerance,
        "fairness": parts.assessment,
    }
    now = bind(parts.model, versions, parts.threshold).sha256
    return state_now(str(parts.review["state"]), is_changed=now != parts.review["manifest_sha256"])


def changed_at(parts: Parts) -> datetime:
    """When the evidence changed last."""
    project = (parts.objective, parts.valuation, parts.dataset, parts.tolerance)
    versions = (*project, parts.threshold, parts.assessment, parts.model)
    moments: list[datetime] = [row["created_at"] for row in versions if row]
    return max(moments, default=parts.project["created_at"])
