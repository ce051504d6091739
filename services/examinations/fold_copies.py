"""Copies of a model, each fitted without one fold: they answer about rows they have not learned from, also changed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from services.automl.candidates import Candidate
from services.automl.judging import empty_predictions
from services.automl.preparation import Preparation
from services.automl.training import fit_pipeline, predict

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class FoldCopies:
    """One copy for each fold.

    Attributes
    ----------
    fold_of
        For each training row the fold that judges it, -1 where none does (n_train,).
    predictions
        What the copies say of the rows as they are, (n_train, k) or (n_train,); NaN in rows no fold judges.
    """

    pipelines: tuple[Pipeline, ...]
    fold_of: Indices
    n_classes: int
    predictions: Floats

    def answer(self, rows: Indices, x: pd.DataFrame) -> Floats:
        """What the copies say of judged training rows if they were like `x` (m, columns), whose order is `rows`."""
        answers = np.full((len(rows), self.n_classes) if self.n_classes else len(rows), np.nan)
        for fold, pipeline in enumerate(self.pipelines):
            own = self.fold_of[rows] == fold
            if own.any():
                answers[own] = predict(pipeline, x.iloc[np.flatnonzero(own)], self.n_classes)
        return answers


def fit_copies(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    tell: Callable[[int, int], None] | None = None,
) -> FoldCopies:
    """A copy of the pipeline fitted for each fold of the preparation; `tell` hears how many are done of how many."""
    train, k = preparation.train, len(preparation.classes)
    fold_of, predictions = np.full(len(train), -1, dtype=np.intp), empty_predictions(preparation)
    fitted = []
    for fold, judged in enumerate(preparation.folds):
        learned = preparation.learnable(fold)
        copy = fit_pipeline(clone(pipeline), Candidate(family), train.x.iloc[learned], train.y[learned])
        predictions[judged] = predict(copy, train.x.iloc[judged], k)
        fold_of[judged] = fold
        fitted.append(copy)
        if tell is not None:
            tell(fold + 1, len(preparation.folds))
    return FoldCopies(tuple(fitted), fold_of, k, predictions)
