"""Proxies: how well the columns a model takes tell the groups of a sensitive column that it may not even take.

A small model answers, judged on rows it did not learn from; an area under the curve of 0.7 or more is a warning.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold

from services.automl.columns import Column
from services.automl.intervals import delong
from services.fairness.groups import Grouping
from services.fairness.measures import LEAST_ROWS
from services.fairness.report import Proxy

Floats = NDArray[np.float64]
WARNING = 0.7
MOST_ROWS, MOST_NAMED = 5_000, 5
N_FOLDS = 3
_MOST_CATEGORIES = 200
_LOOKED_AT = ("number", "category", "date")
_TELLS_SOMETHING = 0.6  # area of a column alone: less is not worth naming
_N_ROUNDS, _N_ROUNDS_ALONE = 60, 20


def find_proxy(grouping: Grouping, x: pd.DataFrame, columns: tuple[Column, ...], *, seed: int = 0) -> Proxy | None:
    """How well the columns tell the groups; None where there are too few rows, groups or columns to say.

    Parameters
    ----------
    x
        The inputs of the model (n rows); the sensitive column itself and free text are not looked at.
    """
    table, is_category = _table(x, columns, grouping.columns)
    rows = np.arange(len(x))
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))
    sizes = np.bincount(grouping.codes[rows], minlength=len(grouping.names))
    rows = rows[np.isin(grouping.codes[rows], np.flatnonzero(sizes >= LEAST_ROWS))]
    codes = np.unique(grouping.codes[rows], return_inverse=True)
    table, labels = table[rows], codes[1]
    if len(codes[0]) < 2 or not len(is_category):
        return None
    said = _out_of_fold(table, labels, is_category, _N_ROUNDS, seed)
    areas = [delong(labels == place, said[:, place]) for place in range(len(codes[0]))]
    best = int(np.argmax([area for area, _low, _high in areas]))
    area, low, high = areas[best]
    alone = []
    for place, column in enumerate(_used(columns, grouping.columns)):
        own = _out_of_fold(table[:, [place]], labels == best, [is_category[place]], _N_ROUNDS_ALONE, seed)
        alone.append((column.name, float(delong(labels == best, own[:, 1])[0])))
    alone.sort(key=lambda pair: (-pair[1], pair[0]))
    return Proxy(
        group=grouping.names[int(codes[0][best])],
        area=area,
        low=low,
        high=high,
        n=len(labels),
        columns=tuple(pair for pair in alone[:MOST_NAMED] if pair[1] >= _TELLS_SOMETHING),
        is_warning=area >= WARNING and low > 0.5,
    )


def _out_of_fold(table: Floats, labels: NDArray[Any], is_category: list[bool], n_rounds: int, seed: int) -> Floats:
    """Probabilities (n, k) by models that did not learn from the row."""
    said = np.zeros((len(labels), len(np.unique(labels))))
    for learned, judged in StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed).split(table, labels):
        known = np.isfinite(table[learned]).any(axis=0)  # it cannot learn from a column that is missing everywhere
        if not known.any():
            said[judged] = np.bincount(labels[learned].astype(np.intp)) / len(learned)
            continue
        model = HistGradientBoostingClassifier(
            max_iter=n_rounds,
            max_leaf_nodes=8,
            learning_rate=0.1,
            categorical_features=np.array(is_category)[known],
            random_state=seed,
        )
        model.fit(table[np.ix_(learned, known)], labels[learned])
        said[judged] = model.predict_proba(table[np.ix_(judged, known)])
    return said


def _used(columns: tuple[Column, ...], without: tuple[str, ...]) -> list[Column]:
    return [
        column for column in columns if column.kind in ("number", "category", "date") and column.name not in without
    ]


def _table(x: pd.DataFrame, columns: tuple[Column, ...], without: tuple[str, ...]) -> tuple[Floats, list[bool]]:
    """Numbers as they are, the most frequent words as codes, other words and what is missing as NaN."""
    parts, is_category = [], []
    for column in _used(columns, without):
        values = x[column.name]
        if column.kind == "category":
            frequent = values.value_counts().index[:_MOST_CATEGORIES]
            values = pd.Series(pd.Categorical(values, categories=frequent).codes, dtype="float64").replace(-1.0, np.nan)
        parts.append(values.to_numpy(dtype=np.float64))
        is_category.append(column.kind == "category")
    return (np.column_stack(parts) if parts else np.zeros((len(x), 0))), is_category
