"""Which cases the simulator looks at, and which half of them a copy of the model learns from."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.preparation import Preparation

Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]
FEWEST_CASES = 40


def draw_cases(y: NDArray[Any], *, base_rate: float | None, most: int, seed: int) -> Indices:
    """Positions of cases among which the outcome is as frequent as in use, in increasing order.

    Cases of the outcome that is too frequent are left out by chance, so that every case counts once.

    Parameters
    ----------
    y
        0 or 1 where `base_rate` is given, else anything, (n,).
    base_rate
        Share of positive cases in use, between 0 and 1; None where it is that of the data.
    most
        Cases that there is time for.
    """
    random = np.random.default_rng(seed)
    if base_rate is None:
        return np.sort(random.permutation(len(y))[:most])
    positive, negative = np.flatnonzero(y == 1), np.flatnonzero(y != 1)
    n = min(most, int(len(positive) / base_rate), int(len(negative) / (1 - base_rate)))
    n_positive = min(len(positive), max(1, round(n * base_rate)))
    n_negative = min(len(negative), max(1, n - n_positive))
    chosen = [random.permutation(positive)[:n_positive], random.permutation(negative)[:n_negative]]
    return np.sort(np.concatenate(chosen))


def deal_halves(preparation: Preparation) -> Flags:
    """Which training rows are in the first half, (n,): by chance, or by whole folds where rows belong together."""
    n = len(preparation.train)
    if preparation.split.group is None and preparation.split.time is None:
        return np.asarray(np.random.default_rng(preparation.seed).permutation(n) % 2 == 0)
    in_first = np.zeros(n, dtype=np.bool_)
    n_judged = np.cumsum([len(fold) for fold in preparation.folds])
    n_first = max(1, int(np.searchsorted(n_judged, n_judged[-1] / 2, side="left")))
    in_first[np.setdiff1d(np.arange(n), preparation.judged)] = True  # the oldest rows, that no fold judges
    for fold in preparation.folds[:n_first]:
        in_first[fold] = True
    return in_first


def resamples(rows: Indices, y: NDArray[Any], n_models: int, *, is_stratified: bool, seed: int) -> Iterator[Indices]:
    """For each of so many models the rows it learns from, drawn with replacement, of each outcome as many as there are.

    Parameters
    ----------
    rows
        Positions in `y`.
    """
    random = np.random.default_rng(seed)
    strata = [rows[y[rows] == label] for label in np.unique(y[rows])] if is_stratified else [rows]
    for _ in range(n_models):
        yield np.concatenate([random.choice(stratum, len(stratum)) for stratum in strata])
