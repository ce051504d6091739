"""One column as a driver of predictions: its direction, a sentence, and the points of a small chart."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from services.automl.columns import Column
from services.models.report import Driver

Floats = NDArray[np.float64]
Points = tuple[tuple[str | float, float], ...]

MISSING = "missing"
_ORDERED = ("number", "date")
_MAX_POINTS = 12
_CLEAR_TREND = 0.5
_NEGLIGIBLE = 1e-9


def describe_driver(
    column: Column, values: "pd.Series[Any]", effects: Floats, importance: float, subject: str
) -> Driver:
    """What a column does to predictions.

    Parameters
    ----------
    values, effects
        The column and its effect on each explained row (n,).
    subject
        What is predicted, as the sentence names it.
    """
    direction, points = direction_of(column, values, effects), points_of(column, values, effects)
    return Driver(
        column=column.name,
        kind=column.kind,
        importance=importance,
        direction=direction,
        sentence=_sentence(column, direction, points, importance, subject),
        points=points,
    )


def direction_of(column: Column, values: "pd.Series[Any]", effects: Floats) -> str:
    """What more of the column does: "up", "down", "mixed" or "by category"."""
    if column.kind in _ORDERED:
        return _trend(values, effects)
    return "by category" if column.kind == "category" else "mixed"


def points_of(column: Column, values: "pd.Series[Any]", effects: Floats) -> Points:
    """Mean effects along the column, or of its categories; none of free text."""
    if column.kind in _ORDERED:
        return _shape(values, effects)
    return _means(values, effects) if column.kind == "category" else ()


def _trend(values: "pd.Series[Any]", effects: Floats) -> str:
    known = values.notna().to_numpy()
    x, effect = values.to_numpy(dtype=np.float64)[known], effects[known]
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(effect) < _NEGLIGIBLE:
        return "mixed"
    correlation = float(stats.spearmanr(x, effect).statistic)
    if abs(correlation) < _CLEAR_TREND:
        return "mixed"
    return "up" if correlation > 0 else "down"


def _shape(values: "pd.Series[Any]", effects: Floats) -> Points:
    """Mean effect at up to twelve places along a number, each with about as many rows."""
    known = values.notna().to_numpy()
    x, effect = values.to_numpy(dtype=np.float64)[known], effects[known]
    if not len(x):
        return ()
    distinct = np.unique(x)
    edges = np.unique(np.quantile(x, np.linspace(0, 1, _MAX_POINTS + 1)[1:-1], method="nearest"))
    place = np.searchsorted(distinct, x) if len(distinct) <= _MAX_POINTS else np.searchsorted(edges, x)
    return tuple((float(np.median(x[place == part])), float(effect[place == part].mean())) for part in np.unique(place))


def _means(values: "pd.Series[Any]", effects: Floats) -> Points:
    """Mean effect of each of the most frequent categories, largest first."""
    table = pd.DataFrame({"value": values.fillna(MISSING).to_numpy(), "effect": effects})
    frequent = table["value"].value_counts().index[:_MAX_POINTS]
    means = table[table["value"].isin(frequent)].groupby("value")["effect"].mean().sort_values(ascending=False)
    return tuple((str(value), float(effect)) for value, effect in means.items())


def _sentence(column: Column, direction: str, points: Points, importance: float, subject: str) -> str:
    name = f"“{column.name}”"
    unit = " points" if subject.startswith("the probability") else ""
    if importance < _NEGLIGIBLE:
        return f"{name} does not move {subject}."
    if direction in ("up", "down") and points:
        return _trend_sentence(name, direction, points, subject, unit)
    if direction == "by category" and len(points) > 1:
        (high, rise), (low, fall) = points[0], points[-1]
        return (
            f"{name} moves {subject} most from {high} ({_figure(rise, sign=True)}{unit} on average) "
            f"to {low} ({_figure(fall, sign=True)}{unit})."
        )
    return f"{name} moves {subject} by {_figure(importance)}{unit} on average, up in some cases and down in others."


def _trend_sentence(name: str, direction: str, points: Points, subject: str, unit: str) -> str:
    raising, lowering = ("High", "low") if direction == "up" else ("Low", "high")
    effects = [effect for _value, effect in points]
    return (
        f"{raising} {name} raises {subject}, by up to {_figure(max(0.0, max(effects)))}{unit}; "
        f"{lowering} values lower it by up to {_figure(max(0.0, -min(effects)))}."
    )


def _figure(effect: float, *, sign: bool = False) -> str:
    size = abs(effect)
    text = f"{size:,.0f}" if size >= 9.95 else f"{size:.1f}" if size >= 0.095 else f"{size:.2g}"
    return f"{'−' if effect < 0 else '+'}{text}" if sign else text


def spell_effect(effect: float) -> str:
    """An effect with its sign, as sentences write it: +3.2, −12."""
    return _figure(effect, sign=True)
