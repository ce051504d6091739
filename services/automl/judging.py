"""What out-of-fold predictions are worth: scores by fold, money, and what guessing would give."""

import numpy as np
from numpy.typing import NDArray

from services.automl import tempering
from services.automl.preparation import Preparation
from services.automl.priced_rows import priced_judged
from services.automl.scoring import score
from services.automl.task import Task

Floats = NDArray[np.float64]


def guess(preparation: Preparation, n_rows: int) -> Floats:
    """What to say of rows without looking at them: how frequent each class is, or the mean."""
    y = preparation.train.y
    if not preparation.classes:
        return np.full(n_rows, float(y.mean()))
    return np.tile(np.bincount(y, minlength=len(preparation.classes)) / len(y), (n_rows, 1))


def found_sharpness(preparation: Preparation, predictions: Floats) -> float | None:
    """The sharpness to give probabilities; of several classes only: of two, the threshold is what matters."""
    if preparation.task is not Task.MULTICLASS or preparation.metric.name != "log_loss":
        return None
    rows = preparation.judged
    return tempering.find_sharpness(predictions[rows], preparation.train.y[rows])


def empty_predictions(preparation: Preparation) -> Floats:
    """Room for what is said of each training row, (n, k) or (n,); NaN until it is said."""
    n, k = len(preparation.train), len(preparation.classes)
    return np.full((n, k) if k else n, np.nan)


def fold_scores_of(preparation: Preparation, predictions: Floats) -> tuple[float, ...]:
    """The metric of each fold; a fold that cannot be scored is left out."""
    y = preparation.train.y
    scores = []
    for judged in preparation.folds:
        try:
            scores.append(score(preparation.metric.name, y[judged], predictions[judged]))
        except ValueError:  # a fold with a single class cannot be ranked
            continue
    return tuple(scores)


def yearly_value_of(preparation: Preparation, predictions: Floats) -> float | None:
    """Money a year at the threshold that pays best on these predictions; None without a money goal."""
    priced = priced_judged(preparation)
    return None if priced is None else priced.best_yearly(predictions[preparation.judged, 1])
