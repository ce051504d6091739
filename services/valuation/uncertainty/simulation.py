"""What a plan is worth when none of its figures is certain: many draws, all with one seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.valuation.adoption import Stage
from services.valuation.plan import Plan
from services.valuation.staging import expected_stage_amount, roll_out_chance
from services.valuation.uncertainty.estimates import Floats

N_DRAWS = 10_000  # the share of draws above 0 is then off by half a percentage point at most (one standard error)
SEED = 20120328
INDEPENDENCE_WARNING = (
    "The figures are drawn as if none had to do with another. Where they rise and fall together, the true spread is "
    "wider than shown."
)
_TAIL = 0.1


@dataclass(frozen=True, eq=False, slots=True)
class Spread:
    """Draws of a net present value, shape (n,), and what they say."""

    values: Floats

    @property
    def mean(self) -> float:
        """The expected value."""
        return float(self.values.mean())

    @property
    def chance_of_gain(self) -> float:
        """Share of the draws above 0."""
        return float(np.mean(self.values > 0))

    @property
    def tail_mean(self) -> float:
        """Mean of the worst tenth of the draws (conditional value at risk, 10 %)."""
        worst = max(1, round(_TAIL * self.values.size))
        return float(np.partition(self.values, worst - 1)[:worst].mean())

    def percentile(self, percent: float) -> float:
        """The value below which so many percent of the draws lie: the 10th percentile is the low one."""
        return float(np.percentile(self.values, percent))

    def exceedance(self, n_points: int = 101) -> tuple[Floats, Floats]:
        """Values from lowest to highest, and the share of draws above each."""
        ordered = np.sort(self.values)
        places = np.linspace(0, ordered.size - 1, n_points).round().astype(int)
        points = ordered[places]
        return points, 1 - np.searchsorted(ordered, points, side="right") / ordered.size


@dataclass(frozen=True, eq=False, slots=True)
class Simulation:
    """A plan drawn many times.

    Attributes
    ----------
    amounts
        Amount of each item in each draw, 0 where it did not happen, shape (draws, items).
    worth
        Net present value in money of today: of the stages that were paid, and of the roll-out where all succeeded.
    chance_of_failure
        Share of the draws in which a stage fails; 0 where there are none.
    chance_of_payback
        Share of the draws in which the money is back within the horizon, not discounted.
    seed
        The same plan and seed give the same draws.
    """

    plan: Plan
    amounts: Floats
    worth: Spread
    chance_of_failure: float
    chance_of_payback: float
    seed: int
    is_independent: bool

    @property
    def worth_by_amounts(self) -> Floats:
        """Net present value by the amounts of each draw, with stages at their chances instead of their luck, (draws,).

        Stages have nothing to do with amounts, so this is the mean of `worth` for given amounts: what a single figure
        explains is found in it with less noise.
        """
        stages = self.plan.stages
        if not stages:
            return self.worth.values
        worth: Floats = self.amounts @ self.plan.weights
        return roll_out_chance(stages) * worth - expected_stage_amount(stages)


def simulate(
    plan: Plan,
    *,
    n_draws: int = N_DRAWS,
    seed: int = SEED,
    correlations: Mapping[tuple[str, str], float] | None = None,
) -> Simulation:
    """Draw every item's amount and add up.

    An item's draws depend on the seed and its place only, so that a change of one figure is not blurred by new luck.
    Stages have luck of their own: each is paid for only if all before it succeeded, the rest only if all did.

    Parameters
    ----------
    correlations
        Correlation (-1 to 1) of the normal scores of two items, by their names: a Gaussian copula. Independent if None.

    Raises
    ------
    InvalidInputError
        An item of `correlations` is not in the plan, or no figures could be so correlated at once.
    """
    scores, happens = _luck(seed, len(plan.items), n_draws)
    if correlations:
        scores = _root(plan, correlations) @ scores
    drawn = np.empty_like(scores)
    for place, item in enumerate(plan.items):
        drawn[place] = item.amount.at(scores[place])
        if item.chance < 1:
            drawn[place] *= happens[place] < item.chance
    schedules = plan.schedules
    worth, money = (schedules @ plan.factors) @ drawn, schedules.sum(axis=1) @ drawn
    failed = 0.0
    if plan.stages:
        spent, succeeds = _staged(plan.stages, seed, n_draws)
        worth, money = (np.where(succeeds, one, 0.0) - spent for one in (worth, money))
        failed = float(np.mean(~succeeds))
    return Simulation(
        plan=plan,
        amounts=drawn.T,
        worth=Spread(worth),
        chance_of_failure=failed,
        chance_of_payback=float(np.mean(money >= 0)),
        seed=seed,
        is_independent=not correlations,
    )


@lru_cache(maxsize=4)
def _luck(seed: int, n_items: int, n_draws: int) -> tuple[Floats, Floats]:
    """Normal scores and even numbers of 0 to 1, shape (items, draws): a slider that moves draws with the same luck."""
    rng = np.random.default_rng(seed)
    found = rng.standard_normal((n_items, n_draws)), rng.random((n_items, n_draws))
    for one in found:
        one.flags.writeable = False
    return found


def _staged(stages: Sequence[Stage], seed: int, n_draws: int) -> tuple[Floats, NDArray[np.bool_]]:
    """What stages cost in each draw, and whether all of them succeed, both (draws,)."""
    luck = _stage_luck(seed, len(stages), n_draws)
    spent, reached = np.zeros(n_draws), np.ones(n_draws, dtype=bool)
    for stage, drawn in zip(stages, luck, strict=True):
        spent += np.where(reached, stage.amount, 0.0)
        reached = reached & (drawn < stage.chance)
    return spent, reached


@lru_cache(maxsize=4)
def _stage_luck(seed: int, n_stages: int, n_draws: int) -> Floats:
    """Even numbers of 0 to 1, shape (stages, draws), from a stream beside that of the items."""
    found = np.random.default_rng([seed, 1]).random((n_stages, n_draws))
    found.flags.writeable = False
    return found


def _root(plan: Plan, correlations: Mapping[tuple[str, str], float]) -> Floats:
    places = {item.name: place for place, item in enumerate(plan.items)}
    matrix = np.eye(len(places))
    for pair, value in correlations.items():
        missing = [name for name in pair if name not in places]
        if missing:
            raise InvalidInputError(f"There is no item “{missing[0]}” that could rise and fall with another.")
        if pair[0] == pair[1] or not -1 < value < 1:
            raise InvalidInputError("A correlation joins two different items and lies between −1 and 1.")
        first, second = (places[name] for name in pair)
        matrix[first, second] = matrix[second, first] = value
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError as error:
        raise InvalidInputError(
            "These correlations contradict each other: no figures could move like that. Weaken or remove one."
        ) from error
