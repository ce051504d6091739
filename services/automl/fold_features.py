"""The features of each fold, computed once for all candidates that take the same view of the columns."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer

from services.automl.features import Layout, View, features_for, layout_of
from services.automl.preparation import Preparation

_MAX_MEGABYTES = 300.0


@dataclass(frozen=True)
class FoldFeatures:
    """One fold: features learned from its training rows, and the rows as matrices.

    Attributes
    ----------
    transformer
        Fitted on the training rows of the fold alone.
    learned
        The training rows (n, e), sparse where that is smaller.
    answered
        The rows that are judged, and below them the sealed ones where they were asked for (m, e).
    y
        Targets of the training rows (n,).
    """

    transformer: ColumnTransformer
    learned: Any
    answered: Any
    y: NDArray[Any]

    @property
    def megabytes(self) -> float:
        """What keeping it costs."""
        return _megabytes(self.learned) + _megabytes(self.answered)


class FeatureCache:
    """Features by view and fold, the ones used longest ago forgotten first.

    Parameters
    ----------
    with_sealed
        Whether the models of the folds also answer the rows of the hold-out. Nobody looks at these answers before the
        search is over.
    """

    def __init__(self, preparation: Preparation, *, with_sealed: bool = False) -> None:
        self._preparation = preparation
        self.with_sealed = with_sealed
        self.layout: Layout = layout_of(preparation.train.x, preparation.columns)
        self._kept: OrderedDict[tuple[View, int], FoldFeatures] = OrderedDict()

    def of_fold(self, view: View, fold: int) -> FoldFeatures:
        """The features of one fold."""
        key = (view, fold)
        if key not in self._kept:
            self._kept[key] = self._compute(view, fold)
            while len(self._kept) > 1 and sum(found.megabytes for found in self._kept.values()) > _MAX_MEGABYTES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _compute(self, view: View, fold: int) -> FoldFeatures:
        preparation, judged = self._preparation, self._preparation.folds[fold]
        rows = preparation.learnable(fold)
        x, y = preparation.train.x, preparation.train.y[rows]
        transformer = features_for(view, self.layout, preparation.task, seed=preparation.seed)
        learned = transformer.fit_transform(x.iloc[rows], y)
        answered = x.iloc[judged]
        if self.with_sealed:
            answered = pd.concat([answered, preparation.holdout.x], ignore_index=True)
        return FoldFeatures(transformer, learned, transformer.transform(answered), y)


def _megabytes(matrix: Any) -> float:
    size = matrix.nbytes if isinstance(matrix, np.ndarray) else matrix.data.nbytes + matrix.indices.nbytes
    return float(size) / 1e6
