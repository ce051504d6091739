"""How far forecasts are off, in units that can be compared between series.

References
----------
Hyndman & Koehler (2006), Int. J. Forecasting 22:679 (MASE); Makridakis, Spiliotis & Assimakopoulos (2020), Int. J.
Forecasting 36:54 (M4: the scale is the mean change over a season before the origin); Kolassa & Schütz (2007), Foresight
6:40 (WAPE); Künsch (1989), Annals of Statistics 17:1217 (blocks).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.automl.measured import Measured

MIN_CLUSTERS = 5
_N_RESAMPLES = 1_000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Forecasts beside what happened, one entry for each series, origin and step (n,).

    Attributes
    ----------
    scale
        The mean change over a season before the origin; NaN where the series had none.
    cluster
        What is drawn together in a resample: forecasts that share their errors.
    """

    series: NDArray[np.int64]
    cluster: NDArray[np.int64]
    actual: Floats
    forecast: Floats
    scale: Floats

    def of(self, forecast: Floats) -> "Judged":
        """The same moments with other forecasts."""
        return Judged(self.series, self.cluster, self.actual, forecast, self.scale)


def seasonal_scale(values: Floats, season: int) -> float:
    """The mean of |y(t) − y(t − season)|: the error of repeating the last season; NaN where it is nought or unknown."""
    changes = np.abs(values[season:] - values[:-season]) if len(values) > season else np.array([])
    known = changes[np.isfinite(changes)]
    mean = float(known.mean()) if len(known) else 0.0
    return mean if mean > 0 else float("nan")


def mase(judged: Judged) -> float | None:
    """The mean absolute error in units of the scale, averaged over series; None where no series has a scale."""
    scaled = np.abs(judged.actual - judged.forecast) / judged.scale
    known = np.isfinite(scaled)
    if not known.any():
        return None
    sums = np.bincount(judged.series[known], weights=scaled[known])
    counts = np.bincount(judged.series[known])
    return float((sums[counts > 0] / counts[counts > 0]).mean())


def wape(judged: Judged) -> float | None:
    """The sum of absolute errors against the sum of absolute values; None where that is nought."""
    total = float(np.nansum(np.abs(judged.actual)))
    return float(np.nansum(np.abs(judged.actual - judged.forecast))) / total if total > 0 else None


def rmse(judged: Judged) -> float | None:
    """The root of the mean squared error, in units of the value."""
    errors = (judged.actual - judged.forecast) ** 2
    return float(np.sqrt(np.nanmean(errors))) if np.isfinite(errors).any() else None


def measured(score: Callable[[Judged], float | None], judged: Judged, *, seed: int) -> Measured | None:
    """A score with its 95% interval, from resamples of the clusters of the forecasts."""
    value = score(judged)
    if value is None:
        return None
    clusters = np.unique(judged.cluster)
    if len(clusters) < MIN_CLUSTERS:
        return Measured(value, None, None, len(clusters), "too few independent stretches for an interval")
    found = [score(part) for part in _resampled(judged, seed)]
    known = [one for one in found if one is not None]
    low, high = np.quantile(known, [0.025, 0.975])
    return Measured(value, float(low), float(high), len(clusters), "bootstrap of series and stretches of time")


def measured_gain(judged: Judged, other: Floats, *, seed: int) -> Measured | None:
    """By which share the MASE is lower than that of other forecasts of the same moments, with its 95% interval."""
    mine, theirs = mase(judged), mase(judged.of(other))
    if mine is None or theirs is None or theirs == 0:
        return None
    n_clusters = len(np.unique(judged.cluster))
    gains = _gains(judged, other, seed)
    if gains is None:
        return Measured(1 - mine / theirs, None, None, n_clusters, "too few independent stretches for an interval")
    low, high = np.quantile(gains, [0.025, 0.975])
    method = "paired bootstrap of series and stretches of time"
    return Measured(1 - mine / theirs, float(low), float(high), n_clusters, method)


def chance_of_gain(judged: Judged, other: Floats, *, seed: int) -> float | None:
    """In which share of paired resamples the forecasts are better than others; None with too few stretches."""
    gains = _gains(judged, other, seed)
    return None if gains is None else float((gains > 0).mean())


def _gains(judged: Judged, other: Floats, seed: int) -> Floats | None:
    if len(np.unique(judged.cluster)) < MIN_CLUSTERS:
        return None
    gains = []
    for rows in _resampled_rows(judged, seed):
        one, two = mase(_part(judged, rows)), mase(_part(judged.of(other), rows))
        if one is not None and two:
            gains.append(1 - one / two)
    return np.array(gains) if gains else None


def clusters_of(series: NDArray[np.int64], origins: NDArray[np.int64], n_series: int) -> NDArray[np.int64]:
    """What shares its errors: with many series each is one, with few every stretch of time after one origin."""
    if n_series >= 2 * MIN_CLUSTERS:
        return series
    return np.unique(origins, return_inverse=True)[1].astype(np.int64)


def blocks_of(steps: NDArray[np.int64], season: int) -> NDArray[np.int64]:
    """For a single stretch of one series: runs of neighbouring steps, a season or a few steps long."""
    length = max(2, min(season, int(np.ceil(len(np.unique(steps)) / MIN_CLUSTERS))))
    return np.asarray((steps - steps.min()) // length, dtype=np.int64)


def _resampled_rows(judged: Judged, seed: int) -> list[NDArray[np.intp]]:
    random = np.random.default_rng(seed)
    order = np.argsort(judged.cluster, kind="stable")
    clusters, starts = np.unique(judged.cluster[order], return_index=True)
    groups = np.split(order, starts[1:])
    n_resamples = int(np.clip(20_000_000 // max(len(order), 1), 100, _N_RESAMPLES))
    drawn = random.integers(0, len(clusters), (n_resamples, len(clusters)))
    return [np.concatenate([groups[number] for number in row]) for row in drawn]


def _resampled(judged: Judged, seed: int) -> list[Judged]:
    return [_part(judged, rows) for rows in _resampled_rows(judged, seed)]


def _part(judged: Judged, rows: NDArray[np.intp]) -> Judged:
    return Judged(*(values[rows] for values in vars(judged).values()))
