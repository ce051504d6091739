"""Shapley values by original column: how much each column's value moved one prediction.

The library shap plays the game: a model is asked what it would say if some columns had the values of a typical row
instead, for each row of a background. What is exchanged is a whole column of the table, never one of the features that
were made of it. With few columns every combination is asked and the values are exact. Otherwise columns are exchanged
one after the other, in a random order and in its reverse: the steps sum to the prediction by construction, and are
exact for models in which no more than two columns interact. `paths` plays the same game faster where a model lets it.

References
----------
Lundberg & Lee (2017), A unified approach to interpreting model predictions.
Štrumbelj & Kononenko (2014), Knowledge and Information Systems 41:647.
Mitchell et al. (2022), Sampling permutations for Shapley value estimation, JMLR 23:43 (antithetic orders).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shap
from numpy.typing import NDArray
from scipy import sparse, special
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder

from services.automl.features import split_mark
from services.models.members import Member, members_of

Floats = NDArray[np.float64]
Link = Callable[[Floats], Floats]
Positions = NDArray[np.intp]

MAX_EXACT_COLUMNS = 6  # 64 combinations, where one order and its reverse take 13
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
    answer_sums
        Where the features are the parts of a sum, as many for each column in its turn: from the sums (n, k) to
        predictions.
    """

    encode: Callable[[pd.DataFrame], Floats]
    answer: Callable[[Floats], Floats]
    source: NDArray[np.intp]
    answer_sums: Link | None = None


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
        Random orders per row, each also walked in reverse, where there are too many columns to ask every combination.
    """
    n_columns = rows.shape[1]
    features = np.vstack([model.encode(background), model.encode(rows)])
    positions = positions_of(features, model.source, n_columns)
    references, explained = positions[: len(background)], positions[len(background) :]
    masker = shap.maskers.Independent(references, max_samples=len(references))
    with _random_state_kept():
        explainer = _explainer(_game(model, features), masker, n_columns, seed)
        n_sets = _n_sets(n_columns, n_orders)
        # row by row: for rows after the first of a call, shap also asks for main effects
        found = [explainer(row[None, :], max_evals=n_sets, silent=True) for row in explained]
    effects = np.stack([np.reshape(one.values, (n_columns, -1)) for one in found])
    return Attributions(effects, np.reshape(found[0].base_values, -1))


def is_exact(n_columns: int) -> bool:
    """Whether every combination of so many columns is asked."""
    return n_columns <= MAX_EXACT_COLUMNS


def n_questions(n_columns: int, n_background: int, n_orders: int = 1) -> int:
    """How many predictions it takes to explain one row, at most: equal values are not exchanged."""
    return _n_sets(n_columns, n_orders) * n_background


def encoded(pipeline: Pipeline, columns: list[str]) -> Encoded:
    """The pipeline cut between its columns and its models; a team is asked in the spaces of all its members."""
    members = members_of(pipeline)
    parts = [encoded_member(member, columns) for member in members]
    if len(parts) == 1:
        return parts[0]
    ends = np.cumsum([len(part.source) for part in parts])
    places = [slice(end - len(part.source), end) for end, part in zip(ends, parts, strict=True)]

    def answer(matrix: Floats) -> Floats:
        answers = [
            member.weight * part.answer(matrix[:, place])
            for member, part, place in zip(members, parts, places, strict=True)
        ]
        return np.asarray(np.sum(answers, axis=0), dtype=np.float64)

    return Encoded(
        lambda frame: np.hstack([part.encode(frame) for part in parts]),
        answer,
        np.concatenate([part.source for part in parts]),
    )


def encoded_member(member: Member, columns: list[str]) -> Encoded:
    """A pipeline cut between its columns and its model.

    A linear model is asked in a smaller space, the part of its sum that each column contributes: same answers.
    """
    transformer = member.columns
    model, link = unwrapped(member.model)
    source = feature_sources(transformer, columns)
    if isinstance(model, LogisticRegression | Ridge):
        return _encoded_linear(transformer, model, link, source, len(columns))
    return Encoded(lambda frame: _dense(transformer.transform(frame)), _answers(member.model), source)


def _dense(matrix: Any) -> Floats:
    return np.asarray(matrix.toarray() if sparse.issparse(matrix) else matrix, dtype=np.float64)


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
    if isinstance(last, KBinsDiscretizer):
        return np.repeat(places, last.n_bins_)
    if isinstance(last, OneHotEncoder):  # of models from before all columns were encoded at once
        return np.repeat(places, [len(values) for values in last.categories_])
    return places[[split_mark(name)[0] for name in last.get_feature_names_out()]]


def _answers(model: Any) -> Callable[[Floats], Floats]:
    if hasattr(model, "predict_proba"):
        return lambda matrix: np.asarray(model.predict_proba(matrix), dtype=np.float64)
    return lambda matrix: np.asarray(model.predict(matrix), dtype=np.float64)[:, None]


def unwrapped(model: Any) -> tuple[Any, Link]:
    """The model inside of what changes its answers only, and that change: another scale of a target, a calibration."""
    if isinstance(model, TransformedTargetRegressor):
        back = model.transformer_.inverse_transform
        return model.regressor_, lambda answers: np.asarray(back(answers), dtype=np.float64)
    if isinstance(model, CalibratedClassifierCV) and len(model.calibrated_classifiers_) == 1:
        calibrated = model.calibrated_classifiers_[0]
        if calibrated.method == "sigmoid" and not hasattr(calibrated.estimator, "decision_function"):
            return calibrated.estimator, lambda answers: _calibrated(calibrated.calibrators, answers)
    return model, lambda answers: answers


def _calibrated(calibrators: Sequence[Any], chances: Floats) -> Floats:
    if len(calibrators) == 1:
        second = np.asarray(calibrators[0].predict(chances[:, 1]), dtype=np.float64)
        return np.column_stack([1.0 - second, second])
    found = np.column_stack([one.predict(chance) for one, chance in zip(calibrators, chances.T, strict=True)])
    return np.asarray(found / found.sum(axis=1, keepdims=True), dtype=np.float64)


def _encoded_linear(
    transformer: ColumnTransformer,
    model: LogisticRegression | Ridge,
    link: Link,
    source: NDArray[np.intp],
    n_columns: int,
) -> Encoded:
    weights = np.atleast_2d(model.coef_)  # (k, e)
    n_sums = len(weights)
    membership = sparse.csr_array((np.ones(len(source)), (np.arange(len(source)), source)), (len(source), n_columns))

    def encode(frame: pd.DataFrame) -> Floats:
        features = sparse.csr_array(transformer.transform(frame))
        sums = [(features.multiply(weight).tocsr() @ membership).toarray() for weight in weights]
        return np.stack(sums, axis=2).reshape(len(frame), n_columns * n_sums)

    def answer_sums(sums: Floats) -> Floats:
        margins = sums + model.intercept_
        if isinstance(model, Ridge):
            return link(margins)
        if n_sums == 1:
            return link(np.hstack([special.expit(-margins), special.expit(margins)]))
        return link(np.asarray(special.softmax(margins, axis=1), dtype=np.float64))

    def answer(parts: Floats) -> Floats:
        return answer_sums(parts.reshape(len(parts), n_columns, n_sums).sum(axis=1))

    return Encoded(encode, answer, np.repeat(np.arange(n_columns, dtype=np.intp), n_sums), answer_sums)


def _n_sets(n_columns: int, n_orders: int) -> int:
    """How many sets of columns are exchanged to explain one row."""
    return 2**n_columns if is_exact(n_columns) else n_orders * (2 * n_columns + 1)


def _explainer(game: Callable[[Floats], Floats], masker: Any, n_columns: int, seed: int) -> Any:
    if is_exact(n_columns):
        return shap.explainers.Exact(game, masker)
    return shap.explainers.Permutation(game, masker, seed=seed)


def positions_of(features: Floats, source: Positions, n_columns: int) -> Positions:
    """For each row and column, the first row that has the same value in it (n, m): what equals is not exchanged."""
    positions = np.empty((len(features), n_columns), dtype=np.intp)
    for column in range(n_columns):
        own = features[:, source == column]
        by_row: Any = {} if own.shape[1] == 1 else {"axis": 0}  # sorting numbers is far faster than sorting rows
        _, first, group = np.unique(own, return_index=True, return_inverse=True, equal_nan=False, **by_row)
        positions[:, column] = first[group.reshape(-1)]
    return positions


def _game(model: Encoded, features: Floats) -> Callable[[Floats], Floats]:
    """What shap asks: rows (q, m) that take their columns from these positions of `features`, to predictions (q, k)."""
    places = np.arange(len(model.source))
    size = max(1, _CELLS_AT_ONCE // max(1, len(places)))

    def answer(positions: Floats) -> Floats:
        parts = [positions[begin : begin + size, model.source] for begin in range(0, len(positions), size)]
        return np.concatenate([model.answer(features[part.astype(np.intp), places]) for part in parts])

    return answer


@contextmanager
def _random_state_kept() -> Iterator[None]:
    """Give back numpy's global random state, which shap seeds."""
    state = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(state)
