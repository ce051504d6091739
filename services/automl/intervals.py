"""How far a score on a limited number of rows can be from the true one.

References
----------
DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837; Sun & Xu (2014), IEEE Signal Processing Letters 21:1389.
Wilson (1927), JASA 22:209; Newcombe (1998), Statistics in Medicine 17:857.
Efron & Tibshirani (1993), An Introduction to the Bootstrap.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.scoring import average_ranks, score

LEVEL = 0.95
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """`low` and `high` are None where there is too little data to say."""

    low: float | None
    high: float | None
    method: str


def score_interval(
    metric: str, y: NDArray[Any], predictions: Floats, *, seed: int = 0, n_resamples: int = 1_000
) -> Interval:
    """The 95% interval of a score: DeLong for the AUC of two classes, Wilson for accuracy, else a bootstrap."""
    if metric == "roc_auc" and predictions.shape[1] == 2:
        _area, low, high = delong(y == 1, predictions[:, 1])
        return Interval(low, high, "DeLong")
    if metric == "accuracy":
        low, high = wilson(int((predictions.argmax(axis=1) == y).sum()), len(y))
        return Interval(low, high, "Wilson")
    return bootstrap(lambda rows: score(metric, y[rows], predictions[rows]), len(y), seed=seed, n_resamples=n_resamples)


def delong(y: NDArray[np.bool_], scores: Floats, *, level: float = LEVEL) -> tuple[float, float, float]:
    """Area under the ROC curve with its DeLong interval, clipped to [0, 1].

    Parameters
    ----------
    y, scores
        What happened and what was predicted (n,).

    Raises
    ------
    ValueError
        A class has fewer than two rows.
    """
    area, by_positive, by_negative = placements(y, scores)
    if min(len(by_positive), len(by_negative)) < 2:
        raise ValueError("The AUC has no interval unless both classes have two rows or more.")
    variance = np.var(by_positive, ddof=1) / len(by_positive) + np.var(by_negative, ddof=1) / len(by_negative)
    reach = float(NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt(variance))
    return area, max(0.0, area - reach), min(1.0, area + reach)


def placements(y: NDArray[np.bool_], scores: Floats) -> tuple[float, Floats, Floats]:
    """The AUC, and for each positive (negative) row the share of the other class it is ranked above (below)."""
    positive, negative = scores[y], scores[~y]
    m, n = len(positive), len(negative)
    ranks = average_ranks(np.concatenate([positive, negative]))
    by_positive = (ranks[:m] - average_ranks(positive)) / n
    by_negative = 1.0 - (ranks[m:] - average_ranks(negative)) / m
    return float(by_positive.mean()), by_positive, by_negative


def wilson(n_hits: int, n: int, *, level: float = LEVEL) -> tuple[float, float]:
    """The Wilson interval of a share; (0, 1) where nothing was counted."""
    if n == 0:
        return 0.0, 1.0
    z = float(NormalDist().inv_cdf(0.5 + level / 2))
    centre = (n_hits + z * z / 2) / (n + z * z)
    reach = z / (n + z * z) * float(np.sqrt(n_hits * (n - n_hits) / n + z * z / 4))
    return 0.0 if n_hits == 0 else centre - reach, 1.0 if n_hits == n else centre + reach


def bootstrap(
    statistic: Callable[[NDArray[np.intp]], float],
    n: int,
    *,
    seed: int = 0,
    n_resamples: int = 1_000,
    level: float = LEVEL,
) -> Interval:
    """The percentile interval of `statistic(rows)` over resamples of n rows; resamples it refuses are skipped."""
    random = np.random.default_rng(seed)
    values = []
    for _ in range(n_resamples):
        try:
            values.append(statistic(random.integers(0, n, n)))
        except ValueError:  # a class is missing in this resample
            continue
    method = f"bootstrap of {len(values):,} resamples"
    if len(values) < n_resamples // 2:
        return Interval(None, None, method)
    low, high = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(float(low), float(high), method)
