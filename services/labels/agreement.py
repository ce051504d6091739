"""How far people who label the same rows agree, beyond what chance would give.

References
----------
J. Cohen (1960), Educational and Psychological Measurement 20:37; its standard error: J. L. Fleiss, J. Cohen and
B. S. Everitt (1969), Psychological Bulletin 72:323. J. L. Fleiss (1971), Psychological Bulletin 76:378.
K. Krippendorff, "Computing Krippendorff's alpha-reliability", University of Pennsylvania, 2011.
PABAK: T. Byrt, J. Bishop and J. B. Carlin (1993), Journal of Clinical Epidemiology 46:423.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

GOOD, TENTATIVE = 0.80, 0.667  # Krippendorff's own guidance
LEVEL = 0.95
MIN_UNITS = 10  # rows rated twice, below which agreement is not reported
_PARADOX_GAP = 0.25  # between raw agreement and kappa, with one class in most of the answers
_PARADOX_SHARE = 0.85
Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of two raters, with its standard error, interval, and what stands beside it."""

    value: float
    standard_error: float
    low: float
    high: float
    raw_agreement: float
    pabak: float  # what kappa would be if both raters used all classes equally often
    has_paradox: bool  # the raters agree on most rows and kappa is low, because one class is rare


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's alpha; `low` and `high` are None where there are too few units to say."""

    value: float
    low: float | None
    high: float | None
    n_units: int


def cohen_kappa(table: Floats, *, level: float = LEVEL) -> Kappa:
    """Agreement of two raters from the counts (k, k) of what the first (row) and the second (column) said.

    Raises
    ------
    ValueError
        Nothing was rated, or both raters always gave the same single class.
    """
    n = float(table.sum())
    if not n:
        raise ValueError("Nothing was rated by both.")
    shares = table / n
    rows, columns, k = shares.sum(axis=1), shares.sum(axis=0), len(table)
    raw, chance = float(np.trace(shares)), float(rows @ columns)
    if chance >= 1.0:
        raise ValueError("Both raters gave one class only, so chance explains everything.")
    value = (raw - chance) / (1 - chance)
    error = _kappa_error(shares, rows, columns, value, n)
    reach = NormalDist().inv_cdf(0.5 + level / 2) * error
    pabak = (k * raw - 1) / (k - 1)
    crowded = float(((rows + columns) / 2).max()) >= _PARADOX_SHARE
    return Kappa(value, error, value - reach, value + reach, raw, pabak, crowded and raw - value > _PARADOX_GAP)


def _kappa_error(shares: Floats, rows: Floats, columns: Floats, kappa: float, n: float) -> float:
    chance = float(rows @ columns)
    both = rows[None, :] + columns[:, None]  # of cell (i, j): how often the first said j and the second said i
    diagonal = np.diag(shares) * (1 - np.diag(both) * (1 - kappa)) ** 2
    off = shares * both**2
    np.fill_diagonal(off, 0.0)
    spread = diagonal.sum() + (1 - kappa) ** 2 * off.sum() - (kappa - chance * (1 - kappa)) ** 2
    return math.sqrt(max(0.0, float(spread)) / n) / (1 - chance)


def fleiss_kappa(counts: Floats) -> float:
    """Agreement of m >= 2 raters from counts (n, k): how many of them put row i into class j; each row has m.

    Raises
    ------
    ValueError
        Rows have different numbers of raters, or every answer is the same class.
    """
    raters = counts.sum(axis=1)
    m = float(raters[0])
    if m < 2 or bool((raters != m).any()):
        raise ValueError("Every row must be rated by the same number of people, at least two.")
    classes = counts.sum(axis=0) / counts.sum()
    chance = float((classes**2).sum())
    if chance >= 1.0:
        raise ValueError("Every answer is the same class, so chance explains everything.")
    observed = float((((counts**2).sum(axis=1) - m) / (m * (m - 1))).mean())
    return (observed - chance) / (1 - chance)


def krippendorff_alpha(ratings: Floats, *, scale: str = "nominal") -> float:
    """Agreement of any number of raters, with gaps: ratings (raters, units), NaN where a rater said nothing.

    Parameters
    ----------
    scale
        "nominal", "ordinal", "interval" or "ratio" (the last for numbers that are not negative).

    Raises
    ------
    ValueError
        No unit was rated twice, or all ratings of units that were are equal.
    """
    values, counts = _units(ratings)
    return _alpha(counts, _distance(values, counts, scale))


def alpha_with_interval(
    ratings: Floats, *, scale: str = "nominal", seed: int = 0, n_resamples: int = 1_000, level: float = LEVEL
) -> Alpha:
    """Alpha with its percentile interval over resamples of the units that were rated twice."""
    values, counts = _units(ratings)
    distance = _distance(values, counts, scale)
    point, random = _alpha(counts, distance), np.random.default_rng(seed)
    found = []
    for _ in range(n_resamples):
        try:
            found.append(_alpha(counts[random.integers(0, len(counts), len(counts))], distance))
        except ValueError:  # all ratings of this resample are equal
            continue
    if len(counts) < MIN_UNITS or len(found) < n_resamples // 2:
        return Alpha(point, None, None, len(counts))
    low, high = np.quantile(found, [0.5 - level / 2, 0.5 + level / 2])
    return Alpha(point, float(low), float(high), len(counts))


def _units(ratings: Floats) -> tuple[Floats, Floats]:
    """The different values (v,), and how often each was given to each unit that was rated twice (units, v)."""
    values = np.unique(ratings[~np.isnan(ratings)])
    counts = (ratings.T[:, :, None] == values[None, None, :]).sum(axis=1).astype(np.float64)
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        raise ValueError("No row was rated by two people.")
    return values, counts


def _alpha(counts: Floats, distance: Floats) -> float:
    raters = counts.sum(axis=1)
    pairs = (counts / (raters - 1)[:, None]).T @ counts - np.diag((counts / (raters - 1)[:, None]).sum(axis=0))
    totals = pairs.sum(axis=1)
    expected = float(totals @ distance @ totals) / (totals.sum() - 1)
    if expected <= 0:
        raise ValueError("Every answer is the same, so there is nothing to agree on.")
    return float(1.0 - (pairs * distance).sum() / expected)


def _distance(values: Floats, counts: Floats, scale: str) -> Floats:
    """Squared differences (v, v) on the scale."""
    a, b = values[:, None], values[None, :]
    if scale == "nominal":
        return np.asarray(a != b, dtype=np.float64)
    if scale == "interval":
        return np.asarray((a - b) ** 2, dtype=np.float64)
    if scale == "ratio":
        total = a + b
        return np.asarray(np.divide(a - b, total, out=np.zeros_like(total), where=total != 0) ** 2, dtype=np.float64)
    if scale == "ordinal":
        totals = counts.sum(axis=0)
        ranks = np.cumsum(totals) - totals / 2  # ratings below a value, and half of those at it
        return np.asarray((ranks[:, None] - ranks[None, :]) ** 2, dtype=np.float64)
    raise ValueError(f"There is no scale {scale!r}.")


def confusion(first: Sequence[int], second: Sequence[int], n_classes: int) -> Floats:
    """How often the first rater said i where the second said j (k, k)."""
    table = np.zeros((n_classes, n_classes))
    np.add.at(table, (np.asarray(first, dtype=np.intp), np.asarray(second, dtype=np.intp)), 1)
    return table


def describe_agreement(alpha: float) -> str:
    """What to do about it, in one sentence."""
    if alpha >= GOOD:
        return "People agree well: the labels can be relied on."
    if alpha >= TENTATIVE:
        return "People agree fairly: draw tentative conclusions only, and look at the rows they see differently."
    return "People disagree too often: make the guideline clearer before anybody labels more."
