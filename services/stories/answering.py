"""A model as a function of rows, in the unit its explanation is told in."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.preparation import Preparation
from services.automl.training import predict
from services.models.explanation import shown_class

Floats = NDArray[np.float64]
Ask = Callable[[pd.DataFrame], Floats]
MAX_ROWS = 2_000


def answers_of(pipeline: Pipeline, preparation: Preparation) -> Ask:
    """What the model says of rows (n,): points of the shown class, or units of the target."""
    n_classes, shown = len(preparation.classes), shown_class(preparation)

    def ask(rows: pd.DataFrame) -> Floats:
        answers = predict(pipeline, rows, n_classes)
        return answers if answers.ndim == 1 else 100.0 * answers[:, shown]

    return ask


def drawn_rows(n: int, most: int, seed: int) -> NDArray[np.intp]:
    """At most so many of n places, drawn by chance, in the order drawn: the first of them are a sample, too."""
    drawn: NDArray[np.intp] = np.random.default_rng(seed).permutation(n)[:most]
    return drawn
