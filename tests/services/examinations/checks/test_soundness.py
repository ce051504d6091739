"""Whether a model is fit for use: probabilities, cases, time, size, twin."""

import numpy as np
import pytest

from services.automl.serving_limits import ServingCost, ServingLimits
from services.automl.task import Task
from services.examinations.checks.soundness import LEAST_CALIBRATED, calibrated, events, large, slow, twin
from services.examinations.report import AMBER, NOT_APPLICABLE, PASSED, RED
from tests.makers_examined import make_outcomes, make_subject


def test_honest_probabilities_pass_and_their_noise_is_said() -> None:
    found = calibrated(make_subject())
    assert found.state == PASSED
    assert "of perfect ones chance gives" in found.sentence


@pytest.mark.parametrize(("bold", "state", "said"), [(1.6, AMBER, "too bold"), (8.0, RED, "too bold")])
def test_bold_probabilities_are_beyond_the_noise(bold: float, state: str, said: str) -> None:
    y, predictions = make_outcomes(8_000, bold=bold)
    found = calibrated(make_subject(y=y, predictions=predictions))
    assert (found.state, said in found.sentence) == (state, True)


def test_timid_probabilities_are_told_from_bold_ones() -> None:
    y, predictions = make_outcomes(8_000, bold=0.4)
    assert "too timid" in calibrated(make_subject(y=y, predictions=predictions)).sentence


def test_probabilities_that_are_all_too_high_are_neither_bold_nor_timid() -> None:
    """Wrong beyond chance, with a slope of 1: the sign of one estimate would call them something."""
    y, predictions = make_outcomes(3_000)
    odds = np.log(predictions[:, 1] / predictions[:, 0]) + 0.8
    p = 1 / (1 + np.exp(-odds))
    found = calibrated(make_subject(y=y, predictions=np.column_stack([1 - p, p])))
    assert found.state == RED
    assert "Neither too bold nor too timid can be told: the slope of their log odds is" in found.sentence


def test_a_constant_model_that_says_the_base_rate_is_calibrated() -> None:
    y, _ = make_outcomes(2_000)
    said = np.full(len(y), y.mean())
    assert calibrated(make_subject(y=y, predictions=np.column_stack([1 - said, said]))).state == PASSED


def test_too_few_rows_or_another_question_are_not_asked() -> None:
    y, predictions = make_outcomes(LEAST_CALIBRATED - 1)
    assert calibrated(make_subject(y=y, predictions=predictions)).state == NOT_APPLICABLE
    assert calibrated(make_subject(task=Task.REGRESSION)).state == NOT_APPLICABLE
    assert calibrated(make_subject(task=Task.MULTICLASS)).state == NOT_APPLICABLE


@pytest.mark.parametrize(("n", "columns", "state"), [(60, 5, PASSED), (60, 7, AMBER), (49, 2, RED)])
def test_cases_are_counted_for_each_column(n: int, columns: int, state: str) -> None:
    y = np.array([1] * n + [0] * 900)
    found = events(make_subject(y=y, n_columns=columns))
    assert found.state == state
    assert "outcome “Yes”" in found.sentence


def test_of_a_number_rows_are_counted() -> None:
    found = events(make_subject(task=Task.REGRESSION, classes=(), y=np.arange(30.0), n_columns=2))
    assert found.state == RED
    assert found.sentence.startswith("30 rows for 2 columns")


@pytest.mark.parametrize(
    ("taken", "limit", "state"),
    [(4.0, None, PASSED), (1_500.0, None, AMBER), (4.0, 20.0, PASSED), (25.0, 20.0, RED), (None, 20.0, NOT_APPLICABLE)],
)
def test_an_answer_is_held_against_the_limit_of_the_objective(
    taken: float | None, limit: float | None, state: str
) -> None:
    subject = make_subject(cost=ServingCost(row_ms=taken), limits=ServingLimits(row_ms=limit))
    assert slow(subject).state == state


@pytest.mark.parametrize(
    ("size", "limit", "state"),
    [(2e5, None, PASSED), (2e8, None, AMBER), (2e6, 5.0, PASSED), (6e6, 5.0, RED), (None, None, NOT_APPLICABLE)],
)
def test_a_file_is_held_against_the_limit_of_the_objective(size: float | None, limit: float | None, state: str) -> None:
    subject = make_subject(cost=ServingCost(file_bytes=size), limits=ServingLimits(file_mb=limit))
    assert large(subject).state == state


def test_without_a_twin_the_reason_is_said() -> None:
    assert twin(make_subject()).state == PASSED
    found = twin(make_subject(has_twin=False, twin_reason="Text cannot be written."))
    assert found.state == AMBER
    assert found.sentence == "There is no ONNX twin. Text cannot be written."
