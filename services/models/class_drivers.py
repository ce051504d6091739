"""What drives the probability of each of several classes: directions and small shapes, class by class."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.preparation import Preparation
from services.automl.task import Task
from services.models.drivers import direction_of, points_of
from services.models.report import ClassDriver, ClassDrivers

Floats = NDArray[np.float64]
MAX_COLUMNS, MAX_SHAPES = 60, 12  # of a hundred classes a document must stay small enough to be read at once


def drivers_by_class(
    preparation: Preparation, x: pd.DataFrame, effects: Floats, importances: Floats
) -> tuple[ClassDrivers, ...]:
    """Every class with the columns that move the model most, strongest first; nothing unless there are several.

    Parameters
    ----------
    x
        The explained rows (n, m).
    effects
        What each column does to each class in each of them (n, m, k).
    importances
        How much each column moves all classes together (m,): it gives the order, which is that of the explanation.
    """
    if preparation.task is not Task.MULTICLASS:
        return ()
    strongest = np.argsort(-importances, kind="stable")[:MAX_COLUMNS]

    def describe(rank: int, place: int, code: int) -> ClassDriver:
        column, own = preparation.columns[place], effects[:, place, code]
        points = points_of(column, x[column.name], own) if rank < MAX_SHAPES else ()
        return ClassDriver(column.name, float(np.abs(own).mean()), direction_of(column, x[column.name], own), points)

    return tuple(
        ClassDrivers(label, tuple(describe(rank, int(place), code) for rank, place in enumerate(strongest)))
        for code, label in enumerate(preparation.classes)
    )
