"""The costs and benefits of a project, item by item, each with its range, its time, its source and its owner."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.proposals.texts import Text, text_problems
from services.valuation.adoption import Adoption, Stage
from services.valuation.limits import LONGEST_HORIZON_MONTHS, SOURCES
from services.valuation.staging import roll_out_chance, stage_worths, staged_flows
from services.valuation.uncertainty.estimates import Estimate

Floats = NDArray[np.float64]

RHYTHMS = {"once": "Once", "monthly": "Every month", "yearly": "Every year"}
LONGEST_NAME = 120
MOST_ITEMS = 60
_MOST_LINES = MOST_ITEMS + 3  # beside the items a plan has a line for what the calls bring, the project and its running
_MONTHS = 12
ONE_OFF = (
    "Data science and engineering days",
    "Business stakeholder days",
    "Data acquisition and cleaning",
    "Labelling",
    "Infrastructure set-up",
    "Integration, API and screens",
    "Security, privacy and legal review",
    "Model validation and sign-off",
    "Training and change management",
    "Experiment: profit lost to randomising",
)
RECURRING = (
    "Compute and hosting",
    "Storage",
    "Monitoring",
    "Maintenance and retraining runs",
    "Labelling for monitoring",
    "Support",
    "Licences",
    "Human review",
    "Wrong decisions",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One cost or benefit: so many units, each at an uncertain amount.

    Attributes
    ----------
    amount
        Money per unit, in the currency of the plan; a cost is written without a minus.
    quantity, unit
        Units each time ("labels", "days"): more than 0.
    rhythm
        A key of `RHYTHMS`; what is yearly is spread evenly over the months.
    start_month, end_month
        First and last month; a single one for what comes once. No end means the horizon.
    chance
        Chance that it happens at all, 0 to 1.
    source, owner
        Where the figure comes from (a key of `SOURCES`), and who stands for it.
    """

    name: str
    is_benefit: bool
    amount: Estimate
    quantity: float = 1.0
    unit: str = "in all"
    rhythm: str = "monthly"
    start_month: int = 0
    end_month: int | None = None
    chance: float = 1.0
    source: str = "guess"
    owner: str = ""
    currency: str = "EUR"

    def __post_init__(self) -> None:
        problems = [*_item_problems(self)]
        if problems:
            raise InvalidInputError(*problems)

    @property
    def sign(self) -> int:
        """1 for a benefit, -1 for a cost."""
        return 1 if self.is_benefit else -1

    def schedule(self, horizon_months: int, adoption: Adoption) -> Floats:
        """Signed units in month 0 to the horizon, shape (horizon + 1,); a benefit grows with its adoption."""
        months = np.arange(horizon_months + 1)
        if self.rhythm == "once":
            units = np.where(months == self.start_month, self.quantity, 0.0)
            return self.sign * units
        last = horizon_months if self.end_month is None else self.end_month
        each = self.quantity / (_MONTHS if self.rhythm == "yearly" else 1)
        running = (months >= max(1, self.start_month)) & (months <= last)  # what runs is due at the end of each month
        units = np.where(running, each, 0.0)
        return self.sign * (units * adoption.shares(horizon_months) if self.is_benefit else units)


@dataclass(frozen=True, slots=True)
class Plan:
    """A project's items over one horizon at one discount rate; one that cannot be valued cannot exist.

    Attributes
    ----------
    yearly_discount_rate
        Effective rate a year: 0.1 is 10 %.
    stages
        Stages before the roll-out that may fail; empty where the whole is paid for in any case.
    """

    items: tuple[Item, ...]
    horizon_months: int = 36
    yearly_discount_rate: float = 0.1
    currency: str = "EUR"
    adoption: Adoption = field(default_factory=Adoption)
    stages: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        problems = [*_plan_problems(self)]
        if problems:
            raise InvalidInputError(*problems)

    @property
    def schedules(self) -> Floats:
        """Signed units by item and month, shape (items, horizon + 1)."""
        return np.array([item.schedule(self.horizon_months, self.adoption) for item in self.items])

    @property
    def factors(self) -> Floats:
        """Money of today for one unit of money in month 0 to the horizon, shape (horizon + 1,)."""
        monthly = (1 + self.yearly_discount_rate) ** (1 / _MONTHS)
        return np.asarray(monthly ** -np.arange(self.horizon_months + 1), dtype=np.float64)

    @property
    def weights(self) -> Floats:
        """What one unit of money more in each item's amount adds to the net present value, shape (items,)."""
        return np.asarray(self.schedules @ self.factors, dtype=np.float64)

    @property
    def expected_amounts(self) -> Floats:
        """The mean of each item's amount, times the chance that it happens."""
        return np.array([item.amount.mean * item.chance for item in self.items])

    @property
    def expected_parts(self) -> tuple[float, ...]:
        """What each item adds to or takes from the expected net present value of the roll-out."""
        return tuple(float(part) for part in self.weights * self.expected_amounts)

    @property
    def staged_parts(self) -> tuple[tuple[str, float], ...]:
        """By name, what each item and stage adds to or takes from the expected worth, as often as it comes to it."""
        chance = roll_out_chance(self.stages)
        items = ((item.name, chance * part) for item, part in zip(self.items, self.expected_parts, strict=True))
        stages = zip((stage.name for stage in self.stages), stage_worths(self.stages), strict=True)
        return (*items, *stages)

    @property
    def expected_flows(self) -> tuple[float, ...]:
        """Expected cash of the roll-out in month 0 to the horizon."""
        return tuple(float(flow) for flow in self.expected_amounts @ self.schedules)

    @property
    def staged_flows(self) -> tuple[float, ...]:
        """Expected cash in month 0 to the horizon: the stages first, the roll-out as often as all of them succeed."""
        return staged_flows(self.stages, self.expected_flows)


def _item_problems(item: Item) -> Iterator[str]:
    name = item.name.strip()
    if not name:
        yield "Give each item a name."
        return
    if len(name) > LONGEST_NAME:
        yield f"The name “{name[:30]}…” has {len(name)} characters; {LONGEST_NAME} are the most."
        return
    yield from text_problems(
        {"The name of an item": Text(name, LONGEST_NAME), f"The owner of “{name}”": Text(item.owner, LONGEST_NAME)}
    )
    if not 0 < item.quantity <= 1e12:
        yield f"The number of units of “{name}” must be more than 0."
    if item.amount.low < 0 and item.amount.shape != "normal":
        yield f"The amount of “{name}” cannot be negative; costs are entered without a minus."
    if item.rhythm not in RHYTHMS:
        yield f"“{name}” must come once, every month or every year."
    if item.start_month < 0 or (item.end_month is not None and item.end_month < item.start_month):
        yield f"“{name}” ends before it starts, or starts before month 0."
    if not 0 <= item.chance <= 1:
        yield f"The chance of “{name}” must be between 0% and 100%."
    if item.source not in SOURCES:
        yield f"Say where the figure of “{name}” comes from: a guess, a report or finance."


def _plan_problems(plan: Plan) -> Iterator[str]:
    if not 1 <= plan.horizon_months <= LONGEST_HORIZON_MONTHS or not 0 <= plan.yearly_discount_rate <= 1:
        yield f"The horizon must be 1 to {LONGEST_HORIZON_MONTHS} months, and the discount rate 0% to 100% a year."
        return
    if len(plan.items) > _MOST_LINES:
        yield f"There are {len(plan.items)} items; {MOST_ITEMS} are the most. Join small ones."
    names = [item.name.strip().casefold() for item in plan.items]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"“{name}” is there twice. Join the two, or name them apart, so that no money counts twice."
    foreign = sorted({item.currency for item in plan.items} - {plan.currency})
    if foreign:
        yield f"Amounts are in {plan.currency} and in {', '.join(foreign)}. Convert them all to {plan.currency}."
    benefits = [item for item in plan.items if item.is_benefit]
    if not benefits:
        yield "There is no benefit yet, so every amount is a loss. Add what the project brings."
    elif not any(item.schedule(plan.horizon_months, plan.adoption).any() for item in benefits):
        yield (
            f"Every benefit comes after the horizon of {plan.horizon_months} months. "
            "Lengthen the horizon, or let a benefit start earlier."
        )
