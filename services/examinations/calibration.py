"""Whether probabilities are as frequent as they say, and how far chance alone lets perfect ones look wrong.

References
----------
C. Guo et al., "On calibration of modern neural networks", ICML 2017.
A. H. Murphy, "A new vector partition of the probability score", Journal of Applied Meteorology 12:595, 1973.
D. J. Spiegelhalter, "Probabilistic prediction in patient management and clinical trials", Stat. Med. 5:421, 1986.
D. R. Cox, "Two further applications of a model for binary regression", Biometrika 45:562, 1958 (slope and intercept).
H. White, "Maximum likelihood estimation of misspecified models", Econometrica 50:1, 1982 (their standard errors).
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from services.automl.intervals import LEVEL

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
N_BINS, N_DRAWS = 10, 200
_SMALLEST = 1e-15
_CONVERGED = 1e-10


@dataclass(frozen=True)
class NoiseFloor:
    """The calibration error of perfect probabilities on as many rows: its mean, and what 95 of 100 stay below."""

    mean: float
    p95: float


@dataclass(frozen=True)
class Murphy:
    """The Brier score in parts: reliability - resolution + uncertainty."""

    reliability: float
    resolution: float
    uncertainty: float

    @property
    def brier(self) -> float:
        """Their sum, with the sign each has."""
        return self.reliability - self.resolution + self.uncertainty


@dataclass(frozen=True)
class Recalibration:
    """Slope and intercept that would set the log odds right: 1 and 0 of perfect ones, a slope below 1 is too bold.

    `low` and `high` are the ends of the 95% interval of the slope, which holds also where no line sets the odds right.
    """

    slope: float
    intercept: float
    low: float
    high: float


def brier(y: Flags, p: Floats) -> float:
    """The mean squared error of probabilities (n,)."""
    return float(np.mean((p - y) ** 2))


def bins_of(p: Floats, n_bins: int = N_BINS) -> NDArray[np.intp]:
    """The bin of each row (n,): as many rows in each, by rising probability; equal ones are never separated."""
    ranks = np.asarray(stats.rankdata(p, method="average"))
    return np.asarray((ranks - 1) * n_bins // max(len(p), 1), dtype=np.intp)


def calibration_error(y: Flags, p: Floats, n_bins: int = N_BINS) -> float:
    """How far mean probability and frequency are apart, averaged over the rows of bins of equal size (ECE)."""
    return float(_errors(y[None, :], p, bins_of(p, n_bins))[0])


def noise_floor(p: Floats, *, n_bins: int = N_BINS, n_draws: int = N_DRAWS, seed: int = 0) -> NoiseFloor:
    """The calibration error where the probabilities (n,) are exactly right: outcomes are drawn from them."""
    random, bins = np.random.default_rng(seed), bins_of(p, n_bins)
    errors = np.array([_errors((random.random(len(p)) < p)[None, :], p, bins)[0] for _ in range(n_draws)])
    return NoiseFloor(float(errors.mean()), float(np.quantile(errors, 0.95)))


def spiegelhalter_z(y: Flags, p: Floats) -> float:
    """How many standard deviations the Brier score is from what the probabilities promise; 0 where none is unsure."""
    expected = float(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    return float(((y - p) * (1 - 2 * p)).sum() / np.sqrt(expected)) if expected > 0 else 0.0


def murphy(y: Flags, p: Floats) -> Murphy:
    """The parts of the Brier score over rows with the same probability."""
    _, groups, counts = np.unique(p, return_inverse=True, return_counts=True)
    observed = np.bincount(groups, y) / counts
    said, base, n = np.bincount(groups, p) / counts, float(y.mean()), len(y)
    return Murphy(
        reliability=float((counts * (said - observed) ** 2).sum() / n),
        resolution=float((counts * (observed - base) ** 2).sum() / n),
        uncertainty=base * (1 - base),
    )


def recalibration(y: Flags, p: Floats, *, n_steps: int = 50) -> Recalibration | None:
    """What would set the log odds right; None where the rows cannot tell: one class only, or told apart perfectly."""
    if y.all() or not y.any():
        return None
    odds = np.log(np.clip(p, _SMALLEST, 1)) - np.log(np.clip(1 - p, _SMALLEST, 1))
    design, weights = np.column_stack([odds, np.ones(len(p))]), np.zeros(2)
    for _ in range(n_steps):
        fitted = 1 / (1 + np.exp(-np.clip(design @ weights, -35, 35)))
        curvature = design.T @ (design * (fitted * (1 - fitted))[:, None])
        try:
            step = np.linalg.solve(curvature, design.T @ (y - fitted))
        except np.linalg.LinAlgError:
            return None
        weights = weights + step
        if not np.isfinite(weights).all() or np.abs(weights).max() > 1 / _CONVERGED:
            return None
        if np.abs(step).max() < _CONVERGED:
            return _with_interval(weights, design, y)
    return None


def _with_interval(weights: Floats, design: Floats, y: Flags) -> Recalibration:
    fitted = 1 / (1 + np.exp(-np.clip(design @ weights, -35, 35)))
    bread = np.linalg.inv(design.T @ (design * (fitted * (1 - fitted))[:, None]))
    scores = design * (y - fitted)[:, None]
    error = float(np.sqrt((bread @ (scores.T @ scores) @ bread)[0, 0]))
    slope, reach = float(weights[0]), float(NormalDist().inv_cdf(0.5 + LEVEL / 2)) * error
    return Recalibration(slope, float(weights[1]), slope - reach, slope + reach)


def _errors(y: NDArray[np.bool_], p: Floats, bins: NDArray[np.intp]) -> Floats:
    """The calibration error of each row of outcomes (m, n)."""
    n_bins = int(bins.max()) + 1
    said = np.bincount(bins, p, n_bins)
    return np.array([np.abs(said - np.bincount(bins, row, n_bins)).sum() / len(p) for row in y])
