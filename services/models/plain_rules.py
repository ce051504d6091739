"""Do we need a model? Rules of one and two conditions and a small tree, found in the same folds, on the same rows."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from services.automl.columns import Column
from services.automl.judging import empty_predictions, guess, yearly_value_of
from services.automl.preparation import Preparation
from services.automl.priced_rows import PricedRows, priced_judged
from services.automl.row_scores import RowMeans
from services.automl.scoring import score
from services.automl.task import Task
from services.automl.todays_rule import NAME, acted_on, describe_answers
from services.automl.training import predict
from services.automl.trial_intervals import around
from services.models.need import describe_need, is_plain_enough
from services.models.report import Between, PlainAlternative, PlainComparison
from services.models.trial_facts import intervals_of

Floats = NDArray[np.float64]
MAX_ROWS = 50_000  # a rule of a few conditions is no better for more
_MAX_VALUES = 10
_BLOCK_ROWS = 50_000  # answered at once, so that a large table needs little memory
_LARGEST = 1e30  # a tree reads numbers in 32 bits, and adds them up
_LEAST_SHARE = 0.01  # of the rows, that a line of a rule must speak of
_EVEN_ODDS = 0.5
_SHAPES = {
    "rule of one condition": {"max_leaf_nodes": 2},
    "rule of two conditions": {"max_leaf_nodes": 3},
    "small tree": {"max_depth": 3},
}


@dataclass(frozen=True)
class _Question:
    """What a condition asks of a row: a number, or whether a category has a value."""

    column: Column
    value: str | None = None
    filling: float = 0.0

    def answers(self, x: pd.DataFrame) -> Floats:
        values = x[self.column.name]
        if self.value is not None:
            return np.asarray(values.eq(self.value).fillna(value=False), dtype=np.float64)
        return np.asarray(values.fillna(self.filling).clip(-_LARGEST, _LARGEST), dtype=np.float64)

    def in_words(self, limit: float, *, is_below: bool) -> str:
        name = f"“{self.column.name}”"
        if self.value is not None:
            return f"{name} is {'not ' if is_below else ''}“{self.value}”"
        if self.column.kind == "date":
            day = pd.Timestamp(0) + pd.Timedelta(days=limit)
            return f"{name} is {'until' if is_below else 'after'} {day:%-d %B %Y}"
        return f"{name} is {'at most' if is_below else 'more than'} {limit:,.4g}"


def compare_with_plain(preparation: Preparation, fold_predictions: Floats) -> PlainComparison | None:
    """What rules that fit on a note give beside a model, out of fold; None where no column can be asked about.

    Parameters
    ----------
    fold_predictions
        Of the model, out of fold (n_train, k) or (n_train,).
    """
    if not _questions(preparation, preparation.train.x):
        return None
    rules = [*_todays(preparation), *(_alternative(preparation, name, shape) for name, shape in _SHAPES.items())]
    rows, money, priced = preparation.judged, preparation.money, priced_judged(preparation)
    y = preparation.train.y[rows]
    found = PlainComparison(
        metric=preparation.metric.name,
        currency=money.currency if money is not None else None,
        n=len(rows),
        model_score=score(preparation.metric.name, y, fold_predictions[rows]),
        model_value=yearly_value_of(preparation, fold_predictions),
        guess_score=score(preparation.metric.name, y, guess(preparation, len(y))),
        everyone_value=None if priced is None else priced.everyone_yearly,
        alternatives=tuple(rules),
        model_between=_between(preparation, fold_predictions),
    )
    return replace(found, verdict=describe_need(found), is_enough=is_plain_enough(found))


def _alternative(preparation: Preparation, name: str, shape: dict[str, int]) -> PlainAlternative:
    predictions = empty_predictions(preparation)
    for fold, judged in enumerate(preparation.folds):
        learned = np.setdiff1d(preparation.learnable(fold), judged)
        questions, tree = _fit(preparation, learned, shape)
        for start in range(0, len(judged), _BLOCK_ROWS):
            block = judged[start : start + _BLOCK_ROWS]
            matrix = _matrix(questions, preparation.train.x.iloc[block])
            predictions[block] = predict(tree, matrix, len(preparation.classes))
    rows = preparation.judged
    questions, tree = _fit(preparation, np.arange(len(preparation.train)), shape)
    return PlainAlternative(
        name=name,
        lines=tuple(_lines(preparation, questions, tree)),
        score=score(preparation.metric.name, preparation.train.y[rows], predictions[rows]),
        yearly_value=yearly_value_of(preparation, predictions),
        between=_between(preparation, predictions),
    )


def _todays(preparation: Preparation) -> Iterator[PlainAlternative]:
    """The rule that decides today: it is acted on where it says so, up to capacity, whatever would pay better."""
    answers = preparation.todays_answers
    if answers is None:
        return
    predictions, rows = answers_as_predictions(preparation, answers), preparation.judged
    y = preparation.train.y[rows]
    between, value, judged = _between(preparation, predictions), None, priced_judged(preparation)
    if judged is not None and preparation.task is Task.BINARY:
        priced = rule_money(judged, acted_on(answers[rows]), judged.goal.capacity_rate)
        value, (low, high) = priced.value, around(priced.value, priced.influences)
        between = replace(between, value_low=low, value_high=high)
    yield PlainAlternative(
        name=NAME,
        lines=(describe_answers(preparation.classes, answers),),
        score=score(preparation.metric.name, y, predictions[rows]),
        yearly_value=value,
        between=between,
    )


def answers_as_predictions(preparation: Preparation, answers: Floats) -> Floats:
    """Of a number the answer, where there is none the mean; of two classes how often each followed on the answer."""
    predictions, y, acts = empty_predictions(preparation), preparation.train.y, acted_on(answers).astype(int)
    for fold, judged in enumerate(preparation.folds):
        learned = np.setdiff1d(preparation.learnable(fold), judged)
        if preparation.task is Task.REGRESSION:
            predictions[judged] = np.where(np.isnan(answers[judged]), y[learned].mean(), answers[judged])
            continue
        n_positive = np.bincount(acts[learned], weights=y[learned] == 1, minlength=2) + y[learned].mean()
        rates = n_positive / (np.bincount(acts[learned], minlength=2) + 1)
        positive = rates[acts[judged]]
        predictions[judged] = np.column_stack([1 - positive, positive])
    return predictions


def rule_money(rows: PricedRows, acts: NDArray[np.bool_], limit: float | None) -> RowMeans:
    """Money a year of acting where the rule says so (n,), and by chance where that is beyond the share `limit`."""
    weights, scale = rows.weights, rows.goal.yearly_cases
    if limit is None or float(np.average(acts, weights=weights)) <= limit:
        return rows.means(acts.astype(np.float64), _EVEN_ODDS)
    return RowMeans(
        np.column_stack([weights * acts * rows.worth, weights * acts]),
        lambda means: scale * limit * means[..., 0] / means[..., 1],
        lambda means: scale * limit * np.array([1.0 / means[1], -means[0] / means[1] ** 2]),
    )


def _between(preparation: Preparation, predictions: Floats) -> Between:
    return Between(**asdict(intervals_of(preparation, predictions)))


def _fit(preparation: Preparation, rows: NDArray[np.intp], shape: dict[str, int]) -> tuple[list[_Question], Any]:
    if len(rows) > MAX_ROWS:
        rows = np.sort(np.random.default_rng(preparation.seed).choice(rows, MAX_ROWS, replace=False))
    x, y = preparation.train.x.iloc[rows], preparation.train.y[rows]
    questions = _questions(preparation, x)
    kind = DecisionTreeClassifier if preparation.task.is_classification else DecisionTreeRegressor
    tree = kind(**shape, min_samples_leaf=max(5, int(_LEAST_SHARE * len(rows))), random_state=preparation.seed)
    return questions, tree.fit(_matrix(questions, x), y)


def _questions(preparation: Preparation, x: pd.DataFrame) -> list[_Question]:
    """Numbers and dates, and the most frequent values of categories; free text cannot be asked in a line."""
    found = []
    for column in preparation.columns:
        if column.kind in ("number", "date"):
            median = float(x[column.name].median())
            found.append(_Question(column, filling=0.0 if np.isnan(median) else median))
        elif column.kind == "category":
            frequent = x[column.name].value_counts().index[:_MAX_VALUES]
            found += [_Question(column, value=str(value)) for value in frequent]
    return found


def _matrix(questions: Sequence[_Question], x: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(np.column_stack([question.answers(x) for question in questions]))


def _lines(preparation: Preparation, questions: Sequence[_Question], tree: Any) -> Iterator[str]:
    """One line for each leaf, in reading order: its conditions and what it says."""
    inner = tree.tree_
    pending: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while pending:
        node, path = pending.pop()
        left, right = int(inner.children_left[node]), int(inner.children_right[node])
        if left == right:
            said = _said(preparation, inner.value[node].ravel(), int(inner.n_node_samples[node]))
            yield f"Where {' and '.join(path)}: {said}" if path else f"Everywhere: {said}"
            continue
        question, limit = questions[int(inner.feature[node])], float(inner.threshold[node])
        pending.append((right, (*path, question.in_words(limit, is_below=False))))
        pending.append((left, (*path, question.in_words(limit, is_below=True))))


def _said(preparation: Preparation, values: Floats, n_rows: int) -> str:
    if preparation.task is Task.REGRESSION:
        return f"{values[0]:,.4g} on average ({n_rows:,} rows)"
    position = 1 if preparation.task is Task.BINARY else int(values.argmax())
    return f"{values[position] / values.sum():.0%} are “{preparation.classes[position]}” ({n_rows:,} rows)"
