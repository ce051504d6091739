"""A figure that is not known exactly: low, likely, high, and what the two ends mean.

References
----------
D. Hubbard, *How to Measure Anything*, 3rd edition, 2014: intervals of 90 % for the normal and lognormal.
D. Malcolm et al., "Application of a technique for research and development program evaluation", 1959: PERT.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.errors import InvalidInputError

Floats = NDArray[np.float64]

INTERVAL = "90% interval: 9 in 10 outcomes lie between the two ends"
ABSOLUTE = "absolute limits: nothing lies outside them"
SHAPES = {
    "normal": INTERVAL,
    "lognormal": INTERVAL,
    "triangular": ABSOLUTE,
    "pert": ABSOLUTE,
}
_WIDTH = 2 * 1.6448536269514722  # standard deviations in the middle 90 % of a normal; Hubbard rounds them to 3.29
_LARGEST = 1e30  # what is derived from typed figures, each of which has a limit of its own, is far below
_WIDEST_LOGNORMAL = 1e12
_N_KNOTS = 2049  # of a PERT's table of quantiles: off by less than a thousandth of its width


@dataclass(frozen=True, slots=True)
class Estimate:
    """One uncertain figure; an invalid one cannot exist.

    Attributes
    ----------
    low, high
        Ends of the middle 90 % for "normal" and "lognormal", absolute limits for "triangular" and "pert".
        Equal ends make a constant.
    likely
        The mode of a "triangular" or "pert"; the other shapes do not take one.
    shape
        A key of `SHAPES`.

    Raises
    ------
    InvalidInputError
        With one sentence for each figure that cannot be used.
    """

    low: float
    high: float
    likely: float | None = None
    shape: str = "pert"

    def __post_init__(self) -> None:
        problems = _problems(self)
        if problems:
            raise InvalidInputError(*problems)

    @property
    def is_constant(self) -> bool:
        """Whether there is nothing uncertain about it."""
        return self.low == self.high

    @property
    def meaning(self) -> str:
        """What the two ends mean, to be written beside them."""
        return SHAPES[self.shape]

    @property
    def mode(self) -> float:
        """The likeliest figure of an absolute shape; the middle where none was given."""
        return (self.low + self.high) / 2 if self.likely is None else self.likely

    @property
    def mean(self) -> float:
        """The expected figure."""
        if self.is_constant:
            return self.low
        if self.shape == "pert":
            return (self.low + 4 * self.mode + self.high) / 6
        if self.shape == "triangular":
            return (self.low + self.mode + self.high) / 3
        center, spread = self.location
        return math.exp(center + spread**2 / 2) if self.shape == "lognormal" else center

    @property
    def location(self) -> tuple[float, float]:
        """Mean and standard deviation of the normal, or of the logarithm of the lognormal."""
        low, high = (math.log(self.low), math.log(self.high)) if self.shape == "lognormal" else (self.low, self.high)
        return (low + high) / 2, (high - low) / _WIDTH

    @property
    def pert_shape(self) -> tuple[float, float]:
        """The two parameters of the beta distribution behind a PERT."""
        width = self.high - self.low
        return 1 + 4 * (self.mode - self.low) / width, 1 + 4 * (self.high - self.mode) / width

    def at(self, scores: Floats) -> Floats:
        """The figure at each standard normal score, same shape: 0 is the median, 1.2816 the 90th percentile."""
        if self.is_constant:
            return np.full(scores.shape, float(self.low))
        if self.shape in ("normal", "lognormal"):
            center, spread = self.location
            drawn = center + spread * scores
            return np.exp(drawn) if self.shape == "lognormal" else drawn
        from scipy.special import ndtr  # late: pages that draw nothing start without scipy

        shares = np.asarray(ndtr(scores), dtype=np.float64)
        return _triangular(self, shares) if self.shape == "triangular" else _pert(self, shares)

    def percentile(self, percent: float) -> float:
        """The figure below which `percent` (above 0, below 100) of the outcomes lie."""
        from statistics import NormalDist

        return float(self.at(np.array([NormalDist().inv_cdf(percent / 100)]))[0])


def _problems(estimate: Estimate) -> list[str]:
    given: list[Any] = [estimate.low, estimate.high, *([] if estimate.likely is None else [estimate.likely])]
    if estimate.shape not in SHAPES:
        return [f"A range must be one of {', '.join(SHAPES)}."]
    if any(isinstance(one, bool) or not isinstance(one, int | float) or not math.isfinite(one) for one in given):
        return ["Low, likely and high must be numbers."]
    if any(abs(one) > _LARGEST for one in given):
        return ["An end of the range is larger than any amount there is; check the figure."]
    if estimate.low > estimate.high:
        return [f"Low ({estimate.low:g}) is above high ({estimate.high:g}). Swap them if they are the wrong way round."]
    found = []
    if estimate.likely is not None:
        if estimate.shape in ("normal", "lognormal"):
            found.append("A 90% interval takes two ends only. Leave likely empty, or choose absolute limits.")
        elif not estimate.low <= estimate.likely <= estimate.high:
            found.append(f"Likely ({estimate.likely:g}) must lie from low ({estimate.low:g}) to high.")
    if estimate.shape == "lognormal" and estimate.low <= 0:
        found.append("Low must be more than 0 where the range is lognormal. Choose another shape if it can be 0.")
    if not found and estimate.shape == "lognormal" and estimate.high > _WIDEST_LOGNORMAL * estimate.low:
        found.append("High is more than a million million times low. Bring the two closer together.")
    return found


def _triangular(estimate: Estimate, shares: Floats) -> Floats:
    low, mode, high = estimate.low, estimate.mode, estimate.high
    rising = low + np.sqrt(shares * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - shares) * (high - low) * (high - mode))
    return np.where(shares <= (mode - low) / (high - low), rising, falling)


def _pert(estimate: Estimate, shares: Floats) -> Floats:
    knots, places = _beta_table(*estimate.pert_shape)
    return estimate.low + (estimate.high - estimate.low) * np.interp(shares, knots, places)


@lru_cache(maxsize=256)
def _beta_table(first: float, second: float) -> tuple[Floats, Floats]:
    """Quantiles of a beta distribution: a slider that moves one figure leaves the tables of the others as they are."""
    from scipy.special import betaincinv

    knots = (1 - np.cos(np.linspace(0, np.pi, _N_KNOTS))) / 2  # closest where the quantile is steepest: at both ends
    places = np.asarray(betaincinv(first, second, knots), dtype=np.float64)
    return knots, places
