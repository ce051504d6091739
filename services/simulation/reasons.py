"""Why a case is on the list: the columns that raise its chance most, with their values.

Reason codes as in consumer credit: ranked by harm, at most four, less than a twentieth of the harm left out.

References
----------
Regulation B, 12 CFR 1002.9(b)(2): specific principal reasons; its commentary holds more than four to be unhelpful.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.columns import Column
from services.automl.preparation import Preparation
from services.automl.training import predict
from services.automl.values_in_words import day_in_words, number_in_words
from services.models.paths import attribute_pipeline

MOST_REASONS = 4
LEAST_SHARE = 0.05
_BACKGROUND, _MOST_TEXT = 16, 40


def reasons_of(
    pipeline: Pipeline, preparation: Preparation, rows: pd.DataFrame, *, without: tuple[str, ...] = ()
) -> list[tuple[str, ...]]:
    """For each row the reasons for its chance (or number), strongest first.

    Parameters
    ----------
    rows
        As the model takes them.
    without
        Columns that are not given as reasons: those of the levers, which the list names beside it.
    """
    if rows.empty:
        return []
    train = preparation.train.x
    answers = predict(pipeline, train, len(preparation.classes))
    order = np.argsort(answers if answers.ndim == 1 else answers[:, -1], kind="stable")
    places = (np.arange(_BACKGROUND) + 0.5) / _BACKGROUND * len(order)
    background = train.iloc[order[np.unique(places.astype(np.intp))]]
    found = attribute_pipeline(pipeline, rows, background, seed=preparation.seed)
    typical = {column.name: _typical(train[column.name], column) for column in preparation.columns}
    return [
        _reasons(effects[:, -1], row, preparation.columns, typical, without)
        for effects, (_, row) in zip(found.effects, rows.iterrows(), strict=True)
    ]


def _reasons(
    effects: NDArray[np.float64],
    row: "pd.Series[Any]",
    columns: tuple[Column, ...],
    typical: dict[str, str],
    without: tuple[str, ...],
) -> tuple[str, ...]:
    harm = np.maximum(effects, 0.0)
    total = float(harm.sum())
    strongest = [int(place) for place in np.argsort(-harm, kind="stable") if columns[int(place)].name not in without]
    return tuple(
        f"“{columns[place].name}” is {_shown(row[columns[place].name], columns[place])}"
        f" (typical {typical[columns[place].name]})"
        for place in strongest[:MOST_REASONS]
        if total > 0 and harm[place] >= LEAST_SHARE * total
    )


def _typical(values: "pd.Series[Any]", column: Column) -> str:
    known = values.dropna()
    if known.empty:
        return "missing"
    return _shown(known.median() if column.kind in ("number", "date") else known.mode().iloc[0], column)


def _shown(value: Any, column: Column) -> str:
    if pd.isna(value):
        return "missing"
    if column.kind == "date":
        return day_in_words(float(value))
    if column.kind == "number":
        return number_in_words(float(value))
    text = " ".join(str(value).split())
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"
