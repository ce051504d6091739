"""A score as a function of what single rows contribute to it: what its interval and a paired difference are made of.

Most scores are a smooth function of a few means over rows: log loss is one mean, R² is made of three. Their standard
error follows from the spread of the rows (the delta method), and a resample costs one matrix product.

References
----------
Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 21 (the infinitesimal jackknife).
DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44:837.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import placements
from services.automl.money import MoneyGoal

Floats = NDArray[np.float64]
_SMALLEST = 1e-15


@dataclass(frozen=True)
class RowMeans:
    """A score that is a function of means over rows.

    Attributes
    ----------
    columns
        What each row contributes (n, c).
    combine
        From means (..., c) to scores (...).
    gradient
        From means (c,) to the derivative of the score by each of them (c,).
    """

    columns: Floats
    combine: Callable[[Floats], Floats]
    gradient: Callable[[Floats], Floats]

    @property
    def value(self) -> float:
        """The score of all rows."""
        return float(self.combine(self.columns.mean(axis=0)))

    @property
    def influences(self) -> Floats:
        """How much each row moves the score, (n,), with mean 0: its spread over √n is the standard error."""
        means = self.columns.mean(axis=0)
        influences: Floats = (self.columns - means) @ self.gradient(means)
        return influences


def row_means(metric: str, y: NDArray[Any], predictions: Floats) -> RowMeans | None:
    """A metric as a function of means over rows; None for the metrics of ranking, which are none.

    Parameters
    ----------
    y, predictions
        As in `services.automl.scoring.score`.
    """
    if metric == "log_loss":
        probabilities = predictions[np.arange(len(y)), y] / predictions.sum(axis=1)
        return _mean(-np.log(np.clip(probabilities, _SMALLEST, 1.0)))
    if metric == "accuracy":
        return _mean((predictions.argmax(axis=1) == y).astype(np.float64))
    if metric == "mae":
        return _mean(np.abs(y - predictions))
    if metric == "rmse":
        squares = ((y - predictions) ** 2)[:, None]
        return RowMeans(squares, lambda means: np.sqrt(means[..., 0]), _slope_of_root)
    if metric == "r2":
        columns = np.column_stack([(y - predictions) ** 2, y, y.astype(np.float64) ** 2])
        return RowMeans(columns, _explained, _slope_of_explained)
    return None


def row_money(
    money: MoneyGoal, y: NDArray[np.bool_], scores: Floats, threshold: float, gains: Floats | None = None
) -> RowMeans:
    """Money a year of acting from `threshold` on, as a ratio of weighted means over rows (n,)."""
    weights = money.weights(y)
    weight = np.ones(len(y)) if weights is None else weights
    values = weight * money.row_values(y, scores, threshold, gains)
    scale = money.yearly_cases
    return RowMeans(
        np.column_stack([values, weight]),
        lambda means: scale * means[..., 0] / means[..., 1],
        lambda means: scale * np.array([1.0 / means[1], -means[0] / means[1] ** 2]),
    )


def area_influences(y: NDArray[Any], predictions: Floats) -> Floats:
    """How much each row (n,) moves the AUC, of two classes or the mean of each class against the others."""
    if predictions.shape[1] == 2:
        return _influences_on_area(y == 1, predictions[:, 1])
    present = np.unique(y)
    return np.mean([_influences_on_area(y == k, predictions[:, k]) for k in present], axis=0)  # type: ignore[no-any-return]


def _influences_on_area(y: NDArray[np.bool_], scores: Floats) -> Floats:
    area, by_positive, by_negative = placements(y, scores)
    influences = np.empty(len(y))
    influences[y] = (by_positive - area) * len(y) / len(by_positive)
    influences[~y] = (by_negative - area) * len(y) / len(by_negative)
    return influences


def _mean(values: Floats) -> RowMeans:
    return RowMeans(values[:, None], lambda means: means[..., 0], np.ones_like)


def _slope_of_root(means: Floats) -> Floats:
    return np.array([0.5 / np.sqrt(max(means[0], _SMALLEST))])


def _explained(means: Floats) -> Floats:
    spread = np.maximum(means[..., 2] - means[..., 1] ** 2, _SMALLEST)
    explained: Floats = 1.0 - means[..., 0] / spread
    return explained


def _slope_of_explained(means: Floats) -> Floats:
    error, mean, square = means
    spread = max(square - mean**2, _SMALLEST)
    by_spread = error / spread**2
    return np.array([-1.0 / spread, -2.0 * mean * by_spread, by_spread])
