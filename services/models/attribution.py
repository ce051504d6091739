"""Shapley values by original column: how much each column's value moved one prediction.

A model is asked what it would say if some columns had the values of a typical row instead. All columns are exchanged
one after the other, in a random order and in its reverse, against each row of a background; the steps sum to the
prediction by construction, and the averages are the interventional Shapley values, exactly so for models in which no
more than two columns interact.

References
----------
Lundberg & Lee (2017), A unified approach to interpreting model predictions.
Štrumbelj & Kononenko (2014), Knowledge and Information Systems 41:647.
Mitchell et al. (2022), Sampling permutations for Shapley value estimation, JMLR 23:43 (antithetic orders).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, special
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline

Floats = NDArray[np.float64]
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Encoded:
    """A pipeline cut in two, between the columns and the model.

    Attributes
    ----------
    encode
        Typed rows to a matrix (n, e).
    answer
        The matrix to predictions (n, k): probabilities of each class, or one number.
    source
        For each of the e encoded features, the position of its column (e,).
    """

    encode: Callable[[pd.DataFrame], Floats]
    answer: Callable[[Floats], Floats]
    source: NDArray[np.intp]


@dataclass(frozen=True)
class Attributions:
    """Effects (n, m, k) of m columns on k predictions of n rows, and the base value (k,) they are added to."""

    effects: Floats
    base: Floats


def attribute(
    model: Encoded, rows: pd.DataFrame, background: pd.DataFrame, *, n_orders: int = 1, seed: int = 0
) -> Attributions:
    """The Shapley values of each row against the background.

    Parameters
    ----------
    rows, background
        Typed frames with the same m columns.
    n_orders
        Random orders per background row; each is also walked in reverse.
    """
    x, references = model.encode(rows), model.encode(background)
    plan = _plan(rows.shape[1], len(references), n_orders, np.random.default_rng(seed))
    start = model.answer(references)
    effects = np.stack([_row_effects(model, plan, row, references, start) for row in x])
    return Attributions(effects, start.mean(axis=0))


def n_questions(n_columns: int, n_background: int, n_orders: int = 1) -> int:
    """How many predictions it takes to explain one row."""
    return 2 * max(0, n_columns - 1) * n_background * n_orders + 1


def encoded(pipeline: Pipeline, columns: list[str]) -> Encoded:
    """The pipeline cut between its steps "columns" and "model".

    A linear model is asked in a smaller space, the part of its sum that each column contributes: same answers.
    """
    transformer, model = pipeline.named_steps["columns"], pipeline.named_steps["model"]
    source = feature_sources(transformer, columns)
    if isinstance(model, LogisticRegression | Ridge):
        return _encoded_linear(transformer, model, source, len(columns))
    return Encoded(transformer.transform, _answers(model), source)


def feature_sources(transformer: ColumnTransformer, columns: list[str]) -> NDArray[np.intp]:
    """The position of the original column of each feature that a fitted transformer gives (e,)."""
    place = {name: position for position, name in enumerate(columns)}
    n_features = max(part.stop for part in transformer.output_indices_.values())
    source = np.zeros(n_features, dtype=np.intp)
    for name, fitted, used in transformer.transformers_:
        part = transformer.output_indices_[name]
        if part.stop > part.start:
            places = np.array([place[column] for column in used], dtype=np.intp)
            source[part] = _spread(fitted, places, part.stop - part.start)
    return source


def _spread(fitted: Any, places: NDArray[np.intp], width: int) -> NDArray[np.intp]:
    """Which column each of `width` neighbouring features belongs to."""
    if width == len(places):
        return places
    if len(places) == 1:
        return np.repeat(places, width)
    last = fitted[-1] if isinstance(fitted, Pipeline) else fitted
    names = last.get_feature_names_out([str(position) for position in range(len(places))])
    return places[[int(name.split("_", 1)[0]) for name in names]]


def _answers(model: Any) -> Callable[[Floats], Floats]:
    if hasattr(model, "predict_proba"):
        return lambda matrix: np.asarray(model.predict_proba(matrix), dtype=np.float64)
    return lambda matrix: np.asarray(model.predict(matrix), dtype=np.float64)[:, None]


def _encoded_linear(
    transformer: ColumnTransformer, model: LogisticRegression | Ridge, source: NDArray[np.intp], n_columns: int
) -> Encoded:
    weights = np.atleast_2d(model.coef_)  # (k, e)
    n_sums = len(weights)
    membership = sparse.csr_array((np.ones(len(source)), (np.arange(len(source)), source)), (len(source), n_columns))

    def encode(frame: pd.DataFrame) -> Floats:
        features = sparse.csr_array(transformer.transform(frame))
        sums = [(features.multiply(weight).tocsr() @ membership).toarray() for weight in weights]
        return np.stack(sums, axis=2).reshape(len(frame), n_columns * n_sums)

    def answer(parts: Floats) -> Floats:
        margins = parts.reshape(len(parts), n_columns, n_sums).sum(axis=1) + model.intercept_
        if isinstance(model, Ridge):
            return np.asarray(margins, dtype=np.float64)
        if n_sums == 1:
            return np.hstack([special.expit(-margins), special.expit(margins)])
        return np.asarray(special.softmax(margins, axis=1), dtype=np.float64)

    return Encoded(encode, answer, np.repeat(np.arange(n_columns, dtype=np.intp), n_sums))


@dataclass(frozen=True)
class _Plan:
    """The questions to ask about a row: which columns keep its values, in front of which background row.

    `orders` is (walks, m); `keeps` is (walks * (m - 1), m), walk by walk; `references` is (walks,).
    """

    orders: NDArray[np.intp]
    keeps: NDArray[np.bool_]
    references: NDArray[np.intp]


def _plan(n_columns: int, n_background: int, n_orders: int, random: np.random.Generator) -> _Plan:
    n_walks = n_background * n_orders
    forward = random.permuted(np.tile(np.arange(n_columns, dtype=np.intp), (n_walks, 1)), axis=1)
    orders = np.vstack([forward, forward[:, ::-1]])
    place = np.argsort(orders, axis=1)  # when each column is exchanged
    steps = np.arange(1, n_columns)
    keeps = (place[:, None, :] < steps[None, :, None]).reshape(-1, n_columns)
    return _Plan(orders, keeps, np.tile(np.repeat(np.arange(n_background, dtype=np.intp), n_orders), 2))


def _row_effects(model: Encoded, plan: _Plan, row: Floats, references: Floats, start: Floats) -> Floats:
    """Effects (m, k) of one row."""
    n_walks, n_columns = plan.orders.shape
    end = model.answer(row[None, :])
    inner = _ask(model, plan, row, references).reshape(n_walks, n_columns - 1, end.shape[1])
    path = np.concatenate([start[plan.references][:, None], inner, np.repeat(end[None], n_walks, axis=0)], axis=1)
    steps = np.diff(path, axis=1)  # (walks, m, k), in the order of each walk
    by_column = np.take_along_axis(steps, np.argsort(plan.orders, axis=1)[:, :, None], axis=1)
    return np.asarray(by_column.mean(axis=0), dtype=np.float64)


def _ask(model: Encoded, plan: _Plan, row: Floats, references: Floats) -> Floats:
    n_columns = plan.orders.shape[1]
    which = np.repeat(plan.references, n_columns - 1)
    size = max(1, _CELLS_AT_ONCE // max(1, len(row)))
    answers = []
    for begin in range(0, len(which), size):
        part = slice(begin, begin + size)
        answers.append(model.answer(np.where(plan.keeps[part][:, model.source], row, references[which[part]])))
    return np.concatenate(answers) if answers else np.empty(0)
