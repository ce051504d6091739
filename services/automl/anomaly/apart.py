"""Rows far apart from all others, by their scores, and how many there would be by chance."""

import numpy as np
from numpy.typing import NDArray

from services.automl.anomaly.detectors import Kind, fit_detector, unusualness
from services.automl.anomaly.report import Histogram
from services.automl.unlabelled import Clock

_FENCE = 3.0  # interquartile ranges
_N_CLOUDS = 5
_N_BINS = 40
_N_KEPT_SCORES = 1_000
Floats = NDArray[np.float64]


def fence(scores: Floats) -> float:
    """Three interquartile ranges above the upper quartile (Tukey 1977): what is beyond is far out."""
    low, high = np.quantile(scores, [0.25, 0.75])
    return float(high + _FENCE * (high - low))


def rate_apart_by_chance(z: Floats, kind: Kind, *, seed: int, seconds_left: Clock) -> float:
    """The share beyond the fence in rows of a single normal cloud, spread as z (n, d), none of which was learned."""
    random = np.random.default_rng(seed)
    centre = z.mean(axis=0)
    _, spread, directions = np.linalg.svd(z - centre, full_matrices=False)
    shares = []
    for number in range(_N_CLOUDS):
        if number and seconds_left() <= 0:
            break
        drawn = random.normal(size=(2 * len(z), len(spread))) * spread / np.sqrt(len(z))
        cloud = centre + drawn @ directions
        scores = unusualness(fit_detector(cloud[: len(z)], kind, seed=seed), cloud[len(z) :])
        shares.append(float((scores > fence(scores)).mean()))
    return float(np.mean(shares))


def histogram_of(scores: Floats) -> Histogram:
    """Over the scores up to the fence and a little beyond; what is further counts in the last bin."""
    limit = fence(scores)
    end = min(float(scores.max()), limit + (limit - float(np.median(scores))))
    counts, edges = np.histogram(np.minimum(scores, end), bins=_N_BINS)
    return Histogram(tuple(float(edge) for edge in edges), tuple(int(count) for count in counts))


def thinned(reference: Floats) -> tuple[float, ...]:
    """The scores in increasing order, at most a thousand of them, evenly chosen by rank."""
    ranked = np.sort(reference)
    places = np.unique(np.linspace(0, len(ranked) - 1, min(len(ranked), _N_KEPT_SCORES)).round().astype(int))
    return tuple(float(score) for score in ranked[places])
