"""Shares of groups, and how far two groups may be apart: for every pair at once, so that many groups raise no alarm.

References
----------
Wilson (1927), JASA 22:209; Newcombe (1998), Statistics in Medicine 17:873, method 10 (difference of two shares).
Efron & Tibshirani (1993), An Introduction to the Bootstrap.
"""

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import LEVEL, wilson
from services.fairness.report import Gap, Rate

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
N_RESAMPLES = 1_000
AT_ONCE = "Newcombe, all pairs of groups at once"
NORMAL_AT_ONCE = "Welch, all pairs of groups at once"


def rate(n_hits: int, n: int) -> Rate:
    """A share with its Wilson interval; `n` is at least 1."""
    low, high = wilson(n_hits, n)
    return Rate(n_hits / n, low, high, n_hits, n)


def widest_difference(hits: Counts, sizes: Counts, *, family: int = 1) -> Gap | None:
    """The largest difference between the shares of two groups; None with fewer than two groups.

    The interval holds for all pairs at once (Bonferroni), so the true largest difference lies in it 19 times in 20
    however many groups there are.

    Parameters
    ----------
    hits, sizes
        Of each group (k,), sizes at least 1.
    family
        How many such differences are looked at together.
    """
    if len(sizes) < 2:
        return None
    level = _level_of_pair(len(sizes), family)
    shares = hits / sizes
    ends = np.array([wilson(int(a), int(n), level=level) for a, n in zip(hits, sizes, strict=True)])
    down, up = (shares - ends[:, 0]) ** 2, (ends[:, 1] - shares) ** 2
    apart = shares[:, None] - shares[None, :]
    low = float((apart - np.sqrt(down[:, None] + up[None, :])).max())
    high = float((apart + np.sqrt(up[:, None] + down[None, :])).max())
    return Gap(float(apart.max()), max(0.0, low), min(1.0, high), AT_ONCE, len(sizes))


def widest_mean_difference(means: Floats, errors: Floats) -> Gap | None:
    """As `widest_difference` for means (k,) with their standard errors."""
    if len(means) < 2:
        return None
    z = float(NormalDist().inv_cdf(0.5 + _level_of_pair(len(means)) / 2))
    apart, reach = means[:, None] - means[None, :], z * np.sqrt(errors[:, None] ** 2 + errors[None, :] ** 2)
    low, high = float((apart - reach).max()), float((apart + reach).max())
    return Gap(float(apart.max()), max(0.0, low), high, NORMAL_AT_ONCE, len(means))


def smallest_ratio(hits: Counts, sizes: Counts) -> float | None:
    """Lowest share of a group by the highest; None where nobody has any, or there are fewer than two groups."""
    if len(sizes) < 2 or not hits.any():
        return None
    shares = hits / sizes
    return float(shares.min() / shares.max())


def resampled(
    cells: Counts, statistic: Callable[[Counts], float | None], *, seed: int = 0, n_resamples: int = N_RESAMPLES
) -> tuple[float | None, float | None, str]:
    """The percentile interval of a statistic of counts: rows are drawn anew, so cells are multinomial.

    Neither the order of rows nor the names of groups change it: groups are taken in the order of their counts.

    Parameters
    ----------
    cells
        Rows of each group by kind (k, ...).
    statistic
        Of drawn counts of the same shape; None where a resample has none, which is skipped and counted.
    """
    flat = cells.reshape(len(cells), -1)
    ordered = cells[np.lexsort(flat.T[::-1])]
    n, shape = int(ordered.sum()), ordered.shape
    drawn = np.random.default_rng(seed).multinomial(n, ordered.ravel() / n, size=n_resamples)
    values = [value for value in (statistic(each.reshape(shape)) for each in drawn) if value is not None]
    method = f"bootstrap of {len(values):,} resamples"
    if len(values) < n_resamples // 2:
        return None, None, method
    low, high = np.quantile(values, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return float(low), float(high), method


def _level_of_pair(n_groups: int, family: int = 1) -> float:
    return 1 - (1 - LEVEL) / (family * n_groups * (n_groups - 1) / 2)
