"""Which parameter decides whether a variant is among the best: PED-ANOVA, as Optuna computes it.

For each parameter, how the best tenth of the variants is spread over its values is compared with how all are: the
further apart, the more the parameter decides. It is written out here because the web process loads no Optuna; a test
holds it to the same numbers.

References
----------
Watanabe, Bansal & Hutter (2023), PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces,
IJCAI; Scott (1992), Multivariate Density Estimation.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from services.automl.hyperparameters import Axis
from services.automl.views import TrialView

Floats = NDArray[np.float64]
BEST_SHARE = 0.1
MIN_TRIALS = 10  # below that, the best tenth is a single variant
_STEPS = 50
_PRIOR = 1.0
_SMALLEST_SPREAD = 0.5 / 1.64  # in steps: nine tenths of a kernel stay within one


def importances(trials: Sequence[TrialView], losses: Sequence[float], axes: Sequence[Axis]) -> dict[str, float]:
    """The share of each parameter in what sets the best variants apart, most first; sums to 1, empty for too few.

    Parameters
    ----------
    losses
        Of each variant; lower is better.
    axes
        The parameters; a variant without one of them says nothing about it.
    """
    if len(trials) < MIN_TRIALS:
        return {}
    divergences = {axis.name: divergence(trials, losses, axis) for axis in axes}
    total = sum(divergences.values())
    if total <= 0:
        return {}
    return dict(sorted(((name, found / total) for name, found in divergences.items()), key=lambda item: -item[1]))


def divergence(trials: Sequence[TrialView], losses: Sequence[float], axis: Axis) -> float:
    """How differently the best and all variants are spread over one parameter (Pearson divergence); 0 is alike."""
    placed = [
        (place, loss) for trial, loss in zip(trials, losses, strict=True) if (place := axis.place(trial)) is not None
    ]
    if not placed:
        return 0.0
    places, known = np.array([place for place, _ in placed]), np.array([loss for _, loss in placed])
    cutoff = np.partition(known, math.ceil(BEST_SHARE * len(known)) - 1)[math.ceil(BEST_SHARE * len(known)) - 1]
    n = len(axis.options) if axis.kind == "choice" else _STEPS
    density = _spread_over_choices if axis.kind == "choice" else _spread_over_numbers
    everywhere = density(_counts(places, n)) + 1e-12
    best = density(_counts(places[known <= cutoff], n)) + 1e-12
    share_best = float((known <= cutoff).mean())
    return float(everywhere @ (best / everywhere - 1.0) ** 2) * share_best**2


def losses_of(values: Mapping[int, float], trials: Sequence[TrialView], *, greater_is_better: bool) -> list[float]:
    """What is to be made small, from what was reached by trial number."""
    return [-values[trial.number] if greater_is_better else values[trial.number] for trial in trials]


def _counts(places: Floats, n: int) -> NDArray[np.int64]:
    steps = np.clip(np.ceil(places * (n - 1) - 0.5).astype(int), 0, n - 1)
    return np.bincount(steps, minlength=n)


def _spread_over_choices(counts: NDArray[np.int64]) -> Floats:
    seen = np.flatnonzero(counts)
    n = len(counts)
    kernels = np.full((len(seen) + 1, n), _PRIOR / (len(seen) + 1))
    kernels[np.arange(len(seen)), seen] += 1.0
    kernels /= kernels.sum(axis=1, keepdims=True)
    return _mixed(kernels, counts[seen])


def _spread_over_numbers(counts: NDArray[np.int64]) -> Floats:
    seen = np.flatnonzero(counts)
    n, weights = len(counts), counts[seen]
    low, high = 0.0, float(n - 1)
    centres = np.append(seen.astype(np.float64), (low + high) / 2)
    widths = np.append(np.full(len(seen), max(_scott_width(seen, weights), _SMALLEST_SPREAD)), high - low + 1)
    steps = np.arange(n)[None, :]
    above, below = ((steps + half - centres[:, None]) / widths[:, None] for half in (0.5, -0.5))
    whole = ndtr((high + 0.5 - centres) / widths) - ndtr((low - 0.5 - centres) / widths)
    return _mixed((ndtr(above) - ndtr(below)) / whole[:, None], weights)


def _scott_width(seen: NDArray[np.intp], weights: NDArray[np.int64]) -> float:
    total = int(weights.sum())
    mean = float(seen @ weights) / total
    spread = math.sqrt(float((seen - mean) ** 2 @ weights) / max(1, total - 1))
    cumulated = np.cumsum(weights)
    first = int(np.searchsorted(cumulated, total // 4, side="left"))
    third = int(np.searchsorted(cumulated, total * 3 // 4, side="right"))
    middle_half = float(seen[min(len(seen) - 1, third)] - seen[first])
    return float(1.059 * min(middle_half / 1.34, spread) * total**-0.2)


def _mixed(kernels: Floats, weights: NDArray[np.int64]) -> Floats:
    shares = np.append(weights.astype(np.float64), _PRIOR)
    mixed: Floats = (shares / shares.sum()) @ kernels
    return mixed
