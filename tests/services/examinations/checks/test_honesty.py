"""Whether a score can be believed: each check passes, asks, or says that it cannot be asked."""

from dataclasses import replace
from typing import Any

import pytest

from services.automl.metrics import METRICS
from services.automl.task import Task
from services.examinations.checks.honesty import disagree, leak, openings, overfit, too_good, unstable
from services.examinations.report import AMBER, NOT_APPLICABLE, PASSED, RED
from services.examinations.single_columns import SingleColumn
from tests.makers_examined import make_sealed, make_subject


@pytest.mark.parametrize(
    ("train", "fold", "state"), [(0.86, 0.83, PASSED), (1.0, 0.72, AMBER), (1.0, 0.56, RED), (0.5, 0.5, NOT_APPLICABLE)]
)
def test_what_is_known_of_learned_rows_only_is_learned_by_heart(train: float, fold: float, state: str) -> None:
    assert overfit(make_subject(train_score=train, fold_score=fold)).state == state


def test_of_an_error_less_is_better() -> None:
    subject = make_subject(metric=METRICS["rmse"], train_score=1.0, fold_score=9.0, guess_score=10.0)
    found = overfit(subject)
    assert found.state == RED
    assert "89% of what it seems to know is lost" in found.sentence
    assert overfit(replace(subject, fold_score=2.0)).state == PASSED


@pytest.mark.parametrize(
    ("alone", "model", "state"),
    [
        (0.70, 0.83, PASSED),
        (0.91, 0.97, AMBER),
        (0.975451, 0.99, AMBER),  # a column that is legitimate may be as good as this: the words ask
        (0.98, 0.99, RED),
        (0.92, 0.921, RED),
        (0.75, 0.751, AMBER),
        (0.5, 0.5, PASSED),
    ],
)
def test_a_column_that_is_nearly_the_answer_is_asked_about(alone: float, model: float, state: str) -> None:
    found = leak(make_subject(singles=(SingleColumn("closed", alone),), model_skill=model))
    assert found.state == state
    assert found.tells_drivers, "Also that no column does it alone names one."
    if state != PASSED:
        assert found.advice.startswith("Is “closed” known before the outcome")


def test_of_a_number_it_is_the_variance_explained() -> None:
    subject = make_subject(task=Task.REGRESSION, singles=(SingleColumn("a", 0.985),), model_skill=0.99)
    found = leak(subject)
    assert found.state == RED
    assert "variance explained of 0.985" in found.sentence


def test_without_a_column_to_ask_there_is_no_answer() -> None:
    assert leak(make_subject(singles=())).state == NOT_APPLICABLE
    assert leak(make_subject(model_skill=None)).state == NOT_APPLICABLE


@pytest.mark.parametrize(("skill", "state"), [(0.83, PASSED), (0.99, AMBER), (None, NOT_APPLICABLE)])
def test_what_is_too_good_is_asked_about(skill: float | None, state: str) -> None:
    assert too_good(make_subject(model_skill=skill)).state == state


@pytest.mark.parametrize(
    ("scores", "state"),
    [
        (((0.80, 0.02), (0.84, 0.02), (0.82, 0.02)), PASSED),
        (((0.80, 0.005), (0.84, 0.005), (0.82, 0.005)), AMBER),
        (((0.60, 0.01), (0.84, 0.01), (0.82, 0.01)), RED),
        (((0.60, None), (0.84, None)), NOT_APPLICABLE),
        (((0.60, 0.01), (0.84, None)), NOT_APPLICABLE),
    ],
)
def test_folds_that_differ_more_than_chance_lets_them_are_said(scores: Any, state: str) -> None:
    assert unstable(make_subject(fold_scores=scores)).state == state


@pytest.mark.parametrize(
    ("sealed", "state"), [(0.83, PASSED), (0.81, PASSED), (0.79, AMBER), (0.76, RED), (0.89, AMBER)]
)
def test_rows_kept_aside_that_disagree_are_said(sealed: float, state: str) -> None:
    evaluation = replace(make_subject().evaluation, score=make_sealed(sealed), cross_validated=make_sealed(0.83))
    found = disagree(make_subject(evaluation=evaluation))
    assert found.state == state
    if state != PASSED:
        assert ("worse" if sealed < 0.83 else "better") in found.sentence


def test_without_an_interval_nothing_can_disagree() -> None:
    evaluation = make_subject().evaluation
    bare = replace(evaluation, score=replace(evaluation.score, low=None, high=None))
    assert disagree(make_subject(evaluation=bare)).state == NOT_APPLICABLE


@pytest.mark.parametrize(("n", "state"), [(0, PASSED), (1, PASSED), (2, AMBER), (10, RED)])
def test_rows_kept_aside_are_opened_once(n: int, state: str) -> None:
    found = openings(make_subject(n_openings=n))
    assert found.state == state
    if state != PASSED:
        assert f"opened {n} times" in found.sentence
