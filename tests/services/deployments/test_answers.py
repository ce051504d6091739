"""Answers: from scores to a class, its probabilities and a decision."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deployments.answers import to_answers
from services.deployments.errors import ModelDamagedError
from services.models.signature import Signature
from tests.makers_models import make_signature

REGRESSION = Signature((), "regression", (), None, "price")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0, 1))
def test_a_decision_is_yes_exactly_from_the_threshold_on(scores: list[float], threshold: float) -> None:
    probabilities = np.array([[1 - score, score] for score in scores])
    answers = to_answers(make_signature(), probabilities, threshold)
    assert answers.decisions == tuple(score >= threshold for score in scores)
    assert answers.probabilities["Yes"] == tuple(scores)


def test_the_prediction_is_the_likeliest_class_whatever_the_threshold() -> None:
    answers = to_answers(make_signature(), np.array([[0.6, 0.4], [0.2, 0.8]]), 0.3)
    assert answers.predictions == ("No", "Yes")
    assert answers.decisions == (True, True)
    assert [name for name, _ in answers.columns()] == ["prediction", "probability_No", "probability_Yes", "decision"]


def test_a_number_has_neither_probability_nor_decision() -> None:
    answers = to_answers(REGRESSION, np.array([1.5, -2.0]), None)
    assert [name for name, _ in answers.columns()] == ["prediction"]
    assert answers.predictions == (1.5, -2.0)


def test_without_a_threshold_nothing_is_decided() -> None:
    assert to_answers(make_signature(), np.array([[0.6, 0.4]]), None).decisions is None


@pytest.mark.parametrize("scores", [np.array([[0.1, np.nan]]), np.array([[0.1, 0.2, 0.7]]), np.array([0.4])])
def test_scores_that_cannot_be_meant_are_refused(scores: np.ndarray) -> None:
    with pytest.raises(ModelDamagedError):
        to_answers(make_signature(), scores, 0.5)
