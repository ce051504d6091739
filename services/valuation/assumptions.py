"""What the business assumes before any model exists: amounts, volumes, rates, time."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from services.errors import InvalidInputError
from services.valuation.adoption import Adoption
from services.valuation.details import USUAL_QUALITY, Details
from services.valuation.limits import LARGEST_AMOUNT, LONGEST_HORIZON_MONTHS, SOURCES, currency_problems
from services.valuation.money_lines import line_problems, money_lines
from services.valuation.payoffs import PayoffMatrix
from services.valuation.plan import MOST_ITEMS, Item, Plan
from services.valuation.plan_document import plan_document, read_plan
from services.valuation.uncertainty.estimates import Estimate

_IN_PLAN = ("items", "adoption", "details")  # stored together, as one document
FIGURE_NAMES = {
    "caught_value_amount": "The value of a caught case",
    "success_rate": "The share of cases in which acting works",
    "false_alarm_amount": "The cost of a false alarm",
    "miss_amount": "The cost of a missed case",
    "action_amount": "The cost of acting once",
    "cases_per_month": "The number of cases a month",
    "base_rate": "The share of cases that matter",
    "capacity_per_month": "The capacity a month",
    "project_amount": "The cost of the project",
    "running_amount_per_month": "The running cost a month",
    "horizon_months": "The horizon",
    "yearly_discount_rate": "The discount rate",
}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """One consistent set of business figures; an invalid one cannot exist.

    Attributes
    ----------
    currency
        ISO 4217 code of every amount.
    caught_value_amount
        Benefit of a caught case in which acting worked, before the cost of acting.
    success_rate
        Share of caught cases in which acting works, 0 to 1.
    false_alarm_amount
        What a false alarm costs beside the cost of acting.
    miss_amount
        What a missed case costs, against a case in which nothing happens.
    action_amount
        Cost of acting once.
    cases_per_month
        Cases about which a decision is made.
    base_rate
        Share of the cases in which the outcome happens, between 0 and 1.
    capacity_per_month
        Largest number of cases that can be acted on; None where there is no limit.
    project_amount
        One-off cost, paid at the start.
    running_amount_per_month
        Cost of running and maintaining the solution.
    horizon_months
        How long the solution is expected to be of use.
    yearly_discount_rate
        Effective rate a year: 0.1 is 10%.
    source
        Where the figures come from: a key of `SOURCES`.
    items, adoption
        Costs and benefits item by item, and how the benefits arrive; none where nobody went into that detail.
    details
        What is said beyond that; None where nobody did.

    Raises
    ------
    InvalidInputError
        With one sentence for each figure that cannot be used.
    """

    currency: str
    caught_value_amount: float
    success_rate: float
    false_alarm_amount: float
    miss_amount: float
    action_amount: float
    cases_per_month: float
    base_rate: float
    capacity_per_month: float | None
    project_amount: float
    running_amount_per_month: float
    horizon_months: int
    yearly_discount_rate: float
    source: str
    items: tuple[Item, ...] = ()
    adoption: Adoption | None = None
    details: Details | None = None

    def __post_init__(self) -> None:
        problems = [*_unusable_numbers(self)] or [*_implausible_numbers(self), *line_problems(self)]
        if problems:
            raise InvalidInputError(*problems)
        _ = self.plan  # items that cannot be valued are refused in its words

    @property
    def plan(self) -> Plan:
        """What the calls bring and cost, and the items, over the horizon at the discount rate."""
        return Plan(
            items=(*money_lines(self), *self.items),
            horizon_months=int(self.horizon_months),
            yearly_discount_rate=self.yearly_discount_rate,
            currency=self.currency,
            adoption=self.adoption or Adoption(),
            stages=self.details.stages if self.details else (),
        )

    @property
    def quality(self) -> Estimate:
        """How many of 100 pairs a model may rank right, as a share; the usual guess where nobody said."""
        return self.details.quality if self.details else USUAL_QUALITY

    @property
    def payoffs(self) -> PayoffMatrix:
        """Money per case of each outcome, against a case in which nothing happens and nobody acts."""
        return PayoffMatrix(
            true_positive=self.success_rate * self.caught_value_amount - self.action_amount,
            false_positive=-self.action_amount - self.false_alarm_amount,
            false_negative=-self.miss_amount,
            true_negative=0.0,
        )

    @property
    def capacity_rate(self) -> float | None:
        """Largest share of the cases that can be acted on, at most 1; None where neither people nor money limit it."""
        limits = [] if self.capacity_per_month is None else [self.capacity_per_month]
        budget = self.details.action_budget_per_month if self.details else None
        if budget is not None and self.action_amount > 0:
            limits.append(budget / self.action_amount)
        return min(1.0, min(limits) / self.cases_per_month) if limits else None

    def document(self) -> dict[str, Any]:
        """The content as plain data: what is hashed. 480 and 480.0 are one amount and have one spelling."""
        figures = {
            name: value + 0.0 if name in FIGURE_NAMES and name != "horizon_months" and value is not None else value
            for name, value in asdict(self).items()
            if name not in _IN_PLAN
        }
        return figures | plan_document(self.items, self.adoption, self.details)


COLUMNS = (*(field.name for field in fields(Assumptions) if field.name not in _IN_PLAN), "plan")
"""The columns of a stored version that hold the figures."""


def assumptions_from(row: Mapping[str, Any]) -> Assumptions:
    """The figures of a stored version, from its `COLUMNS` by name."""
    return Assumptions(**{name: row[name] for name in COLUMNS if name != "plan"}, **read_plan(row["plan"]))


def _unusable_numbers(assumptions: Assumptions) -> Iterator[str]:
    """A blank, NaN or infinity anywhere makes every other check meaningless."""
    for field in fields(assumptions):
        value = getattr(assumptions, field.name)
        if field.name not in FIGURE_NAMES or (value is None and field.name == "capacity_per_month"):
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            yield f"{FIGURE_NAMES[field.name]} must be a number."


def _implausible_numbers(assumptions: Assumptions) -> Iterator[str]:
    yield from _amounts_out_of_range(assumptions)
    yield from _rates_out_of_range(assumptions)
    yield from _volumes_out_of_range(assumptions)
    if len(assumptions.items) > MOST_ITEMS:
        yield f"There are {len(assumptions.items)} items; {MOST_ITEMS} are the most. Join small ones."
    yield from currency_problems(assumptions.currency)
    if assumptions.source not in SOURCES:
        yield "Say where the figures come from: a guess, a report or finance."
    if assumptions.payoffs.gain <= 0:
        yield (
            "Acting costs at least as much as a caught case brings, so no model can help. "
            "Raise the value, the share in which acting works or the cost of a miss, or lower the cost of acting."
        )


def _amounts_out_of_range(assumptions: Assumptions) -> Iterator[str]:
    for name in (name for name in FIGURE_NAMES if "_amount" in name):
        amount = getattr(assumptions, name)
        if amount < 0:
            yield f"{FIGURE_NAMES[name]} cannot be negative; costs are entered without a minus."
        elif amount > LARGEST_AMOUNT:
            yield f"{FIGURE_NAMES[name]} is more than a million million; check the figure."


def _rates_out_of_range(assumptions: Assumptions) -> Iterator[str]:
    if not 0 <= assumptions.success_rate <= 1:
        yield f"{FIGURE_NAMES['success_rate']} must be between 0% and 100%."
    if not 0 < assumptions.base_rate < 1:
        yield f"{FIGURE_NAMES['base_rate']} must be more than 0% and less than 100%."
    if not 0 <= assumptions.yearly_discount_rate <= 1:
        yield f"{FIGURE_NAMES['yearly_discount_rate']} must be between 0% and 100% a year."


def _volumes_out_of_range(assumptions: Assumptions) -> Iterator[str]:
    if not 0 < assumptions.cases_per_month <= LARGEST_AMOUNT:
        yield f"{FIGURE_NAMES['cases_per_month']} must be more than 0."
    if assumptions.capacity_per_month is not None and assumptions.capacity_per_month <= 0:
        yield f"{FIGURE_NAMES['capacity_per_month']} must be more than 0; leave it empty where there is no limit."
    if assumptions.horizon_months != int(assumptions.horizon_months) or not (
        1 <= assumptions.horizon_months <= LONGEST_HORIZON_MONTHS
    ):
        yield f"{FIGURE_NAMES['horizon_months']} must be a whole number of months from 1 to {LONGEST_HORIZON_MONTHS}."
