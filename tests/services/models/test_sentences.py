"""A model in words."""

from dataclasses import replace

import pytest

from services.models.outcomes import outcome_at
from services.models.sentences import (
    describe_additivity,
    describe_drivers,
    describe_interval,
    describe_reach,
    describe_reference,
    describe_worth,
    format_effect,
    format_prediction,
    format_score,
)
from tests.makers_models import make_estimate, make_evaluation, make_explanation, make_money, make_signature


def test_a_priced_model_is_described_in_money_and_cases() -> None:
    evaluation = make_evaluation(money=make_money())
    sentence = describe_worth(evaluation, make_signature(), outcome_at(evaluation, 0.3))
    assert sentence == ("Worth about €298k a year: acting on 35 of 100 cases catches 73 of 100 where churn is Yes.")


def test_a_model_without_money_is_described_beside_a_guess() -> None:
    sentence = describe_worth(make_evaluation(), make_signature(), None)
    assert sentence == "AUC 0.840 on rows kept aside, where a guess scores 0.500."


@pytest.mark.parametrize(
    ("capacity", "expected"), [(None, "Acting on everyone earns €92k"), (0.2, "Picking at random earns €92k")]
)
def test_the_value_stands_beside_what_needs_no_model(capacity: float | None, expected: str) -> None:
    evaluation = make_evaluation(money=replace(make_money(), capacity_rate=capacity))
    outcome = outcome_at(evaluation, 0.3)
    assert outcome is not None
    sentence = describe_reference(evaluation, outcome)
    assert expected in sentence
    assert ("35 of 100 cases, more than the 20 there is capacity for" in sentence) == (capacity is not None)


def test_an_explanation_that_does_not_add_up_says_so() -> None:
    honest = make_explanation()
    assert "add up to what the model predicts" in describe_additivity(honest)
    broken = replace(honest, is_additive=False, max_additivity_gap=3.2)
    assert "miss the prediction by up to 3.2: do not rely on this" in describe_additivity(broken)


def test_the_strongest_columns_are_named() -> None:
    assert describe_drivers(make_explanation()) == "tenure and contract move the prediction most"
    one = replace(make_explanation(), drivers=make_explanation().drivers[:1])
    assert describe_drivers(one) == "tenure moves the prediction most"


def test_an_interval_is_said_where_there_is_one() -> None:
    assert describe_interval(make_estimate(value=0.84)) == "0.820 to 0.860 is likely"
    assert describe_interval(replace(make_estimate(), low=None)) == "on 40 rows kept aside"


@pytest.mark.parametrize(
    ("effect", "expected"),
    [(17.2, "+17"), (-4.23, "−4.2"), (0.0, "0"), (0.04, "0"), (-23_400.0, "−23k"), (9_949.0, "+9,949")],
)
def test_an_effect_has_a_sign_and_few_digits(effect: float, expected: str) -> None:
    assert format_effect(effect) == expected


def test_figures_are_written_for_people() -> None:
    assert (format_score(0.8531), format_score(29_501.3), format_score(-0.5)) == ("0.853", "29,501", "−0.500")
    assert (format_prediction(63.4, "probability points"), format_prediction(179_972.0, "price")) == ("63%", "179,972")
    assert describe_reach([-14.2, 3.0], "probability points") == "up to 14 points"
    assert describe_reach([-14.2, 3.0], "price") == "up to 14"
