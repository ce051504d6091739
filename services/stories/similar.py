"""The case most like another one among those the model got wrong, by the distance of Gower.

References
----------
Gower (1971), A general coefficient of similarity and some of its properties, Biometrics 27:857.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column
from services.automl.task import Task

Floats = NDArray[np.float64]
WRONG_SHARE = 0.1  # of numbers: the tenth with the largest errors counts as wrong


def gower_distances(
    row: "pd.Series[Any]", others: pd.DataFrame, columns: tuple[Column, ...], known: pd.DataFrame | None = None
) -> Floats:
    """The mean over columns of how far each other row (n,) is from the row: 0 alike, 1 unlike.

    Numbers and dates count by their difference as a share of the range of the known rows (else of the others), all else
    as same or other. What is missing in both is alike, in one of them unlike.
    """
    ranged = others if known is None else known
    parts = []
    for column in columns:
        values, own = others[column.name], row[column.name]
        missing = values.isna().to_numpy()
        if pd.isna(own):
            parts.append((~missing).astype(np.float64))
        elif column.kind in ("number", "date"):
            numbers = values.to_numpy(dtype=np.float64)
            spread = float(ranged[column.name].max() - ranged[column.name].min())
            apart = np.abs(numbers - float(own))
            apart = apart / spread if spread > 0 else np.sign(apart)
            parts.append(np.where(missing, 1.0, np.minimum(apart, 1.0)))
        else:
            parts.append(np.where(missing, 1.0, (values.astype("str") != str(own)).to_numpy(dtype=np.float64)))
    return np.mean(parts, axis=0) if parts else np.zeros(len(others))


def wrong_cases(task: Task, y: NDArray[Any], predictions: Floats, threshold: float | None) -> NDArray[np.bool_]:
    """Which cases (n,) a model was wrong about; False where it was not asked (NaN).

    Parameters
    ----------
    predictions
        Probabilities (n, k), or numbers (n,), of models that had not seen the case.
    threshold
        Of a yes-or-no model, as a probability.
    """
    if task is Task.REGRESSION:
        errors = np.abs(y - predictions)
        known = np.isfinite(errors)
        limit = np.quantile(errors[known], 1 - WRONG_SHARE) if known.any() else np.inf
        return np.asarray(known & (errors >= limit) & (errors > 0), dtype=np.bool_)
    judged = np.isfinite(predictions).all(axis=1)
    likeliest = np.nan_to_num(predictions).argmax(axis=1)
    if task is Task.BINARY:
        likeliest = (np.nan_to_num(predictions[:, 1]) >= (0.5 if threshold is None else threshold)).astype(np.intp)
    return np.asarray(judged & (likeliest != y), dtype=np.bool_)
