"""What a rule "act from this score on" is worth, on cases whose outcome is known.

Every value is money per case against acting on nobody, so that rules, thresholds and models can be compared.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.valuation.payoffs import PayoffMatrix

MONTHS = 12
_SAME_VALUE = 1e-9  # relative to the largest gain or loss of a case; below it, two sums differ by rounding only
_SAME_SHARE = 1e-12


@dataclass(frozen=True, eq=False, slots=True)
class ProfitCurve:
    """All rules "act where score >= threshold" that the scores can tell apart, from nobody to everyone.

    Arrays have shape (k,), k = 1 + number of distinct scores; entry 0 acts on nobody.

    Attributes
    ----------
    thresholds
        Strictly decreasing and finite; entry 0 is above 1 and above every score.
    share_acted
        Weighted share of cases acted on, from 0 to 1.
    value_per_case
        Money per case against acting on nobody; entry 0 is 0.
    recall
        Weighted share of the positives that is acted on; 0 where there are none.
    precision
        Weighted share of positives among those acted on; 1 by convention where nobody is.
    lowest
        A score at or below every other: below it no rule differs from acting on everyone.
    """

    thresholds: NDArray[np.float64]
    share_acted: NDArray[np.float64]
    value_per_case: NDArray[np.float64]
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
    lowest: float


def profit_curve(
    y: NDArray[np.bool_],
    scores: NDArray[np.float64],
    payoffs: PayoffMatrix,
    *,
    weights: NDArray[np.float64] | None = None,
    gains: NDArray[np.float64] | None = None,
) -> ProfitCurve:
    """The value of every rule that the scores allow; equal scores are never separated.

    Parameters
    ----------
    y
        Whether the outcome happened, shape (n,), n >= 1.
    scores
        Higher means more likely, shape (n,), finite.
    weights
        Positive weight of each case, shape (n,); equal where None.
    gains
        Money gained by acting on each case, shape (n,), where the outcome happens there; None: that of the payoffs.

    References
    ----------
    F. Provost and T. Fawcett, *Data Science for Business*, 2013, chapter 8.
    """
    y, scores, weights = _checked(y, scores, weights)
    order = np.argsort(-scores, kind="stable")
    ranked, positive, weight = scores[order], y[order], weights[order]
    last_of_tie = np.append(np.flatnonzero(np.diff(ranked)), ranked.size - 1)
    total = weight.sum()
    acted = np.cumsum(weight)[last_of_tie]
    found = np.cumsum(np.where(positive, weight, 0.0))[last_of_tie]
    if gains is None:
        gained = found * payoffs.gain
    else:
        gained = np.cumsum(np.where(positive, weight * gains[order], 0.0))[last_of_tie]
    value = gained - np.cumsum(np.where(positive, 0.0, weight))[last_of_tie] * payoffs.loss
    positives = found[-1]
    return ProfitCurve(
        thresholds=np.concatenate(([_above(ranked[0])], ranked[last_of_tie])),
        share_acted=np.concatenate(([0.0], acted / total)),
        value_per_case=np.concatenate(([0.0], value / total)),
        recall=np.concatenate(([0.0], found / positives if positives > 0 else np.zeros_like(found))),
        precision=np.concatenate(([1.0], found / acted)),
        lowest=float(min(0.0, ranked[-1])),
    )


def best_threshold(curve: ProfitCurve, *, capacity_rate: float | None = None) -> float:
    """The score from which acting pays best without exceeding capacity.

    Between two neighbouring scores every threshold is the same rule, and several rules may be worth the same. The
    first such plateau is taken and its middle is returned, which is the least sensitive to small shifts of new scores.

    Parameters
    ----------
    capacity_rate
        Largest share of the cases that may be acted on, 0 to 1; None where there is no limit.
    """
    limit = 1.0 if capacity_rate is None else capacity_rate
    n_allowed = int(np.count_nonzero(curve.share_acted <= limit + _SAME_SHARE))
    values = curve.value_per_case[:n_allowed]
    tolerance = _SAME_VALUE * max(1e-300, float(np.abs(np.diff(curve.value_per_case)).max(initial=0.0)))
    is_best = values >= values.max() - tolerance
    first = int(np.argmax(is_best))
    worse = np.flatnonzero(~is_best[first:])
    last = first + int(worse[0]) - 1 if worse.size else n_allowed - 1
    return _middle(curve, first, last)


def value_per_case(
    y: NDArray[np.bool_],
    scores: NDArray[np.float64],
    threshold: float,
    payoffs: PayoffMatrix,
    weights: NDArray[np.float64] | None = None,
    gains: NDArray[np.float64] | None = None,
) -> float:
    """Money per case of acting where score >= threshold, against acting on nobody; `gains` as in `profit_curve`."""
    y, scores, weights = _checked(y, scores, weights)
    acted = scores >= threshold
    worth = np.where(y, payoffs.gain if gains is None else gains, -payoffs.loss)
    return float(np.sum(weights * worth, where=acted) / weights.sum())


def prevalence_weights(y: NDArray[np.bool_], base_rate: float) -> NDArray[np.float64]:
    """Weights (n,), with mean 1, that give the positives the share `base_rate` (between 0 and 1).

    Raises
    ------
    ValueError
        All cases are of one kind, or the base rate is not between 0 and 1.
    """
    y = np.asarray(y, dtype=bool)
    observed = y.mean()
    if not 0 < base_rate < 1 or not 0 < observed < 1:
        raise ValueError("Both the base rate and the observed share of positives must be between 0 and 1.")
    weights: NDArray[np.float64] = np.where(y, base_rate / observed, (1 - base_rate) / (1 - observed))
    return weights


def treat_all_value(payoffs: PayoffMatrix, base_rate: float, *, capacity_rate: float | None = None) -> float:
    """Money per case of acting on everyone, or on as many as capacity allows, chosen at random."""
    share = 1.0 if capacity_rate is None else min(1.0, capacity_rate)
    return share * (base_rate * payoffs.gain - (1 - base_rate) * payoffs.loss)


def perfect_value(payoffs: PayoffMatrix, base_rate: float, *, capacity_rate: float | None = None) -> float:
    """Money per case of acting on exactly the positives, or on as many of them as capacity allows."""
    share = 1.0 if capacity_rate is None else min(1.0, capacity_rate)
    spare = max(0.0, share - base_rate) * max(0.0, -payoffs.loss)  # acting on a negative may gain as well
    return min(base_rate, share) * max(0.0, payoffs.gain) + spare


def treat_all_value_of_rows(
    worth: NDArray[np.float64], weights: NDArray[np.float64], *, capacity_rate: float | None = None
) -> float:
    """As `treat_all_value`, from what acting on each case is worth (n,) and its weight (n,)."""
    share = 1.0 if capacity_rate is None else min(1.0, capacity_rate)
    return share * float(np.average(worth, weights=weights))


def perfect_value_of_rows(
    worth: NDArray[np.float64], weights: NDArray[np.float64], *, capacity_rate: float | None = None
) -> float:
    """Money per case of acting on exactly the cases that are worth it, as far as `perfect_shares` allows."""
    shares = perfect_shares(worth, weights, capacity_rate=capacity_rate)
    return float(np.sum(weights * shares * worth) / weights.sum())


def perfect_shares(
    worth: NDArray[np.float64], weights: NDArray[np.float64], *, capacity_rate: float | None = None
) -> NDArray[np.float64]:
    """How much of each case (n,) is acted on where the outcome is known: the most valuable first, within capacity.

    The last cases within capacity count in part, as capacity is a share (the continuous knapsack, which greed solves:
    G. B. Dantzig, "Discrete-variable extremum problems", Operations Research 5, 1957); equal ones in equal parts.

    Parameters
    ----------
    worth
        What acting on each case is worth, shape (n,); negative where it is not worth it.
    weights
        Positive weight of each case, shape (n,).
    """
    costs, kind = np.unique(-worth, return_inverse=True)
    sizes = np.bincount(kind, weights) / weights.sum()
    room = (1.0 if capacity_rate is None else min(1.0, capacity_rate)) - (np.cumsum(sizes) - sizes)
    parts: NDArray[np.float64] = np.where(costs < 0, np.clip(room / sizes, 0.0, 1.0), 0.0)
    return parts[kind]


def yearly_value(value_per_case: float, cases_per_month: float) -> float:
    """Money a year, from money per case."""
    return value_per_case * cases_per_month * MONTHS


def _checked(
    y: NDArray[np.bool_], scores: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    y, scores = np.asarray(y, dtype=bool), np.asarray(scores, dtype=np.float64)
    weights = np.ones(scores.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if scores.ndim != 1 or scores.size == 0 or y.shape != scores.shape or weights.shape != scores.shape:
        raise ValueError("Outcomes, scores and weights must be of one length, at least 1.")
    if not np.isfinite(scores).all():
        raise ValueError("Every score must be a finite number.")
    return y, scores, weights


def _above(highest: float) -> float:
    """A threshold that no probability and none of the scores reaches; finite, so that it can be stored."""
    return math.nextafter(max(1.0, highest), math.inf)


def _middle(curve: ProfitCurve, first: int, last: int) -> float:
    top = float(curve.thresholds[first])
    if first == last == 0:
        return top
    following = float(curve.thresholds[last + 1]) if last + 1 < curve.thresholds.size else curve.lowest
    middle = following + (top - following) / 2
    return middle if middle > following else float(curve.thresholds[last])
