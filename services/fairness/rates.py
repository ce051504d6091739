"""Shares of groups, and how far two groups may be apart: for every pair at once, so that many groups raise no alarm.

References
----------
Wilson (1927), JASA 22:209; Newcombe (1998), Statistics in Medicine 17:873, method 10 (difference of two shares).
Katz et al. (1978), Biometrics 34:469 (log interval of a ratio); Walter (1975), Biometrika 62:371 (half a case).
"""

import math
from itertools import permutations
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import LEVEL, wilson
from services.fairness.report import Gap, Rate

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
AT_ONCE = "Newcombe, all pairs of groups at once"
RATIOS_AT_ONCE = "Katz, all pairs of groups at once"
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


def katz(hits: int, n: int, other_hits: int, other_n: int, *, level: float = LEVEL) -> tuple[float, float]:
    """The log interval of the ratio of two shares, of which the other is not 0.

    Of a group in which nobody is hit the logarithm would have no end, and half a case counts; of one in which all are
    it would have no spread, and takes that of all but one.
    """
    z = float(NormalDist().inv_cdf(0.5 + level / 2))
    ours, theirs = (min(max(a, 0.5), max(m - 1, 0.5)) for a, m in ((hits, n), (other_hits, other_n)))
    reach = z * math.sqrt(max(0.0, 1 / ours - 1 / n) + max(0.0, 1 / theirs - 1 / other_n))
    centre = math.log((hits or 0.5) / n) - math.log(other_hits / other_n)
    return math.exp(centre - reach) if hits else 0.0, math.exp(centre + reach)


def smallest_ratio(hits: Counts, sizes: Counts, *, family: int = 1) -> Gap | None:
    """Lowest share of a group by the highest; None where nobody has any, or there are fewer than two groups.

    The interval holds for all pairs at once, as that of `widest_difference` does: the true smallest ratio is that of
    some pair, and no pair's interval lies wholly below it. One drawn anew from the rows would: the smallest of several
    shares that vary by chance is smaller than they are.
    """
    if len(sizes) < 2 or not hits.any():
        return None
    level = _level_of_pair(len(sizes), family)
    groups = [(int(a), int(n)) for a, n in zip(hits, sizes, strict=True)]
    ends = [katz(*one, *other, level=level) for one, other in permutations(groups, 2) if other[0]]
    low, high = (min(end[place] for end in ends) for place in (0, 1))
    shares = hits / sizes
    return Gap(float(shares.min() / shares.max()), low, min(1.0, high), RATIOS_AT_ONCE, len(sizes))


def _level_of_pair(n_groups: int, family: int = 1) -> float:
    return 1 - (1 - LEVEL) / (family * n_groups * (n_groups - 1) / 2)
