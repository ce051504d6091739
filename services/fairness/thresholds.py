"""Thresholds that treat groups alike, chosen on some rows to be judged on others.

For each group a threshold, so that the same share of each is acted on, found or alarmed; of all such sets the one that
pays best within capacity. Nothing is drawn by chance at a threshold: two rows with the same score are treated alike.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.automl.priced_rows import PricedRows
from services.fairness.measures import LEAST_OF_KIND, LEAST_ROWS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]
Equal = Literal["acted", "found", "alarms"]
N_LEVELS = 60
_NEVER = np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Rows to choose on.

    Attributes
    ----------
    scores, y
        Predicted probability, and whether the outcome happened (n,).
    codes
        The group of each row (n,).
    priced
        The same rows with what acting on them brings; None without payoffs.
    right_if, right_if_not
        Of several classes, whether the class is right that is given where it is acted, and where not (n,).
    """

    scores: Floats
    y: Flags
    codes: Codes
    n_groups: int
    priced: PricedRows | None
    right_if: Flags | None = None
    right_if_not: Flags | None = None

    def take(self, rows: NDArray[np.intp]) -> "Scored":
        """Some of the rows."""
        priced = None if self.priced is None else self.priced.take(rows)
        right, other = (None if one is None else one[rows] for one in (self.right_if, self.right_if_not))
        return Scored(self.scores[rows], self.y[rows], self.codes[rows], self.n_groups, priced, right, other)


def one_threshold(rows: Scored, as_it_is: float) -> Floats:
    """The same threshold for all groups (k,): the one that pays best on these rows, or without payoffs the present."""
    chosen = as_it_is if rows.priced is None else rows.priced.threshold(rows.scores)
    return np.full(rows.n_groups, chosen)


def equal_thresholds(rows: Scored, equal: Equal, as_it_is: float) -> Floats:
    """A threshold for each group (k,) that makes a share equal; groups too small for their own take that of all.

    Parameters
    ----------
    equal
        The share of each group that is acted on, of its rows where the outcome happens, or of the others.
    as_it_is
        The present threshold: without payoffs the share it gives all rows together is kept.
    """
    levels = np.linspace(0.0, 1.0, N_LEVELS + 1)
    counted = _counted(rows.y, equal)
    if rows.priced is None:
        present = float((rows.scores[counted] >= as_it_is).mean()) if counted.any() else 0.0
        levels = np.array([present])
    sets = [_at_level(rows, counted, level) for level in levels]
    if rows.priced is None:
        return sets[0]
    money = [_money(rows, rows.priced, thresholds) for thresholds in sets]
    return sets[int(np.argmax(money))]


def acts_on(scores: Floats, codes: Codes, thresholds: Floats) -> Flags:
    """Which rows (n,) are acted on."""
    return np.asarray(scores >= thresholds[codes])


def _counted(y: Flags, equal: Equal) -> Flags:
    if equal == "acted":
        return np.ones(len(y), dtype=bool)
    return y if equal == "found" else ~y


def _at_level(rows: Scored, counted: Flags, level: float) -> Floats:
    """The threshold of each group from which on about `level` of its counted rows are acted on."""
    pooled = _threshold(rows.scores[counted], level)
    found = np.full(rows.n_groups, pooled)
    for group in range(rows.n_groups):
        own = rows.codes == group
        if own.sum() >= LEAST_ROWS and (own & counted).sum() >= LEAST_OF_KIND:
            found[group] = _threshold(rows.scores[own & counted], level)
    return found


def _threshold(scores: Floats, level: float) -> float:
    """The score from which on the share of scores (n,) is as near to `level` as ties allow."""
    if not len(scores):
        return _NEVER
    candidates, counts = np.unique(scores, return_counts=True)
    shares = np.append(
        np.cumsum(counts[::-1])[::-1] / len(scores), 0.0
    )  # of acting from each candidate on; then nobody
    return float(np.append(candidates, _NEVER)[int(np.argmin(np.abs(shares - level)))])


def _money(rows: Scored, priced: PricedRows, thresholds: Floats) -> float:
    """Of a case on average; minus infinity beyond capacity."""
    acted, weights = acts_on(rows.scores, rows.codes, thresholds), priced.weights
    capacity = priced.goal.capacity_rate
    if capacity is not None and float(weights[acted].sum() / weights.sum()) > capacity + 1e-9:
        return -np.inf
    return float((priced.worth * weights)[acted].sum() / weights.sum())
