"""The arithmetic of the metrics. Loads scikit-learn; the words for each metric are in `metrics`, which does not."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics as sk

Floats = NDArray[np.float64]


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


def _roc_auc(y: NDArray[Any], predictions: Floats) -> float:
    if predictions.shape[1] == 2:
        return float(sk.roc_auc_score(y, predictions[:, 1]))
    present = np.unique(y)  # one against the rest, for the classes that occur
    return float(np.mean([sk.roc_auc_score(y == k, predictions[:, k]) for k in present]))


def _log_loss(y: NDArray[Any], predictions: Floats) -> float:
    return float(sk.log_loss(y, normalized(predictions), labels=np.arange(predictions.shape[1])))


def normalized(probabilities: Floats) -> Floats:
    """Probabilities (n, k) that are at least 1e-15 and sum to one in each row."""
    clipped = np.clip(probabilities, 1e-15, 1.0)
    return np.asarray(clipped / clipped.sum(axis=1, keepdims=True), dtype=np.float64)


_SCORES: dict[str, Callable[[NDArray[Any], Floats], float]] = {
    "roc_auc": _roc_auc,
    "log_loss": _log_loss,
    "average_precision": lambda y, p: sk.average_precision_score(y, p[:, 1]),
    "accuracy": lambda y, p: sk.accuracy_score(y, p.argmax(axis=1)),
    "rmse": lambda y, p: sk.root_mean_squared_error(y, p),
    "mae": lambda y, p: sk.mean_absolute_error(y, p),
    "r2": lambda y, p: sk.r2_score(y, p),
}
