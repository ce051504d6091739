"""How much of what a model can do one column can do alone: a shallow tree on each, judged in the same folds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from services.automl.columns import Column
from services.automl.judging import empty_predictions
from services.automl.preparation import Preparation
from services.automl.scoring import score
from services.automl.training import predict

Floats = NDArray[np.float64]
MAX_ROWS = 10_000
_DEPTH, _LEAST_LEAF = 3, 10
_LARGEST = 1e30


@dataclass(frozen=True)
class SingleColumn:
    """The AUC (of classes) or the variance explained (of a number) of one column alone, out of fold."""

    name: str
    score: float


def score_single_columns(preparation: Preparation) -> tuple[SingleColumn, ...]:
    """Every column that can be asked about, the strongest first; free text cannot."""
    random = np.random.default_rng(preparation.seed)
    found = []
    for column in preparation.columns:
        if column.kind == "text":
            continue
        predictions, measured = _answers(preparation, column, random), preparation.judged
        measured = measured[np.isfinite(predictions[measured].reshape(len(measured), -1)).all(axis=1)]
        value = skill(preparation, predictions, measured)
        if value is not None:
            found.append(SingleColumn(column.name, value))
    return tuple(sorted(found, key=lambda one: -one.score))


def skill(preparation: Preparation, predictions: Floats, rows: NDArray[np.intp]) -> float | None:
    """The AUC, or the variance explained, of answers about training rows; None where the rows cannot tell."""
    metric = "roc_auc" if preparation.task.is_classification else "r2"
    try:
        return score(metric, preparation.train.y[rows], predictions[rows])
    except ValueError:
        return None


def _answers(preparation: Preparation, column: Column, random: np.random.Generator) -> Floats:
    y, values, k = preparation.train.y, preparation.train.x[column.name], len(preparation.classes)
    predictions = empty_predictions(preparation)
    kind = DecisionTreeClassifier if k else DecisionTreeRegressor
    for fold, judged in enumerate(preparation.folds):
        learned = np.setdiff1d(preparation.learnable(fold), judged)
        if len(learned) > MAX_ROWS:
            learned = np.sort(random.choice(learned, MAX_ROWS, replace=False))
        inputs = _encoded(column, values, y, learned, k)
        leaf = max(_LEAST_LEAF, len(learned) // 100)
        tree = kind(max_depth=_DEPTH, min_samples_leaf=leaf, random_state=preparation.seed)
        tree.fit(inputs.iloc[learned], y[learned])
        predictions[judged] = predict(tree, inputs.iloc[judged], k)
    return predictions


def _encoded(
    column: Column, values: "pd.Series[Any]", y: NDArray[Any], learned: NDArray[np.intp], n_classes: int
) -> pd.DataFrame:
    """Numbers as they are; categories by the outcome in the rows learned from, so that unseen ones say nothing."""
    if column.kind != "category":
        return pd.DataFrame({"value": values.clip(-_LARGEST, _LARGEST).to_numpy(dtype=np.float64)})
    own, outcomes = values.iloc[learned], y[learned]
    targets = [(outcomes == label).astype(float) for label in range(1, n_classes)] if n_classes else [outcomes]
    columns: dict[str, Any] = {}
    for place, target in enumerate(targets):
        frame = pd.DataFrame({"value": own.to_numpy(), "target": target})
        sums = frame.groupby("value")["target"].agg(["sum", "count"])
        means = (sums["sum"] + float(np.mean(target))) / (sums["count"] + 1)
        columns[str(place)] = values.map(means).astype("float64").to_numpy()
    return pd.DataFrame(columns)
