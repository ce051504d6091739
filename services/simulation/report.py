"""What a simulation found, as plain data that is stored and shown. Loads no machine learning."""

from dataclasses import dataclass, field

from services.models.documents import LATER
from services.models.report import Document
from services.proposals.causal import Grade
from services.simulation.allocation_finding import AllocationFound
from services.simulation.lever_finding import LeverFinding


@dataclass(frozen=True)
class Doing(Document):
    """One setting and how many cases get it; `what` in words."""

    what: str
    n_cases: int
    share: float


@dataclass(frozen=True)
class GainFound(Document):
    """What the policy brings a year more than another way, in money, with a 95% interval over cases and models."""

    over: str
    amount: float
    low: float
    high: float


@dataclass(frozen=True)
class BudgetPoint(Document):
    """What the policy would bring a year over today's way within another limit, and what it then does.

    Attributes
    ----------
    acts
        Cases a year in which something is done.
    spent
        Money a year that doing it costs.
    is_chosen
        Whether it is the limit that was asked for.
    """

    acts: float
    spent: float
    amount: float
    low: float
    high: float
    is_chosen: bool = False


@dataclass(frozen=True)
class Money(Document):
    """What the policy is worth a year; of grade B the lower end alone, which then stands in every place of an amount.

    Attributes
    ----------
    claim
        Gain over today's way that the models which chose would claim: too high.
    value, status_quo
        Worth of all cases of a year under the policy and as they are, cross-fitted.
    gains
        Over today's way, over the best single setting for all, over chance.
    budget_price, capacity_price
        What one more unit of money, and one more case, would bring; 0 where it is not scarce, None where not limited.
    """

    claim: float
    value: float
    status_quo: float
    gains: tuple[GainFound, ...]
    curve: tuple[BudgetPoint, ...]
    budget_price: float | None
    capacity_price: float | None


@dataclass(frozen=True)
class LeverPoint(Document):
    """What one value of the only lever brings a year more than today's way, in money with a 95% interval.

    `is_believed`: the guard believes it in most cases of the segment.
    """

    value: float
    is_believed: bool
    amount: float
    low: float
    high: float
    is_chosen: bool = False


@dataclass(frozen=True)
class SegmentFound(Document):
    """A group of cases alike, or all of them, and the setting they all get.

    Attributes
    ----------
    n_cases
        Looked at.
    is_small
        Whether it has too few cases for a setting of its own, and is left as it is.
    today, then
        Values of the levers in words, in their order: today's on average or most frequent.
    believed
        Share of its cases in which the guard believes the setting; in the others nothing is counted.
    gain
        Over today's way, of its cases of a year; None where no benefit may be forecast.
    spent
        Money a year.
    on_edge
        Whether the setting is as far as the guard lets it, though the lever could go farther.
    curve
        Money over the lever where a number is the only one, and a benefit may be forecast.
    """

    name: str
    n_cases: int
    is_small: bool
    today: tuple[str, ...]
    then: tuple[str, ...]
    believed: float
    gain: GainFound | None
    spent: float
    on_edge: bool
    curve: tuple[LeverPoint, ...]


@dataclass(frozen=True)
class OffPolicyFound(Document):
    """What the cases say themselves, where chance set the levers: the gain a year over today's way.

    Attributes
    ----------
    estimates
        By IPS, SNIPS and DR, in money a year; empty where nothing may be claimed.
    sentence
        What may be said of them, or why nothing may.
    """

    estimates: tuple[GainFound, ...]
    effective_n: float
    n: int
    n_clipped: int
    sentence: str


@dataclass(frozen=True)
class PilotFound(Document):
    """The experiment that would earn a lever grade A: cases in each of two arms, and how long that takes."""

    n_per_arm: int
    difference: float
    pays: bool
    is_share: bool
    months: float


@dataclass(frozen=True)
class ListedCase(Document):
    """One case of the action list.

    Attributes
    ----------
    row
        Of the version of the data, counted from 1.
    names
        What identifies it, in the order of `SimulationReport.name_columns`.
    today, then
        Values of the levers, in their order.
    chance_today, chance_then, gain, cost
        None where no benefit may be forecast (gain of a case and cost in money).
    """

    row: int
    names: tuple[str, ...]
    today: tuple[str, ...]
    then: tuple[str, ...]
    chance_today: float | None
    chance_then: float | None
    gain: float | None
    cost: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Excluded(Document):
    """The share of pairs of case and action that the guard does not believe for this reason."""

    reason: str
    share: float


@dataclass(frozen=True)
class SimulationReport(Document):
    """What a simulation found.

    Attributes
    ----------
    task
        "binary" or "regression": whether the model gives a chance or a number.
    grade
        The poorest of the levers'; where it is C, `money` is None and nothing in the report forecasts a benefit.
    n_cases, n_known
        Cases that were decided about, and cases of the data they were drawn from, none of them sealed.
    yearly_cases
        Cases a year in use.
    share_with_choice
        Of the cases, that have a supported action beside being left as they are.
    share_on_edge
        Of the cases in which something is done, that are set as far as the guard lets them.
    has_wide_edge
        Whether that is so many that the best setting may lie outside what was ever tried.
    moves_nothing
        Whether the model says the same of every case whatever the levers are set to.
    n_without_value
        Cases for which nothing could be computed, left as they are or out; `notes` say why.
    first
        The first cases of the action list.
    learned_at
        Share of positive cases the model learned at; None for a number.
    segments
        Where levers are set for many cases alike: one for each group, or one for all; else empty.
    segment_column
        The column whose values are the groups; empty where there are none.
    constraints
        What had to hold, in words.
    off_policy
        The gain as the cases show it without a model; None where not all levers were set at random.
    allocation
        How near the chosen actions are to the best within the limits; None where no limit stands in their way, and
        where levers are set for many cases alike.
    """

    task: str
    currency: str
    grade: Grade
    n_cases: int
    n_known: int
    yearly_cases: float
    worth: str
    levers: tuple[LeverFinding, ...]
    is_guarded: bool
    excluded: tuple[Excluded, ...]
    share_with_choice: float
    share_on_edge: float
    has_wide_edge: bool
    moves_nothing: bool
    share_changed: float
    doings: tuple[Doing, ...]
    acts: float
    spent: float
    money: Money | None
    pilot: PilotFound | None
    n_without_value: int
    notes: tuple[str, ...]
    name_columns: tuple[str, ...]
    first: tuple[ListedCase, ...]
    learned_at: float | None
    seed: int
    seconds: float
    segments: tuple[SegmentFound, ...] = field(default=(), metadata=LATER)
    segment_column: str = field(default="", metadata=LATER)
    constraints: tuple[str, ...] = field(default=(), metadata=LATER)
    off_policy: OffPolicyFound | None = field(default=None, metadata=LATER)
    allocation: AllocationFound | None = field(default=None, metadata=LATER)

    @property
    def is_common(self) -> bool:
        """Whether levers are set for many cases alike, not for each."""
        return bool(self.segments)
