"""A small team of models: chosen greedily out of fold, with weights.

References
----------
Caruana, Niculescu-Mizil, Crew & Ksikes (2004), Ensemble selection from libraries of models, ICML.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.metrics import Metric
from services.automl.scoring import score

MAX_ROUNDS = 20
MAX_CANDIDATES = 24
MAX_OF_FAMILY = 6  # many variants of one model say the same: they would leave no place for what errs elsewhere
MAX_ROWS = 20_000
N_BAGS, MAX_ROWS_OF_BAG = 10, 4_000
_ROUNDS_OF_BAG, _SHARE_OF_CANDIDATES, _MIN_SHARE = 8, 0.6, 0.03
_MIN_SHARE_OF_GAIN, _N_RESAMPLES = 0.9, 30
_MIN_GAIN = 1e-6  # relative: less is noise and makes the team larger for nothing
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cost:
    """What one member adds to the team: milliseconds a row, bytes, seconds of fitting it to all rows.

    Members of one view share its features: `view_ms` counts once.
    """

    row_ms: float = 0.0
    view: str = ""
    view_ms: float = 0.0
    size_bytes: float = 0.0
    fit_seconds: float = 0.0


@dataclass(frozen=True)
class Limits:
    """What the whole team may cost."""

    row_ms: float = float("inf")
    size_bytes: float = float("inf")
    fit_seconds: float = float("inf")

    def allow(self, costs: Iterable[Cost]) -> bool:
        """Whether members of these costs may be together."""
        costs = list(costs)
        views = {cost.view: cost.view_ms for cost in costs}
        return (
            sum(cost.row_ms for cost in costs) + sum(views.values()) <= self.row_ms
            and sum(cost.size_bytes for cost in costs) <= self.size_bytes
            and sum(cost.fit_seconds for cost in costs) <= self.fit_seconds
        )


def candidates_for_team(families: Sequence[str]) -> list[int]:
    """Who may become a member, by position, best first: the best few of each family.

    Parameters
    ----------
    families
        Of each candidate, the best candidate first.
    """
    seen: Counter[str] = Counter()
    chosen = []
    for position, family in enumerate(families):
        seen[family] += 1
        if seen[family] <= MAX_OF_FAMILY:
            chosen.append(position)
    return chosen[:MAX_CANDIDATES]


def choose_team(
    predictions: Sequence[Floats],
    y: NDArray[Any],
    metric: Metric,
    *,
    costs: Sequence[Cost] | None = None,
    limits: Limits | None = None,
    rows: NDArray[np.intp] | None = None,
    max_rounds: int = MAX_ROUNDS,
) -> dict[int, float]:
    """Weights of the members, by position: in each round the model that helps most gets one more vote.

    Parameters
    ----------
    predictions
        Out of fold, of each candidate: (n, k) or (n,), the best candidate first.
    rows
        Positions that may be looked at; all by default.

    Returns
    -------
    dict
        At least one member; weights sum to 1.
    """
    costs = costs or [Cost()] * len(predictions)
    limits = limits or Limits()
    looked_at = _looked_at(len(y), rows)
    parts = [found[looked_at] for found in predictions[:MAX_CANDIDATES]]
    truth = y[looked_at]
    votes = [_first_member(costs, limits)]
    total = parts[votes[0]].copy()
    best = _loss(metric, truth, total)
    best_votes = list(votes)
    for _ in range(max_rounds - 1):
        allowed = [i for i in range(len(parts)) if i in votes or limits.allow(costs[j] for j in {*votes, i})]
        losses = {i: _loss(metric, truth, (total + parts[i]) / (len(votes) + 1)) for i in allowed}
        chosen = min(losses, key=losses.__getitem__)
        votes.append(chosen)
        total += parts[chosen]
        if losses[chosen] < best - _MIN_GAIN * abs(best):
            best, best_votes = losses[chosen], list(votes)
        elif len(votes) > 2 * len(best_votes):
            break
    return {member: best_votes.count(member) / len(best_votes) for member in dict.fromkeys(best_votes)}


def choose_bagged_team(
    predictions: Sequence[Floats],
    y: NDArray[Any],
    metric: Metric,
    *,
    costs: Sequence[Cost],
    limits: Limits,
    rows: NDArray[np.intp],
    seed: int = 0,
) -> dict[int, float]:
    """Mean weights of teams that were chosen with other rows and other candidates each time.

    What a few rows or a lucky candidate would decide alone is outvoted: a choice on all rows flatters itself more.
    Members are taken by their mean weight while the limits allow; weights sum to 1.
    """
    random, n = np.random.default_rng(seed), min(len(predictions), MAX_CANDIDATES)
    totals = np.zeros(n)
    for _ in range(N_BAGS):
        drawn = rows[random.integers(0, len(rows), min(len(rows), MAX_ROWS_OF_BAG))]
        some = np.sort(random.permutation(n)[: max(2, round(_SHARE_OF_CANDIDATES * n))])
        parts = [predictions[i] for i in some]
        try:
            found = choose_team(parts, y, metric, rows=drawn, max_rounds=_ROUNDS_OF_BAG)
        except ValueError:  # a class is missing in this draw
            continue
        for member, weight in found.items():
            totals[some[member]] += weight
    if not totals.any():
        return choose_team(predictions, y, metric, costs=costs, limits=limits, rows=rows)
    return _within(limits, costs, totals / totals.sum())


def more_diverse_team(
    weights: dict[int, float],
    predictions: Sequence[Floats],
    families: Sequence[str],
    y: NDArray[Any],
    metric: Metric,
    *,
    guess: Floats,
    costs: Sequence[Cost],
    limits: Limits,
    rows: NDArray[np.intp],
    seed: int = 0,
) -> dict[int, float]:
    """A team of more kinds of model, where these rows cannot tell it from the chosen one.

    The best of each family share the votes equally, or half of the votes, if the team that comes of it is within one
    standard error (paired, over resamples of the rows) of the chosen one. What one kind of model gets wrong on rows
    unlike these, others may not.

    Parameters
    ----------
    guess
        What to say of all rows without looking at them: a family takes part if it gains over it most of what the best
        one gains.
    """
    random = np.random.default_rng(seed)
    looked_at = rows if len(rows) <= MAX_ROWS_OF_BAG else np.sort(random.choice(rows, MAX_ROWS_OF_BAG, replace=False))
    heads = _heads_of_families(predictions, families, y, metric, guess, looked_at)
    if len(heads) < 2:
        return weights
    equal = dict.fromkeys(heads, 1.0 / len(heads))
    chosen = blend(predictions, weights)
    for share in (1.0, 0.5):
        mixed = {i: share * equal.get(i, 0.0) + (1 - share) * weights.get(i, 0.0) for i in {*equal, *weights}}
        shares = np.zeros(len(predictions))
        shares[list(mixed)] = list(mixed.values())
        kept = _within(limits, costs, shares)
        if _is_as_good(blend(predictions, kept), chosen, y, metric, looked_at, random):
            return kept
    return weights


def _heads_of_families(
    predictions: Sequence[Floats],
    families: Sequence[str],
    y: NDArray[Any],
    metric: Metric,
    guess: Floats,
    rows: NDArray[np.intp],
) -> list[int]:
    """The best of each family that gains most of what the best of all gains; the first of a family is its best."""
    truth, guessed = y[rows], _loss(metric, y[rows], guess[rows])
    firsts = [families.index(name) for name in dict.fromkeys(families)]
    gains = {i: guessed - _loss(metric, truth, predictions[i][rows]) for i in firsts}
    best = max(gains.values())
    return [i for i, gain in gains.items() if gain >= _MIN_SHARE_OF_GAIN * best]


def _is_as_good(
    other: Floats, chosen: Floats, y: NDArray[Any], metric: Metric, rows: NDArray[np.intp], random: np.random.Generator
) -> bool:
    differences = []
    for _ in range(_N_RESAMPLES):
        drawn = rows[random.integers(0, len(rows), len(rows))]
        try:
            differences.append(_loss(metric, y[drawn], other[drawn]) - _loss(metric, y[drawn], chosen[drawn]))
        except ValueError:  # a class is missing in this resample
            continue
    worse = _loss(metric, y[rows], other[rows]) - _loss(metric, y[rows], chosen[rows])
    return bool(differences) and worse <= float(np.std(differences))


def _within(limits: Limits, costs: Sequence[Cost], shares: Floats) -> dict[int, float]:
    """The members with the largest shares that may be together."""
    chosen: list[int] = []
    for member in np.argsort(-shares, kind="stable"):
        if shares[member] >= _MIN_SHARE and limits.allow(costs[i] for i in [*chosen, int(member)]):
            chosen.append(int(member))
    if not chosen:
        return {_first_member(costs, limits): 1.0}
    total = float(shares[chosen].sum())
    return {member: float(shares[member]) / total for member in chosen}


def blend(predictions: Sequence[Floats], weights: dict[int, float]) -> Floats:
    """The weighted mean of the members' predictions."""
    total: Floats = np.sum([weight * predictions[member] for member, weight in weights.items()], axis=0)
    return total


def _first_member(costs: Sequence[Cost], limits: Limits) -> int:
    """The best candidate that keeps the limits by itself; where none does, the best."""
    return next((number for number, cost in enumerate(costs) if limits.allow([cost])), 0)


def _looked_at(n: int, rows: NDArray[np.intp] | None) -> NDArray[np.intp]:
    """At most 20,000 rows: more would not change the votes, and cost seconds."""
    positions = np.arange(n) if rows is None else rows
    if len(positions) <= MAX_ROWS:
        return positions
    return np.sort(np.random.default_rng(0).choice(positions, MAX_ROWS, replace=False))


def _loss(metric: Metric, y: NDArray[Any], predictions: Floats) -> float:
    value = score(metric.name, y, predictions)
    return -value if metric.greater_is_better else value
