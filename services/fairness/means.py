"""Means with intervals that neither the order of rows nor the names of groups change."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import LEVEL
from services.fairness.report import Mean

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
N_RESAMPLES = 1_000
_MOST_DRAWN = 20_000  # rows: of more, the bootstrap of a mean is the normal interval
_Z = float(NormalDist().inv_cdf(0.5 + LEVEL / 2))


def mean_of(
    values: Floats, weights: Floats | None = None, strata: NDArray[np.bool_] | None = None, *, seed: int = 0
) -> Mean:
    """The weighted mean of values (n,), n >= 1, with a 95% interval: a bootstrap, of very many rows the normal one.

    Parameters
    ----------
    weights
        Of each value (n,); equal where None.
    strata
        Two kinds of rows whose shares are known, each drawn from by itself (n,).
    """
    weights = np.ones(len(values)) if weights is None else weights
    value = float((values * weights).sum() / weights.sum())
    n = len(values)
    if n < 2:
        return Mean(value, None, None, "one row only", n)
    parts = [np.flatnonzero(strata), np.flatnonzero(~strata)] if strata is not None else [np.arange(n, dtype=np.intp)]
    parts = [_ordered(part, values, weights) for part in parts if len(part)]
    if n > _MOST_DRAWN:
        reach = _Z * standard_error(values, weights, parts)
        return Mean(value, value - reach, value + reach, "normal", n)
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(N_RESAMPLES):
        rows = np.concatenate([part[random.integers(0, len(part), len(part))] for part in parts])
        drawn.append((values[rows] * weights[rows]).sum() / weights[rows].sum())
    low, high = np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return Mean(value, float(low), float(high), f"bootstrap of {N_RESAMPLES:,} resamples", n)


def standard_error(values: Floats, weights: Floats | None = None, parts: Sequence[Indices] | None = None) -> float:
    """Of the weighted mean, linearised; rows of each part are drawn by themselves."""
    weights = np.ones(len(values)) if weights is None else weights
    parts = [np.arange(len(values), dtype=np.intp)] if parts is None else parts
    centred = weights * (values - (values * weights).sum() / weights.sum())
    variance = sum(len(part) * float(np.var(centred[part], ddof=1)) for part in parts if len(part) > 1)
    return float(np.sqrt(variance) / weights.sum())


def _ordered(part: Indices, values: Floats, weights: Floats) -> Indices:
    return np.asarray(part[np.lexsort((weights[part], values[part]))], dtype=np.intp)
