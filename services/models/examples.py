"""A few hold-out rows worth looking at, each explained in a sentence and in parts that add up."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.preparation import Preparation
from services.automl.task import Task
from services.models.report import Contribution, ExampleRow

Floats = NDArray[np.float64]
_MAX_TEXT = 80
_N_REASONS = 2


def pick_examples(preparation: Preparation, predictions: Floats, threshold: float | None) -> list[tuple[str, int]]:
    """Labels and hold-out positions of different rows: extremes, a close call, a mistake, a typical one.

    Parameters
    ----------
    predictions
        Of the whole hold-out (n, k) or (n,).
    threshold
        From which a yes-or-no model says yes.
    """
    ranked = _rankings(preparation, predictions, threshold)
    chosen: dict[int, str] = {}
    for label, order in ranked:
        fresh = [int(place) for place in order[: len(chosen) + 1] if int(place) not in chosen]
        if fresh:
            chosen[fresh[0]] = label
    return [(label, place) for place, label in chosen.items()]


def describe_example(
    label: str,
    preparation: Preparation,
    place: int,
    *,
    prediction: float,
    base_value: float,
    effects: Floats,
    answer: str | None,
) -> ExampleRow:
    """One hold-out row with what each column contributed (m,), strongest first.

    Parameters
    ----------
    prediction, base_value, effects
        In probability points of `answer`, or in units of the target where `answer` is None.
    """
    row = preparation.holdout.x.iloc[place]
    contributions = [
        Contribution(column.name, _shown(row[column.name], column.kind), float(effect))
        for column, effect in zip(preparation.columns, effects, strict=True)
    ]
    contributions.sort(key=lambda contribution: -abs(contribution.effect))
    return ExampleRow(
        label=label,
        row_number=int(preparation.holdout.positions[place]) + 1,
        prediction=prediction,
        base_value=base_value,
        contributions=tuple(contributions),
        sentence=_sentence(preparation.target, prediction, base_value, contributions, answer),
    )


def _rankings(
    preparation: Preparation, predictions: Floats, threshold: float | None
) -> list[tuple[str, NDArray[np.intp]]]:
    y = preparation.holdout.y
    if preparation.task is Task.MULTICLASS:
        return _class_rankings(y, predictions)
    scores = predictions if preparation.task is Task.REGRESSION else predictions[:, 1]
    rankings = [("The highest prediction", np.argsort(-scores, kind="stable"))]
    rankings.append(("The lowest prediction", np.argsort(scores, kind="stable")))
    if threshold is None:
        rankings.append(("The largest error", np.argsort(-np.abs(scores - y), kind="stable")))
    else:
        rankings.append(("A close call", np.argsort(np.abs(scores - threshold), kind="stable")))
        mistakes = _mistakes((scores >= threshold) != (y == 1), np.abs(scores - threshold))
        rankings.append(("One the model got wrong", mistakes))
    rankings.append(("A typical case", np.argsort(np.abs(scores - np.median(scores)), kind="stable")))
    return rankings


def _class_rankings(y: NDArray[Any], predictions: Floats) -> list[tuple[str, NDArray[np.intp]]]:
    top = np.sort(predictions, axis=1)
    certainty, lead = top[:, -1], top[:, -1] - top[:, -2]
    return [
        ("The most certain prediction", np.argsort(-certainty, kind="stable")),
        ("The least certain prediction", np.argsort(certainty, kind="stable")),
        ("A close call", np.argsort(lead, kind="stable")),
        ("One the model got wrong", _mistakes(predictions.argmax(axis=1) != y, certainty)),
        ("A typical case", np.argsort(np.abs(certainty - np.median(certainty)), kind="stable")),
    ]


def _mistakes(is_wrong: NDArray[np.bool_], severity: Floats) -> NDArray[np.intp]:
    order = np.argsort(-severity, kind="stable")
    return order[is_wrong[order]]


def _shown(value: Any, kind: str) -> str | float | None:
    if pd.isna(value):
        return None
    if kind == "date":
        return str((pd.Timestamp(0) + pd.Timedelta(days=float(value))).date())
    if kind == "number":
        return float(value)
    text = str(value)
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _sentence(
    target: str, prediction: float, base_value: float, contributions: list[Contribution], answer: str | None
) -> str:
    subject = f"“{target}”" if answer is None else f"a probability of {answer}"
    given, usual = (_in_words(value, answer) for value in (prediction, base_value))
    reasons = " and ".join(
        f"“{part.column}” ({'+' if part.effect >= 0 else '−'}{_size(part.effect)})"
        for part in contributions[:_N_REASONS]
        if part.effect
    )
    told = f"most comes from {reasons}" if reasons else "no column moves it away from that"
    return f"The model gives {subject} of {given} where {usual} is typical; {told}."


def _in_words(value: float, answer: str | None) -> str:
    sign = "−" if value < 0 else ""
    return sign + _size(value) if answer is None else f"{value:.0f}%"


def _size(value: float) -> str:
    size = abs(value)
    return f"{size:,.0f}" if size >= 9.95 else f"{size:.1f}"
