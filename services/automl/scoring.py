"""The arithmetic of the metrics, fast enough to be repeated on a thousand resamples.

The words for each metric are in `metrics`, which loads no scientific library.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_SMALLEST = 1e-15


def score(metric: str, y: NDArray[Any], predictions: Floats) -> float:
    """One number for how well predictions fit what happened.

    Parameters
    ----------
    metric
        A name of `services.automl.metrics.METRICS`.
    y
        Numbers, or positions of classes (n,).
    predictions
        Numbers (n,), or probabilities of each class (n, k).

    Raises
    ------
    ValueError
        A metric of ranking was asked for rows of a single class.
    """
    return float(_SCORES[metric](y, predictions))


def average_ranks(values: Floats) -> Floats:
    """The rank of each value (n,), from 1; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks


def area_under_roc(y: NDArray[np.bool_], scores: Floats) -> float:
    """How often a positive row is ranked above a negative one; ties count one half.

    Raises
    ------
    ValueError
        All rows are of one class.
    """
    n_positive = int(y.sum())
    n_negative = len(y) - n_positive
    if not n_positive or not n_negative:
        raise ValueError("Rows of a single class cannot be ranked.")
    ranks = average_ranks(scores)
    return float((ranks[y].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def _roc_auc(y: NDArray[Any], predictions: Floats) -> float:
    if predictions.shape[1] == 2:
        return area_under_roc(y == 1, predictions[:, 1])
    present = np.unique(y)  # each class against the others, for the classes that occur
    return float(np.mean([area_under_roc(y == k, predictions[:, k]) for k in present]))


def _log_loss(y: NDArray[Any], predictions: Floats) -> float:
    probabilities = predictions / predictions.sum(axis=1, keepdims=True)
    return float(-np.log(np.clip(probabilities[np.arange(len(y)), y], _SMALLEST, 1.0)).mean())


def _average_precision(y: NDArray[Any], predictions: Floats) -> float:
    """The mean precision over steps of recall; equal scores are one step."""
    order = np.argsort(-predictions[:, 1], kind="stable")
    ranked = predictions[order, 1]
    last_of_tie = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    found = np.cumsum(y[order] == 1)[last_of_tie]
    if not found[-1]:
        raise ValueError("Rows without a positive one have no precision.")
    return float((np.diff(found, prepend=0) * found / (last_of_tie + 1)).sum() / found[-1])


def _accuracy(y: NDArray[Any], predictions: Floats) -> float:
    return float((predictions.argmax(axis=1) == y).mean())


def _rmse(y: NDArray[Any], predictions: Floats) -> float:
    return float(np.sqrt(np.mean((y - predictions) ** 2)))


def _mae(y: NDArray[Any], predictions: Floats) -> float:
    return float(np.abs(y - predictions).mean())


def _r2(y: NDArray[Any], predictions: Floats) -> float:
    spread = float(((y - y.mean()) ** 2).sum())
    if spread == 0:
        raise ValueError("A target that does not vary cannot be explained.")
    return 1.0 - float(((y - predictions) ** 2).sum()) / spread


_SCORES: dict[str, Callable[[NDArray[Any], Floats], float]] = {
    "roc_auc": _roc_auc,
    "log_loss": _log_loss,
    "average_precision": _average_precision,
    "accuracy": _accuracy,
    "rmse": _rmse,
    "mae": _mae,
    "r2": _r2,
}
