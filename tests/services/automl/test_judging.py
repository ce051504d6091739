import numpy as np
import pytest

from services.automl.judging import empty_predictions, fold_scores_of, found_sharpness, guess, yearly_value_of
from services.automl.scoring import score
from services.automl.task import Task
from tests.makers_automl import prepared, trained


def test_a_guess_is_how_frequent_each_class_is_or_the_mean() -> None:
    binary, numbers = prepared(), prepared(Task.REGRESSION)
    assert guess(binary, 3)[0, 1] == pytest.approx(binary.train.y.mean())
    assert score("roc_auc", binary.train.y, guess(binary, len(binary.train))) == 0.5
    assert (guess(numbers, 3) == numbers.train.y.mean()).all()


def test_before_anything_is_said_nothing_is_known() -> None:
    assert np.isnan(empty_predictions(prepared(Task.MULTICLASS))).all()
    assert empty_predictions(prepared(Task.MULTICLASS)).shape == (len(prepared(Task.MULTICLASS).train), 3)


def test_folds_are_scored_by_themselves() -> None:
    preparation, outcome = prepared(), trained("linear")
    assert fold_scores_of(preparation, outcome.predictions) == outcome.fold_scores


def test_two_classes_are_not_sharpened_and_without_payoffs_there_is_no_money() -> None:
    preparation, outcome = prepared(), trained("linear")
    assert found_sharpness(preparation, outcome.predictions) is None
    assert yearly_value_of(preparation, outcome.predictions) is None
