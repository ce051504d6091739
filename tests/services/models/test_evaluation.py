from dataclasses import replace

import numpy as np
import pytest

from services.automl.task import Task
from services.models.choosing import Tried
from services.models.evaluation import baseline_score, calibration_bins, holdout_scores
from services.models.finishing import finish
from services.models.money_evaluation import choose_threshold, curve_points, money_report
from tests.makers_automl import CANDIDATES, finished, make_goal, prepared, trained


@pytest.mark.parametrize("task", list(Task))
def test_an_evaluation_says_how_good_a_model_is_in_every_score_of_its_task(task: Task) -> None:
    evaluation = finished("lightgbm", task).evaluation
    assert evaluation.score == evaluation.scores[0]
    assert evaluation.n_train == 320
    assert evaluation.n_holdout == evaluation.score.n == 80
    for estimate in evaluation.scores:
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low <= estimate.value <= estimate.high
        assert f" at 95%, on {estimate.n} hold-out rows" in estimate.sentence


@pytest.mark.parametrize("task", list(Task))
def test_a_model_beats_the_baseline_that_ignores_the_inputs(task: Task) -> None:
    evaluation, metric = finished("linear", task).evaluation, prepared(task).metric
    assert evaluation.baseline_score == baseline_score(prepared(task))
    assert metric.is_better(evaluation.score.value, evaluation.baseline_score)


def test_the_cross_validated_score_is_that_of_the_search() -> None:
    outcome, evaluation = trained("linear"), finished("linear").evaluation
    assert evaluation.cross_validated.value == outcome.score
    assert evaluation.fold_scores == outcome.fold_scores
    assert evaluation.cross_validated.n == 320


def test_a_baseline_of_a_balanced_coin_is_worth_one_bit() -> None:
    multiclass = prepared(Task.MULTICLASS)
    shares = np.bincount(multiclass.train.y) / len(multiclass.train)
    expected = -np.mean(np.log(shares[multiclass.holdout.y]))
    assert baseline_score(multiclass) == pytest.approx(expected)


def test_calibration_bins_hold_every_row_once_and_rise() -> None:
    probabilities = np.linspace(0.01, 0.99, 95)
    bins = calibration_bins(np.arange(95) % 2 == 0, probabilities)
    assert len(bins) == 10
    assert sum(part.n for part in bins) == 95
    assert [part.predicted for part in bins] == sorted(part.predicted for part in bins)
    assert all(part.low <= part.observed <= part.high for part in bins)


def test_only_a_regression_shows_actual_against_predicted() -> None:
    assert len(finished("linear", Task.REGRESSION).evaluation.actual_vs_predicted) == 80
    assert finished("linear").evaluation.actual_vs_predicted == ()
    assert finished("linear", Task.REGRESSION).evaluation.calibration == ()


def test_money_counts_the_rows_of_the_hold_out_at_a_threshold_chosen_elsewhere() -> None:
    model, preparation = finished("linear", with_money=True), prepared(with_money=True)
    money, goal = model.evaluation.money, make_goal()
    assert money is not None
    assert money.threshold == model.threshold
    assert money.threshold == goal.threshold(
        preparation.train.y == 1, trained("linear", with_money=True).predictions[:, 1]
    )
    counts = (money.n_true_positive, money.n_false_positive, money.n_false_negative, money.n_true_negative)
    assert sum(counts) == 80
    by_hand = (23 * money.n_true_positive - 10 * money.n_false_positive) / 80 * 12_000
    assert money.yearly_value == pytest.approx(by_hand)
    assert money.low is not None
    assert money.high is not None
    assert money.low <= money.yearly_value <= money.high
    assert money.yearly_value <= money.perfect
    assert (money.chosen_on, money.reported_on) == ("out-of-fold", "hold-out")


def test_the_profit_curve_runs_from_nobody_to_everyone_within_its_band() -> None:
    evaluation = finished("linear", with_money=True).evaluation
    curve, money = evaluation.profit_curve, evaluation.money
    assert money is not None
    assert 2 < len(curve) <= 200
    assert (curve[0].share_acted, curve[0].yearly_value) == (0.0, 0.0)
    assert curve[-1].share_acted == 1.0
    assert curve[-1].yearly_value == pytest.approx(money.treat_all)
    for point in curve:
        assert point.low is not None
        assert point.high is not None
        assert point.low <= point.yearly_value + 1e-9
        assert point.yearly_value <= point.high + 1e-9


def test_a_base_rate_of_use_changes_money_and_not_the_counts() -> None:
    rare = replace(prepared(), money=make_goal(base_rate=0.05))
    predictions = trained("linear").predictions[: len(rare.holdout)]
    usual = replace(rare, money=make_goal())
    as_used, as_sampled = (money_report(each, predictions, 0.3, "") for each in (rare, usual))
    assert as_used is not None
    assert as_sampled is not None
    assert as_used.n_true_positive == as_sampled.n_true_positive
    assert as_used.yearly_value < as_sampled.yearly_value
    assert as_used.precision < as_sampled.precision
    assert as_used.recall == pytest.approx(as_sampled.recall)


def test_a_threshold_keeps_to_the_capacity() -> None:
    limited = replace(prepared(), money=make_goal(capacity_rate=0.1))
    predictions = trained("linear").predictions
    threshold, origin = choose_threshold(limited, predictions)
    assert threshold is not None
    assert (predictions[:, 1] >= threshold).mean() <= 0.1
    assert "more than 10%" in origin


def test_without_payoffs_there_is_no_money_and_one_half_decides() -> None:
    model = finished("linear")
    assert model.threshold == 0.5
    assert model.evaluation.money is None
    assert curve_points(prepared(), trained("linear").predictions) == ()
    assert finished("linear", Task.REGRESSION).threshold is None


def test_scores_do_not_depend_on_money() -> None:
    plain = holdout_scores(prepared(), trained("linear").predictions[:80])
    assert plain == holdout_scores(prepared(with_money=True), trained("linear").predictions[:80])


def test_finishing_twice_gives_the_same_model() -> None:
    again = finish(prepared(), [Tried(CANDIDATES["extra_trees"], trained("extra_trees").predictions)])
    model = finished("extra_trees")
    assert again.explanation == model.explanation
    assert replace(again.evaluation, latency_ms={}) == replace(model.evaluation, latency_ms={})
    assert again.onnx == model.onnx
