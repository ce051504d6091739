"""Whether what people assert holds for what a model says of rows it has not learned from."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.intervals import wilson
from services.automl.preparation import Preparation
from services.automl.task import Task
from services.automl.values_in_words import number_in_words, share_in_words
from services.errors import InvalidInputError
from services.examinations.assertions import (
    Asked,
    Assertion,
    checked_assertion,
    named_columns,
    rows_meant,
    typed_columns,
)
from services.examinations.fold_copies import FoldCopies
from services.examinations.report import FAILS, HOLDS, NOT_POSSIBLE, UNCLEAR, AssertionResult

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
LEAST_ROWS = 30
MOST_MOVED = 1_000
N_STEPS = 9
_TOLERANCE = 1e-3  # of a probability, or of the spread of the answers


def check_assertions(
    assertions: Mapping[str, Assertion],
    asked: Asked,
    table: pd.DataFrame,
    preparation: Preparation,
    copies: FoldCopies,
    threshold: float | None,
) -> tuple[AssertionResult, ...]:
    """The result for each assertion, by its id.

    Parameters
    ----------
    table
        The version of the data that the model was found on, with all its columns.
    threshold
        The score from which on one acts; None unless the question is yes or no.
    """
    found = []
    for key, assertion in assertions.items():
        try:
            found.append(_checked(key, assertion, asked, table, preparation, copies, threshold))
        except InvalidInputError as error:
            is_direction = assertion.kind == "direction"
            found.append(AssertionResult(key, NOT_POSSIBLE, 0, None, None, None, error.sentence, is_direction))
    return tuple(found)


def _checked(
    key: str,
    assertion: Assertion,
    asked: Asked,
    table: pd.DataFrame,
    preparation: Preparation,
    copies: FoldCopies,
    threshold: float | None,
) -> AssertionResult:
    assertion = checked_assertion(assertion, asked)
    judged = preparation.judged
    kinds = {name: asked.kinds[name] for name in named_columns(assertion, asked.kinds)}
    places = preparation.train.positions[judged]
    frame = typed_columns(table[list(kinds)].iloc[places], kinds) if kinds else pd.DataFrame(index=range(len(places)))
    rows = judged[rows_meant(assertion, frame).to_numpy()]
    if assertion.kind == "direction":
        return _direction(key, assertion, preparation, copies, rows)
    if len(rows) < LEAST_ROWS:
        return _too_few(key, len(rows), is_direction=False)
    hits = _as_expected(assertion, preparation, copies.predictions[rows], threshold)
    return _of_share(key, int(hits.sum()), len(rows), assertion.least_share)


def _of_share(key: str, n_hits: int, n: int, least: float) -> AssertionResult:
    low, high = wilson(n_hits, n)
    share = n_hits / n
    words = f"{share_in_words(share)} of {n:,} rows ({share_in_words(low)} to {share_in_words(high)})"
    wanted = share_in_words(least)
    if low >= least or (least == 1.0 and n_hits == n):
        return AssertionResult(key, HOLDS, n, share, low, high, f"It holds: {words}.")
    if high < least or least == 1.0:
        return AssertionResult(key, FAILS, n, share, low, high, f"It fails: {words}, not {wanted}.")
    sentence = f"Not enough rows to tell: {words}, and {wanted} lies in between."
    return AssertionResult(key, UNCLEAR, n, share, low, high, sentence)


def _as_expected(
    assertion: Assertion, preparation: Preparation, said: Floats, threshold: float | None
) -> NDArray[np.bool_]:
    if preparation.task is Task.REGRESSION:
        amount = float(assertion.amount or 0.0)
        return np.asarray(said >= amount if assertion.bound == "at_least" else said <= amount, dtype=np.bool_)
    place = preparation.classes.index(assertion.outcome)
    if threshold is not None:
        return np.asarray((said[:, 1] >= threshold) == (place == 1), dtype=np.bool_)
    return np.asarray(said.argmax(axis=1) == place, dtype=np.bool_)


def _direction(
    key: str, assertion: Assertion, preparation: Preparation, copies: FoldCopies, rows: Indices
) -> AssertionResult:
    """Move the column upwards in small steps, all else as it is: how many rows ever answer the wrong way?"""
    values = preparation.train.x[assertion.column]
    rows = rows[values.iloc[rows].notna().to_numpy()]
    if len(rows) > MOST_MOVED:
        rows = np.sort(np.random.default_rng(preparation.seed).choice(rows, MOST_MOVED, replace=False))
    steps = np.unique(values.iloc[preparation.judged].dropna().quantile(np.linspace(0.02, 0.98, N_STEPS)).to_numpy())
    if len(rows) < LEAST_ROWS or len(steps) < 2:
        return _too_few(key, len(rows), is_direction=True)
    answers = np.column_stack([_answers(copies, preparation, assertion, rows, float(step)) for step in steps])
    wrong = np.diff(answers, axis=1) * (1.0 if assertion.way == "raises" else -1.0)
    scale = 1.0 if preparation.task.is_classification else max(float(answers.std()), _TOLERANCE)
    is_wrong = (wrong > _TOLERANCE * scale).any(axis=1)
    n, n_wrong = len(rows), int(is_wrong.sum())
    low, high = wilson(n - n_wrong, n)
    moved = f"moved from {number_in_words(float(steps[0]))} to {number_in_words(float(steps[-1]))}"
    if not n_wrong:
        sentence = f"It holds: “{assertion.column}” was {moved} in {n:,} rows, and none answered the wrong way."
        return AssertionResult(key, HOLDS, n, 1.0, low, high, sentence, is_direction=True)
    sentence = (
        f"It fails: “{assertion.column}” was {moved} in {n:,} rows, and {n_wrong:,} of them answered the wrong way "
        f"({share_in_words(n_wrong / n)}, {share_in_words(1 - high)} to {share_in_words(1 - low)})."
    )
    return AssertionResult(key, FAILS, n, 1 - n_wrong / n, low, high, sentence, is_direction=True)


def _answers(copies: FoldCopies, preparation: Preparation, assertion: Assertion, rows: Indices, value: float) -> Floats:
    x = preparation.train.x.iloc[rows].reset_index(drop=True).assign(**{assertion.column: value})
    said = copies.answer(rows, x)
    if preparation.task is Task.REGRESSION:
        return said
    answers: Floats = said[:, preparation.classes.index(assertion.outcome)]
    return answers


def _too_few(key: str, n: int, *, is_direction: bool) -> AssertionResult:
    rows = "row is" if n == 1 else "rows are"
    sentence = f"Not enough rows: {n:,} {rows} meant, {LEAST_ROWS} are needed to say anything."
    return AssertionResult(key, UNCLEAR, n, None, None, None, sentence, is_direction)
