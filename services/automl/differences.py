"""Two models on the same rows: is one better, or was it chance? Paired, because the rows they find hard are the same.

References
----------
DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837, for two AUCs on the same rows.
Efron & Tibshirani (1993), An Introduction to the Bootstrap, for everything else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import LEVEL, bootstrap, placements
from services.automl.money import MoneyGoal
from services.automl.row_scores import RowMeans, area_influences, row_means, row_money
from services.automl.scoring import score
from services.automl.trial_intervals import around

Floats = NDArray[np.float64]
N_RESAMPLES = 1_000
MAX_RESAMPLED_ROWS = 20_000  # from here on the normal interval is as good, and a page does not wait
_MAX_RANKED_ROWS = 5_000  # a metric of ranking is sorted anew in each resample
_N_RANKED_RESAMPLES = 300


@dataclass(frozen=True)
class Difference:
    """`value` is the second minus the first, with its 95% interval; None where nothing can be said."""

    value: float
    low: float | None
    high: float | None
    method: str
    n_rows: int

    @property
    def is_clear(self) -> bool:
        """Whether chance alone is an unlikely cause: 0 lies outside the interval."""
        return self.low is not None and self.high is not None and not self.low <= 0.0 <= self.high


def score_difference(metric: str, y: NDArray[Any], first: Floats, second: Floats, *, seed: int = 0) -> Difference:
    """How much better or worse the second predictions score than the first, in units of the metric.

    Parameters
    ----------
    first, second
        Predictions for the same rows, as in `services.automl.scoring.score`.
    """
    try:
        if metric == "roc_auc":
            return _area_difference(y, first, second)
        before, after = row_means(metric, y, first), row_means(metric, y, second)
        if before is not None and after is not None:
            return means_difference(before, after, seed)
        return _ranked_difference(metric, y, first, second, seed)
    except ValueError:  # too few rows of a class
        value = score(metric, y, second) - score(metric, y, first) if len(np.unique(y)) > 1 else 0.0
        return Difference(value, None, None, "too few rows of a class", len(y))


def money_difference(
    money: MoneyGoal,
    y: NDArray[np.bool_],
    first: Floats,
    second: Floats,
    *,
    gains: Floats | None = None,
    seed: int = 0,
) -> Difference:
    """How much more money a year the second scores (n,) earn, each at the threshold that pays best on these rows.

    `gains` (n,) are those of `MoneyGoal`, where each row has its own.
    """
    before, after = (
        row_money(money, y, scores, money.threshold(y, scores, gains), gains) for scores in (first, second)
    )
    return means_difference(before, after, seed)


def paired_delong(y: NDArray[np.bool_], first: Floats, second: Floats) -> tuple[float, float]:
    """The difference of two AUCs on the same rows (second minus first) and its standard error.

    Raises
    ------
    ValueError
        A class has fewer than two rows.
    """
    area, by_positive, by_negative = placements(y, first)
    other, other_by_positive, other_by_negative = placements(y, second)
    if min(len(by_positive), len(by_negative)) < 2:
        raise ValueError("Two AUCs cannot be compared unless both classes have two rows or more.")
    variance = np.var(other_by_positive - by_positive, ddof=1) / len(by_positive)
    variance += np.var(other_by_negative - by_negative, ddof=1) / len(by_negative)
    return other - area, float(np.sqrt(variance))


def _area_difference(y: NDArray[Any], first: Floats, second: Floats) -> Difference:
    if first.shape[1] == 2:
        value, error = paired_delong(y == 1, first[:, 1], second[:, 1])
        reach = float(NormalDist().inv_cdf(0.5 + LEVEL / 2)) * error
        return Difference(value, value - reach, value + reach, "paired DeLong", len(y))
    value = score("roc_auc", y, second) - score("roc_auc", y, first)
    low, high = around(value, area_influences(y, second) - area_influences(y, first))
    return Difference(value, low, high, "paired DeLong", len(y))


def means_difference(before: RowMeans, after: RowMeans, seed: int = 0) -> Difference:
    """The second score less the first, both as what the same rows contribute to them."""
    n, value = len(before.columns), after.value - before.value
    if n > MAX_RESAMPLED_ROWS:
        low, high = around(value, after.influences - before.influences)
        return Difference(value, low, high, "paired, normal", n)
    n_first = before.columns.shape[1]
    columns = np.hstack([before.columns, after.columns])

    def differ(rows: NDArray[np.intp]) -> float:
        means = np.bincount(rows, minlength=n) @ columns / n
        return float(after.combine(means[n_first:]) - before.combine(means[:n_first]))

    return _resampled(differ, value, n, seed, N_RESAMPLES)


def _ranked_difference(metric: str, y: NDArray[Any], first: Floats, second: Floats, seed: int) -> Difference:
    value = score(metric, y, second) - score(metric, y, first)
    if len(y) > _MAX_RANKED_ROWS:
        return Difference(value, None, None, f"not computed above {_MAX_RANKED_ROWS:,} rows", len(y))

    def differ(rows: NDArray[np.intp]) -> float:
        return score(metric, y[rows], second[rows]) - score(metric, y[rows], first[rows])

    return _resampled(differ, value, len(y), seed, _N_RANKED_RESAMPLES)


def _resampled(
    differ: Callable[[NDArray[np.intp]], float], value: float, n: int, seed: int, n_resamples: int
) -> Difference:
    interval = bootstrap(differ, n, seed=seed, n_resamples=n_resamples)
    return Difference(value, interval.low, interval.high, f"paired {interval.method}", n)
