"""Which figure matters most: the swing of each, its rank correlation with the value, and where it breaks even."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.valuation.plan import Item
from services.valuation.staging import expected_stage_amount, roll_out_chance
from services.valuation.uncertainty.estimates import Floats
from services.valuation.uncertainty.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Swing:
    """The net present value with one item at its 10th and 90th percentile and all others at their median.

    Stages are at their chances: the median of something that fails or not would say nothing of it.

    Attributes
    ----------
    low, high
        The item's amount at the two percentiles.
    worth_at_low, worth_at_high
        Net present value there.
    rank_correlation
        Spearman's, of the item's draws with the value; 0 where the item does not vary.
    break_even
        The amount at which the value is 0 with all others at their median; None where never within its range.
    """

    name: str
    low: float
    high: float
    worth_at_low: float
    worth_at_high: float
    rank_correlation: float
    break_even: float | None

    @property
    def size(self) -> float:
        """How far apart the two values are."""
        return abs(self.worth_at_high - self.worth_at_low)


def swings(simulation: Simulation) -> tuple[Swing, ...]:
    """One for each item, the largest swing first."""
    plan, weights = simulation.plan, simulation.plan.weights
    medians = np.array([item.amount.percentile(50) * item.chance for item in plan.items])
    middle, ranks = float(weights @ medians), _ranks(simulation.worth.values)
    chance, spent = roll_out_chance(plan.stages), expected_stage_amount(plan.stages)
    found = [
        _swing(
            item,
            weight=chance * float(weights[place]) * item.chance,
            rest=chance * (middle - float(weights[place] * medians[place])) - spent,
            correlation=_correlation(_ranks(simulation.amounts[:, place]), ranks),
        )
        for place, item in enumerate(plan.items)
    ]
    return tuple(sorted(found, key=lambda swing: -swing.size))


def break_even(worth_of: Callable[[float], float], low: float, high: float) -> float | None:
    """Where `worth_of` is 0 between `low` and `high` (Brent's method); None where it never is."""
    at_low, at_high = worth_of(low), worth_of(high)
    if at_low == 0:
        return low
    if at_low * at_high > 0 or low == high:
        return None
    from scipy.optimize import brentq  # late: few pages need it

    return float(brentq(worth_of, low, high, xtol=1e-9 * max(1.0, abs(low), abs(high)), rtol=1e-12))


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation of two arrays (n,); 0 where one of them does not vary."""
    return _correlation(_ranks(first), _ranks(second))


def _swing(item: Item, *, weight: float, rest: float, correlation: float) -> Swing:
    """`weight`: present value of one more in the amount; `rest`: worth of all other items at their median."""
    amount = item.amount
    low, high = amount.percentile(10), amount.percentile(90)
    return Swing(
        name=item.name,
        low=low,
        high=high,
        worth_at_low=rest + weight * low,
        worth_at_high=rest + weight * high,
        rank_correlation=correlation,
        break_even=break_even(lambda value: rest + weight * value, amount.low, amount.high),
    )


def _correlation(one: Floats, other: Floats) -> float:
    spread = one.std() * other.std()
    return float(np.mean((one - one.mean()) * (other - other.mean())) / spread) if spread > 0 else 0.0


def _ranks(values: Floats) -> Floats:
    """Ranks from 0; equal values share the mean of theirs."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    means = last - (counts + 1) / 2
    return np.asarray(means[group], dtype=np.float64)
