"""How far the next values may be from their forecast, by how far earlier ones were.

Split conformal: forecasts from earlier origins give errors, in units of the spread of their series; the reach of a step
is the quantile of the errors at that step, or of a run of neighbouring steps where there are few. A later step never
reaches less far than an earlier one.

References
----------
Vovk, Gammerman & Shafer (2005); Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018), JASA 113:1094; for series, whose
errors depend on each other, coverage holds approximately: it is measured on the sealed stretch and reported.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVELS = (0.8, 0.95)
_MIN_POOL = 20
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """Half the width of the interval at each step (h,), in units of the spread; None where errors are too few."""

    level: float
    half_widths: tuple[float, ...] | None
    n_least: int


def conformal_quantile(errors: Floats, level: float) -> float | None:
    """The ⌈(n + 1) level⌉-th smallest of n absolute errors; None where there are too few for the level."""
    rank = int(np.ceil((len(errors) + 1) * level - 1e-9))
    return float(np.sort(errors)[rank - 1]) if 1 <= rank <= len(errors) else None


def reaches(errors: Floats, steps: NDArray[np.int64], all_steps: NDArray[np.int64]) -> tuple[Reach, ...]:
    """The reach of every step for each level.

    Parameters
    ----------
    errors, steps
        Errors of earlier forecasts in units of the spread, and the step of each (n,).
    all_steps
        The steps that are forecast, in increasing order.
    """
    known = np.isfinite(errors)
    sizes, steps = np.abs(errors[known]), steps[known]
    return tuple(_reach(sizes, steps, all_steps, level) for level in LEVELS)


def _reach(sizes: Floats, steps: NDArray[np.int64], all_steps: NDArray[np.int64], level: float) -> Reach:
    widths: list[float] = []
    least = len(sizes)
    for step in all_steps:
        pool = _pool(sizes, steps, int(step), level)
        width = conformal_quantile(pool, level)
        if width is None:
            return Reach(level, None, len(pool))
        least = min(least, len(pool))
        widths.append(max(width, widths[-1]) if widths else width)
    return Reach(level, tuple(widths), least)


def _pool(sizes: Floats, steps: NDArray[np.int64], step: int, level: float) -> Floats:
    """The errors at the step, with those of nearer and nearer neighbours until there are enough."""
    enough = max(_MIN_POOL, int(np.ceil(level / (1 - level))))
    distance = np.abs(steps - step)
    for width in np.unique(distance):
        near: Floats = sizes[distance <= width]
        if len(near) >= enough:
            return near
    return sizes
