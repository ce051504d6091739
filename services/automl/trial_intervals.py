"""How far the out-of-fold score of a trial can be from the true one: fast enough to be told of every trial."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import LEVEL, Interval, bootstrap, delong, wilson
from services.automl.money import MoneyGoal
from services.automl.row_scores import area_influences, row_means, row_money
from services.automl.scoring import score

Floats = NDArray[np.float64]
MAX_RESAMPLED_ROWS = 50_000
_N_RESAMPLES = 100
_TOO_FEW = 2


@dataclass(frozen=True)
class TrialIntervals:
    """95% intervals of the score and of the money a year; None where there are too few rows to say.

    They are of this model on these rows. That the best of many trials looks better than it is, they do not know:
    the hold-out does.
    """

    score_low: float | None = None
    score_high: float | None = None
    value_low: float | None = None
    value_high: float | None = None


def trial_intervals(
    metric: str,
    y: NDArray[Any],
    predictions: Floats,
    *,
    money: MoneyGoal | None = None,
    gains: Floats | None = None,
) -> TrialIntervals:
    """The intervals of out-of-fold predictions.

    Parameters
    ----------
    y, predictions
        As in `services.automl.scoring.score`.
    money
        Priced at the threshold that pays best on the same rows, as trials are; None where nothing is priced.
    gains
        Those of `MoneyGoal` (n,), where each row has its own.
    """
    of_score = _score_interval(metric, y, predictions)
    if money is None:
        return TrialIntervals(of_score.low, of_score.high)
    positive, scores = y == 1, predictions[:, 1]
    priced = row_money(money, positive, scores, money.threshold(positive, scores, gains), gains)
    low, high = around(priced.value, priced.influences)
    return TrialIntervals(of_score.low, of_score.high, low, high)


def around(value: float, influences: Floats, *, level: float = LEVEL) -> tuple[float, float]:
    """The normal interval of a score from the influence of each row (n,) on it."""
    n = len(influences)
    if n < _TOO_FEW:
        return -np.inf, np.inf
    reach = float(NormalDist().inv_cdf(0.5 + level / 2) * influences.std(ddof=1) / np.sqrt(n))
    return value - reach, value + reach


def _score_interval(metric: str, y: NDArray[Any], predictions: Floats) -> Interval:
    try:
        return _known_interval(metric, y, predictions)
    except ValueError:  # too few rows of a class
        return Interval(None, None, "")


def _known_interval(metric: str, y: NDArray[Any], predictions: Floats) -> Interval:
    if metric == "accuracy":
        return Interval(*wilson(int((predictions.argmax(axis=1) == y).sum()), len(y)), "Wilson")
    if metric == "roc_auc" and predictions.shape[1] == 2:
        return Interval(*delong(y == 1, predictions[:, 1])[1:], "DeLong")
    if metric == "roc_auc":
        low, high = around(score(metric, y, predictions), area_influences(y, predictions))
        return Interval(max(0.0, low), min(1.0, high), "DeLong")
    means = row_means(metric, y, predictions)
    if means is not None:
        return Interval(*around(means.value, means.influences), "delta method")
    if len(y) > MAX_RESAMPLED_ROWS:
        return Interval(None, None, "")
    return bootstrap(lambda rows: score(metric, y[rows], predictions[rows]), len(y), n_resamples=_N_RESAMPLES)
