from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl import halves as halves_module
from services.automl.candidates import Candidate
from services.automl.errors import TrialFailedError
from services.automl.estimates import Estimate
from services.automl.halves import (
    N_FOLDS,
    answers_after_half,
    compare_halves,
    expected,
    half_rows,
    learn_from_halves,
)
from services.automl.metrics import METRICS
from services.automl.more_rows import MoreRows
from services.automl.task import Task
from tests.makers_automl import CANDIDATES, prepared, trained

CURVE = MoreRows(n_half=500, n_whole=1_000, n_judged=400, half=20.0, whole=10.0, exponent=1.0, deviation=0.0)
ESTIMATE = Estimate(10.0, 0.0, 10.0, 9.0, 11.0, "out of fold", 1_000)


@pytest.mark.parametrize("task", list(Task))
def test_half_of_the_rows_are_half_of_each_class_and_none_that_is_judged(task: Task) -> None:
    preparation = prepared(task)
    for fold, judged in enumerate(preparation.folds):
        rows, learnable = half_rows(preparation, fold), preparation.learnable(fold)
        assert abs(2 * len(rows) - len(learnable)) <= 1
        assert not set(rows) & set(judged)
        if task.is_classification:
            counts, all_ = (np.bincount(preparation.train.y[found]) for found in (rows, learnable))
            assert (abs(2 * counts - all_) <= 1).all()


def test_an_error_that_halves_with_twice_the_rows_is_carried_on_so() -> None:
    """RMSE 10 after 1,000 rows and 20 after 500: 5 after 2,000, and an interval half as wide."""
    found = expected(ESTIMATE, CURVE, METRICS["rmse"], n_before=1_000, n_rows=2_000)
    assert (found.value, found.low, found.high) == pytest.approx((5.0, 4.5, 5.5))
    assert "1,000 to 2,000 rows" in found.method


def test_of_a_score_that_rises_what_is_missing_of_1_shrinks() -> None:
    estimate = replace(ESTIMATE, value=0.8, low=0.75, high=0.85)
    found = expected(estimate, CURVE, METRICS["roc_auc"], n_before=1_000, n_rows=2_000)
    assert (found.value, found.low, found.high) == pytest.approx((0.9, 0.875, 0.925))


@given(
    exponent=st.floats(0, 1), deviation=st.floats(0, 0.5), n_rows=st.integers(1_000, 4_000), value=st.floats(0.01, 100)
)
def test_an_expectation_is_within_its_interval_and_never_worse(
    exponent: float, deviation: float, n_rows: int, value: float
) -> None:
    estimate = replace(ESTIMATE, value=value, low=0.9 * value, high=1.1 * value)
    more = replace(CURVE, exponent=exponent, deviation=deviation)
    found = expected(estimate, more, METRICS["rmse"], n_before=1_000, n_rows=n_rows)
    assert found.low is not None and found.high is not None
    assert found.low <= found.value <= min(found.high, value)
    sure = expected(estimate, replace(more, deviation=0.0), METRICS["rmse"], n_before=1_000, n_rows=n_rows)
    assert sure.low is not None and sure.low >= found.low - 1e-9  # what is not known makes it wider


def test_without_an_interval_there_is_none() -> None:
    found = expected(replace(ESTIMATE, low=None, high=None), CURVE, METRICS["rmse"], n_before=1_000, n_rows=2_000)
    assert (found.low, found.high) == (None, None)


def test_noise_that_falls_like_a_root_is_found_again() -> None:
    """A mean of n rows errs by 1 / sqrt(n): the exponent is 1/2."""
    preparation = prepared(Task.REGRESSION)
    n, y = len(preparation.train), preparation.train.y
    random = np.random.default_rng(0)
    errors = random.normal(size=n)
    whole = y + errors
    halves = [[y[fold] + np.sqrt(2) * errors[fold]] for fold in preparation.folds[:N_FOLDS]]
    found = compare_halves(preparation, whole, halves, [1.0])
    assert found is not None
    assert found.exponent == pytest.approx(0.5)
    assert found.half == pytest.approx(np.sqrt(2) * found.whole)
    assert found.is_clear


def test_where_more_rows_do_not_help_nothing_is_promised() -> None:
    preparation = prepared(Task.REGRESSION)
    y, random = preparation.train.y, np.random.default_rng(1)
    whole = y + 1.1 * random.normal(size=len(y))
    halves = [[y[fold] + random.normal(size=len(fold))] for fold in preparation.folds[:N_FOLDS]]
    found = compare_halves(preparation, whole, halves, [1.0])
    assert found is not None
    assert found.factor(2 * found.n_whole) == pytest.approx(1.0, abs=0.1)
    assert not found.is_clear


def test_rows_of_one_class_have_no_curve() -> None:
    preparation = prepared()
    train = replace(preparation.train, y=np.zeros_like(preparation.train.y))
    whole = np.full((len(train), 2), 0.5)
    halves = [[whole[fold]] for fold in preparation.folds[:N_FOLDS]]
    assert compare_halves(replace(preparation, train=train), whole, halves, [1.0]) is None


@pytest.mark.parametrize("task", list(Task))
def test_a_team_is_compared_with_itself_after_half_of_the_rows(task: Task) -> None:
    preparation, outcome = prepared(task), trained("linear", task)
    members = [(CANDIDATES["linear"], 0.5), (CANDIDATES["linear"], 0.5)]
    found = learn_from_halves(preparation, members, outcome.predictions)
    assert found is not None
    assert found.n_half < found.n_whole < len(preparation.train)
    assert found.exponent >= 0


def test_what_cannot_learn_from_half_has_no_curve() -> None:
    broken = Candidate("linear", {**CANDIDATES["linear"].parameters, "strength": -1.0})
    preparation = prepared()
    whole = np.full((len(preparation.train), 2), 0.5)
    assert learn_from_halves(preparation, [(broken, 1.0)], whole) is None


def test_the_judged_rows_of_the_fold_are_answered() -> None:
    answers: Any = answers_after_half(prepared(), CANDIDATES["linear"], 1)
    assert answers.shape == (len(prepared().folds[1]), 2)


def test_what_cannot_answer_after_half_is_a_plain_failure() -> None:
    """25 neighbours of 19 rows: the run must not end for a figure that is only nice to have."""
    preparation = prepared()
    rows = np.sort(np.concatenate([np.flatnonzero(preparation.train.y == k)[:10] for k in (0, 1)]))
    few = replace(preparation, folds=(np.setdiff1d(np.arange(len(preparation.train)), rows),), learned=(rows,))
    many = Candidate("neighbours", {"n_neighbours": 15, "numbers": "standard"})
    with pytest.raises(TrialFailedError):
        answers_after_half(few, many, 0)
    whole = np.full((len(preparation.train), 2), 0.5)
    assert learn_from_halves(few, [(many, 1.0)], whole) is None


def test_rows_that_belong_together_have_no_curve() -> None:
    preparation = prepared()
    grouped = replace(preparation, split=replace(preparation.split, kind="group", group="customer"))
    whole = trained("linear", Task.BINARY).predictions
    halves = [[whole[fold]] for fold in preparation.folds[:N_FOLDS]]
    assert compare_halves(preparation, whole, halves, [1.0]) is not None
    assert compare_halves(grouped, whole, halves, [1.0]) is None


def test_nothing_is_expected_beyond_a_perfect_score() -> None:
    estimate = replace(ESTIMATE, value=0.99, low=0.98, high=1.0)
    found = expected(estimate, replace(CURVE, deviation=0.5), METRICS["roc_auc"], n_before=1_000, n_rows=4_000)
    assert found.high == 1.0


def test_in_time_the_rows_of_all_folds_are_what_an_estimate_is_about() -> None:
    """The curve is about the first folds, which learn from few rows; the estimate is about all of them."""
    found = expected(ESTIMATE, CURVE, METRICS["rmse"], n_before=2_000, n_rows=4_000)
    assert found.value == pytest.approx(5.0)


def test_a_curve_that_takes_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halves_module, "MOST_SECONDS", 0.0)
    whole = np.full((len(prepared().train), 2), 0.5)
    assert learn_from_halves(prepared(), [(CANDIDATES["linear"], 1.0)], whole) is None
