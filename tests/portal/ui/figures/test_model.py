"""Figures of a model: what they show is what was evaluated."""

from dataclasses import replace

import pytest

from portal.ui.figures.model import (
    actual_vs_predicted,
    calibration,
    driver_card,
    importances,
    profit_curve,
    threshold_curve,
    waterfall,
)
from services.models.outcomes import outcome_at
from services.models.report import CalibrationBin, Contribution, PredictedPoint
from tests.makers_models import make_evaluation, make_explanation, make_money


def test_the_profit_curve_marks_the_choice_and_the_reference_policies() -> None:
    evaluation = make_evaluation(money=replace(make_money(), capacity_rate=0.4))
    outcome = outcome_at(evaluation, 0.3)
    assert outcome is not None
    figure = profit_curve(evaluation, outcome)
    chosen = figure.data[-1]
    assert (chosen.x[0], chosen.y[0]) == (pytest.approx(35.0), 298_000.0)
    names = [annotation.text for annotation in figure.layout.annotations]
    assert names == ["Act on nobody €0", "Picking at random €92k", "Perfect model €600k", "Capacity"]
    low, high = figure.layout.yaxis.range
    assert low < 0 < 600_000 < high


def test_what_is_tried_stands_beside_the_choice_and_every_cut_can_be_pressed() -> None:
    evaluation = make_evaluation(money=make_money())
    current, tried = outcome_at(evaluation, 0.3), outcome_at(evaluation, 0.75)
    assert current is not None
    assert tried is not None
    figure = threshold_curve(evaluation, current, tried, pays_from=0.2)
    cuts, diamond = figure.data[-2:]
    assert [place for (place,) in cuts.customdata] == ["0", "1", "2", "3", "4"]
    assert list(cuts.x) == [point.share_acted * 100 for point in evaluation.profit_curve]
    assert (diamond.x[0], diamond.y[0]) == (25.0, 112_500.0)
    names = {annotation.text: annotation.x for annotation in figure.layout.annotations}
    assert names["Acting pays from 20%"] == 75.0  # of the cuts from 0.2 on, the one that acts most
    untouched = threshold_curve(evaluation, current, current, pays_from=None)
    assert untouched.data[-1].marker.opacity == 0
    assert "Acting pays from 20%" not in [annotation.text for annotation in untouched.layout.annotations]


def test_a_number_driver_is_a_line_and_a_category_driver_is_bars() -> None:
    number, category = make_explanation().drivers
    assert driver_card(number).data[-1].type == "scatter"
    assert list(driver_card(number).data[-1].x) == [1.0, 60.0]
    assert driver_card(category).data[-1].type == "bar"


def test_every_driver_has_a_bar_in_order() -> None:
    figure = importances(make_explanation().drivers, "probability points")
    assert list(figure.data[0].y) == ["tenure", "contract"]
    assert list(figure.data[0].text) == ["12 points", "8.0 points"]


def test_a_waterfall_goes_from_typical_to_this_case() -> None:
    example = make_explanation().examples[0]
    figure = waterfall(example, "probability points")
    steps = figure.data[0]
    assert list(steps.y) == ["Typical", "tenure: 2", "This case"]
    assert list(steps.text) == ["28%", "+12", "40%"]
    assert steps.x[0] + sum(steps.x[1:-1]) == pytest.approx(steps.x[-1])


def test_small_effects_of_a_waterfall_are_one_step_and_the_sum_is_kept() -> None:
    parts = tuple(Contribution(f"c{n}", None, 1.0) for n in range(9))
    example = replace(make_explanation().examples[0], contributions=parts, base_value=31.0, prediction=40.0)
    steps = waterfall(example, "probability points").data[0]
    assert "3 more columns" in list(steps.y)
    assert sum(steps.x[1:-1]) == pytest.approx(9.0)


def test_calibration_is_drawn_in_cases_of_a_hundred() -> None:
    figure = calibration([CalibrationBin(0.2, 0.25, 0.2, 0.3, 100)])
    assert (figure.data[-1].x[0], figure.data[-1].y[0]) == (20.0, 25.0)


def test_a_regression_is_drawn_as_actual_beside_predicted() -> None:
    figure = actual_vs_predicted([PredictedPoint(10.0, 12.0), PredictedPoint(20.0, 18.0)])
    assert list(figure.data[-1].x) == [12.0, 18.0]
    assert list(figure.data[-1].y) == [10.0, 20.0]
