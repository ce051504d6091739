"""How predictions change along a column: accumulated local effects, partial dependence beside, categories one by one.

Partial dependence sets a column to a value in every row, also where that value never occurs together with the others.
Accumulated local effects only ever move a row to the two ends of the interval it lies in, and add these small changes
up: columns that go together do not take each other's credit.

References
----------
Apley & Zhu (2020), Visualizing the effects of predictor variables in black box supervised learning models, JRSS B 82.
Goldstein et al. (2015), Peeking inside the black box, J. Comput. Graph. Statist. 24 (individual lines).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.inspection import partial_dependence
from sklearn.pipeline import Pipeline

from services.automl.columns import Column
from services.automl.preparation import Preparation
from services.automl.task import Task
from services.models.drivers import MISSING
from services.models.explanation import shown_class
from services.stories.answering import Ask, Floats
from services.stories.report import CategoryEffect, CategoryShape, NumberShape, ShapePoint, Stretch

N_BINS, N_RESAMPLES = 20, 200
LOWEST, HIGHEST = 0.01, 0.99  # nothing is said beyond these quantiles
FEWEST_ROWS = 30
MAX_CATEGORIES, MAX_LINES, MAX_DEPENDENCE_ROWS, MAX_CATEGORY_ROWS = 12, 20, 300, 500
_BAND = (2.5, 97.5)
_MAX_TEXT = 60


@dataclass(frozen=True, eq=False)
class Accumulated:
    """Accumulated effects at the ends of the intervals (k + 1,), and of resamples of the rows (b, k + 1)."""

    edges: Floats
    effects: Floats
    resampled: Floats
    n: int


def accumulate(
    ask: Ask,
    rows: pd.DataFrame,
    column: str,
    *,
    n_bins: int = N_BINS,
    quantiles: tuple[float, float] = (LOWEST, HIGHEST),
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> Accumulated | None:
    """Accumulated local effects of a number, with mean 0 over the rows; None where fewer than two values are known.

    Parameters
    ----------
    rows
        Typed rows (n); those without a value of the column, or beyond the quantiles, are left out.
    """
    values = rows[column].to_numpy(dtype=np.float64)
    known = np.isfinite(values)
    if not known.any():
        return None
    low, high = np.quantile(values[known], quantiles, method="inverted_cdf")
    inside = known & (values >= low) & (values <= high)
    x, kept = values[inside], rows[inside]
    edges = np.unique(np.quantile(x, np.linspace(0, 1, n_bins + 1), method="inverted_cdf"))
    if len(edges) < 2:
        return None
    bins = np.maximum(np.searchsorted(edges, x, side="left") - 1, 0)
    changes = ask(kept.assign(**{column: edges[bins + 1]})) - ask(kept.assign(**{column: edges[bins]}))
    member = (bins[:, None] == np.arange(len(edges) - 1)).astype(np.float64)
    whole = _accumulated(np.ones((1, len(x))), member, changes)
    weights = np.random.default_rng(seed).multinomial(len(x), np.full(len(x), 1 / len(x)), size=n_resamples)
    return Accumulated(edges, whole[0], _accumulated(weights.astype(np.float64), member, changes), len(x))


def shape_of_number(
    ask: Ask, pipeline: Pipeline, preparation: Preparation, rows: pd.DataFrame, column: Column
) -> NumberShape:
    """Accumulated effects with their band, and partial dependence with single lines beside."""
    known = rows[rows[column.name].notna()]
    found = accumulate(ask, rows, column.name, seed=preparation.seed) if len(known) >= FEWEST_ROWS else None
    if found is None or found.n < FEWEST_ROWS:
        return NumberShape(column.name, column.kind, len(known), (), None, (), (), 0)
    lows, highs = np.percentile(found.resampled, _BAND, axis=0)
    asked = known.iloc[:MAX_DEPENDENCE_ROWS]
    average, lines = dependence(pipeline, preparation, asked, column.name, found.edges)
    spread = np.linspace(0, len(lines) - 1, min(MAX_LINES, len(lines))).round().astype(int)
    chosen = lines[np.argsort(lines.mean(axis=1), kind="stable")[spread]]
    return NumberShape(
        column=column.name,
        kind=column.kind,
        n=found.n,
        points=tuple(
            ShapePoint(float(value), float(effect), float(low), float(high))
            for value, effect, low, high in zip(found.edges, found.effects, lows, highs, strict=True)
        ),
        largest=_largest(found),
        dependence=tuple((float(value), float(mean)) for value, mean in zip(found.edges, average, strict=True)),
        lines=tuple(tuple(float(value) for value in line) for line in chosen),
        n_dependence=len(asked),
    )


def dependence(
    pipeline: Pipeline, preparation: Preparation, rows: pd.DataFrame, column: str, grid: Floats
) -> tuple[Floats, Floats]:
    """Partial dependence on a number at the grid (g,), and the line of each row (n, g), by scikit-learn."""
    is_number = preparation.task is Task.REGRESSION
    found = partial_dependence(
        pipeline,
        rows,
        [column],
        custom_values={column: grid},
        kind="both",
        method="brute",
        response_method="auto" if is_number else "predict_proba",
    )
    place = 0
    if preparation.task is Task.MULTICLASS:
        place = int(np.flatnonzero(pipeline.classes_ == shown_class(preparation))[0])
    unit = 1.0 if is_number else 100.0
    return unit * np.asarray(found["average"][place]), unit * np.asarray(found["individual"][place])


def shape_of_category(ask: Ask, train: pd.DataFrame, rows: pd.DataFrame, column: Column, seed: int) -> CategoryShape:
    """What setting each row to a category does beside all categories as frequent as they are; `train` counts them."""
    words = train[column.name]
    counts = words.fillna(MISSING).astype("str").value_counts()
    shown = counts.index[:MAX_CATEGORIES]
    asked = rows.iloc[:MAX_CATEGORY_ROWS]
    told = [value for value in shown if counts[value] >= FEWEST_ROWS]
    if len(told) < 2 or len(asked) < FEWEST_ROWS:
        return CategoryShape(column.name, len(asked), tuple(_unsaid(value, counts[value]) for value in shown))
    answers = np.column_stack([ask(asked.assign(**{column.name: _set(words, value, len(asked))})) for value in told])
    shares = counts[told].to_numpy(np.float64) / counts[told].sum()
    effects = answers - (answers @ shares)[:, None]
    weights = np.random.default_rng(seed).multinomial(len(asked), np.full(len(asked), 1 / len(asked)), N_RESAMPLES)
    lows, highs = np.percentile(weights @ effects / len(asked), _BAND, axis=0)
    found = [
        CategoryEffect(_cut(value), int(counts[value]), float(effect), float(low), float(high))
        for value, effect, low, high in zip(told, effects.mean(axis=0), lows, highs, strict=True)
    ]
    found.sort(key=lambda one: -(one.effect or 0.0))
    rare = [_unsaid(value, counts[value]) for value in shown if value not in told]
    return CategoryShape(column.name, len(asked), (*found, *rare))


def _accumulated(weights: Floats, member: Floats, changes: Floats) -> Floats:
    """Effects (b, k + 1) where the rows (n,) have each of these weights (b, n)."""
    counts = weights @ member
    plain = member.T @ changes / member.sum(axis=0)
    means = np.where(counts > 0, weights @ (member * changes[:, None]) / np.maximum(counts, 1.0), plain)
    sums = np.hstack([np.zeros((len(weights), 1)), np.cumsum(means, axis=1)])
    middles = (sums[:, 1:] + sums[:, :-1]) / 2
    found: Floats = sums - ((middles * counts).sum(axis=1) / counts.sum(axis=1))[:, None]
    return found


def _largest(found: Accumulated) -> Stretch | None:
    lowest, highest = int(found.effects.argmin()), int(found.effects.argmax())
    if lowest == highest:
        return None
    start, end = sorted((lowest, highest))
    low, high = np.percentile(found.resampled[:, end] - found.resampled[:, start], _BAND)
    change = float(found.effects[end] - found.effects[start])
    return Stretch(float(found.edges[start]), float(found.edges[end]), change, float(low), float(high))


def _set(words: "pd.Series[Any]", value: str, n: int) -> Any:
    is_missing = value == MISSING and not (words == MISSING).any()
    return pd.Series([None if is_missing else value] * n, dtype=words.dtype).to_numpy()


def _unsaid(value: str, n: int) -> CategoryEffect:
    return CategoryEffect(_cut(value), int(n), None, None, None)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"
