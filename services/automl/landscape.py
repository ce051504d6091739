"""A surface over two parameters, told from the variants that were tried: smooth near them, nothing far from them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.automl.hyperparameters import Axis
from services.automl.scoring import average_ranks
from services.automl.views import TrialView

Floats = NDArray[np.float64]
MIN_TRIALS = 6
N_STEPS = 41
_WIDTH, _REACH = 0.12, 0.25  # of an axis: how far a variant is heard, and from where on nothing is known


@dataclass(frozen=True)
class Surface:
    """`z` (n, n) over places 0 to 1, rows along the second parameter; NaN where nobody was near.

    The best place is that of a variant: between them nobody knows.
    """

    places: Floats
    z: Floats
    best_x: float
    best_y: float


def surface(
    trials: Sequence[TrialView], values: Sequence[float], x: Axis, y: Axis, *, greater_is_better: bool
) -> Surface | None:
    """The mean of nearby variants, weighted by how near; None where fewer than six have both parameters.

    Parameters
    ----------
    values
        What each variant reached.

    References
    ----------
    Nadaraya (1964), On Estimating Regression, Theory of Probability and Its Applications 9:141.
    """
    placed = [
        (of_x, of_y, value)
        for trial, value in zip(trials, values, strict=True)
        if (of_x := x.place(trial)) is not None and (of_y := y.place(trial)) is not None
    ]
    if len(placed) < MIN_TRIALS:
        return None
    across, up, reached = np.array(placed, dtype=np.float64).T
    places = np.linspace(0.0, 1.0, N_STEPS)
    squares = (places[None, :, None] - across) ** 2 + (places[:, None, None] - up) ** 2
    z = _smoothed(squares, reached)
    z[squares.min(axis=2) > _REACH**2] = np.nan
    at_variants = _smoothed((across[:, None] - across) ** 2 + (up[:, None] - up) ** 2, reached)
    best = int(np.argmax(at_variants if greater_is_better else -at_variants))
    return Surface(places, z, float(across[best]), float(up[best]))


def tendency(trials: Sequence[TrialView], values: Sequence[float], axis: Axis) -> float:
    """Whether more of a number goes with more (towards 1) or less (towards −1) of a value: Spearman's ρ, else 0."""
    placed = [
        (place, value) for trial, value in zip(trials, values, strict=True) if (place := axis.place(trial)) is not None
    ]
    if axis.kind == "choice" or len(placed) < MIN_TRIALS or len({place for place, _ in placed}) < 2:
        return 0.0
    if len({value for _, value in placed}) < 2:
        return 0.0
    along, across = (average_ranks(np.array(side, dtype=float)) for side in zip(*placed, strict=True))
    correlations: Floats = np.corrcoef(along, across)
    return float(correlations[0, 1])


def _smoothed(squares: Floats, reached: Floats) -> Floats:
    weights = np.exp(-0.5 * squares / _WIDTH**2)
    smoothed: Floats = (weights @ reached) / np.maximum(weights.sum(axis=-1), 1e-300)
    return smoothed
