import gc
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier

from services.automl import training
from services.automl.candidates import Candidate
from services.automl.errors import TrialFailedError
from services.automl.features import View
from services.automl.fold_features import FeatureCache, FoldFeatures
from services.automl.scoring import score
from services.automl.task import Task
from services.automl.training import train_candidate
from tests.makers_automl import CANDIDATES, prepared, trained


@pytest.mark.parametrize("family", list(CANDIDATES))
@pytest.mark.parametrize("task", list(Task))
def test_every_family_learns_every_task_better_than_guessing(family: str, task: Task) -> None:
    outcome, preparation = trained(family, task), prepared(task)
    y, metric = preparation.train.y, preparation.metric
    guess = np.full(len(y), y.mean()) if task is Task.REGRESSION else np.tile(np.bincount(y) / len(y), (len(y), 1))
    assert metric.is_better(outcome.score, score(metric.name, y, guess))
    assert len(outcome.fold_scores) == 3


def test_predictions_are_probabilities_of_every_class() -> None:
    predictions = trained("extra_trees", Task.MULTICLASS).predictions
    assert predictions.shape == (len(prepared(Task.MULTICLASS).train), 3)
    assert np.allclose(predictions.sum(axis=1), 1.0)


@pytest.mark.parametrize("family", list(CANDIDATES))
def test_the_same_seed_gives_the_same_predictions(family: str) -> None:
    again = train_candidate(prepared(), CANDIDATES[family], seconds_limit=60)
    assert np.array_equal(again.predictions, trained(family).predictions)


def test_money_is_that_of_the_best_out_of_fold_threshold() -> None:
    preparation, outcome = prepared(with_money=True), trained("linear", with_money=True)
    money, y, scores = preparation.money, preparation.train.y == 1, outcome.predictions[:, 1]
    assert money is not None
    everyone = money.yearly(y, scores, 0.0)
    assert outcome.value_amount is not None
    assert outcome.value_amount >= max(0.0, everyone)
    assert all(money.yearly(y, scores, t) <= outcome.value_amount + 1e-6 for t in np.linspace(0, 1, 21))


def test_a_trial_without_payoffs_has_no_amount() -> None:
    assert trained("linear").value_amount is None


class SlowCache(FeatureCache):
    """Columns that take a while to become features."""

    seconds = 0.0

    def of_fold(self, view: View, fold: int) -> FoldFeatures:
        """After the while."""
        time.sleep(self.seconds)
        return super().of_fold(view, fold)


@pytest.mark.parametrize(("seconds", "low", "high"), [(0.5, 1.0, 1.5), (3.0, 0.399, 0.4)])
def test_what_features_take_is_taken_off_the_time_of_boosting(
    monkeypatch: pytest.MonkeyPatch, seconds: float, low: float, high: float
) -> None:
    limits: list[float] = []

    def stop(*_: Any, seconds_limit: float, **__: Any) -> None:
        limits.append(seconds_limit)
        raise ValueError

    monkeypatch.setattr(training, "fit_in_rounds", stop)
    cache = SlowCache(prepared())
    cache.of_fold("codes", 0)
    cache.seconds = seconds
    with pytest.raises(TrialFailedError):
        train_candidate(prepared(), CANDIDATES["lightgbm"], seconds_limit=8.0, cache=cache)
    assert low <= limits[0] <= high + 1e-9  # of 2 s, a fourth of the limit


def test_boosting_that_is_out_of_time_keeps_the_trees_it_has() -> None:
    endless = Candidate("lightgbm", {**CANDIDATES["lightgbm"].parameters, "n_trees": 100_000})
    began = time.monotonic()
    outcome = train_candidate(prepared(), endless, seconds_limit=1.5)
    assert time.monotonic() - began < 4
    assert outcome.score > 0.6


def test_a_family_that_cannot_stop_in_time_gives_up_between_folds() -> None:
    with pytest.raises(TrialFailedError, match="more than the 0 seconds"):
        train_candidate(prepared(), CANDIDATES["extra_trees"], seconds_limit=0.001)


def test_a_candidate_that_cannot_be_fitted_fails_with_a_plain_cause() -> None:
    impossible = Candidate("extra_trees", {**CANDIDATES["extra_trees"].parameters, "max_features": -1})
    with pytest.raises(TrialFailedError, match="Extra trees cannot be fitted") as failed:
        train_candidate(prepared(), impossible, seconds_limit=60)
    assert "-1" not in failed.value.sentence


def test_a_class_that_a_fold_never_saw_gets_no_probability() -> None:
    preparation = prepared(Task.MULTICLASS)
    rare = preparation.train.y.copy()
    rare[preparation.folds[0]] = np.where(rare[preparation.folds[0]] == 0, 1, rare[preparation.folds[0]])
    only_in_one_fold = np.where(rare == 0, 1, rare)
    only_in_one_fold[preparation.folds[0][0]] = 0
    changed = replace(preparation, train=replace(preparation.train, y=only_in_one_fold))
    predictions = train_candidate(changed, CANDIDATES["lightgbm"], seconds_limit=60).predictions
    assert (predictions[preparation.folds[0], 0] < 1e-9).all()  # sharpening adds what a float cannot tell from nothing
    assert np.allclose(predictions.sum(axis=1), 1.0)


def test_of_five_forests_one_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a large table would fill the memory."""
    held: list[int] = []
    fit_fold = training._fit_fold

    def counted(*arguments: Any) -> Any:
        gc.collect()
        held.append(sum(type(found) is ExtraTreesClassifier for found in gc.get_objects()))
        return fit_fold(*arguments)

    monkeypatch.setattr(training, "_fit_fold", counted)
    train_candidate(prepared(), CANDIDATES["extra_trees"], seconds_limit=60)
    assert len(held) == len(prepared().folds)
    assert held[-1] == held[0]
