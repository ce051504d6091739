"""A card is one sentence with its numbers, in probability points, in the unit of the target, or in money."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.interpretations.cards import (
    Scale,
    driver_sentence,
    payoff_of_a_point,
    reach_words,
    scale_of,
    scale_towards,
)
from services.interpretations.naming import ColumnName
from services.models.report import Driver
from services.models.sentences import POINTS
from tests.makers_models import make_signature

TENURE = ColumnName("tenure", "Time with us", "number", "months")
CHURN = ColumnName("churn", "Leaves", "number")
DRIVER = Driver("tenure", "number", 8.0, "down", "", ((1.0, 10.4), (30.0, 0.2), (60.0, -9.0)))
POINT_SCALE = scale_of(make_signature(), CHURN, POINTS)


def test_a_number_carries_its_units_and_points() -> None:
    assert driver_sentence(DRIVER, TENURE, POINT_SCALE) == (
        "Where Time with us is about 1 month, the probability that Leaves is Yes is 10 points higher than usual; "
        "where it is about 60 months, 9.0 points lower."
    )
    assert reach_words(DRIVER, POINT_SCALE) == "up to 10 points"


def test_with_payoffs_it_says_what_the_difference_is_worth() -> None:
    scale = scale_of(make_signature(), CHURN, POINTS, payoff_of_a_point(95.0, 25.0), "EUR")
    assert driver_sentence(DRIVER, TENURE, scale).endswith(
        "9.0 points lower, and acting on one case is worth €23 less."
    )


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.9])
def test_the_worth_of_a_point_is_that_of_acting_at_any_probability(chance: float) -> None:
    gain, loss = 95.0, 25.0

    def worth(p: float) -> float:
        return p * gain - (1 - p) * loss

    assert payoff_of_a_point(gain, loss) == pytest.approx(worth(chance + 0.01) - worth(chance))


def test_a_category_is_named_and_a_prediction_of_money_is_money() -> None:
    driver = Driver("plan", "category", 900.0, "by category", "", (("Gold", 1_200.0), ("Basic", -800.0)))
    scale = scale_of(replace(make_signature(), positive_label=None), replace(CHURN, label="Spend", unit="EUR"), "spend")
    assert driver_sentence(driver, ColumnName("plan", "Plan", "category"), scale) == (
        "Where Plan is “Gold”, the predicted Spend is €1.2k higher than usual; where it is “Basic”, €800 lower."
    )


def test_text_has_no_points_to_name_and_what_moves_nothing_says_so() -> None:
    text = replace(DRIVER, kind="text", points=(), direction="mixed", importance=3.24)
    assert driver_sentence(text, TENURE, POINT_SCALE).startswith(
        "Time with us moves the probability that Leaves is Yes by 3.2 points on average"
    )
    still = replace(DRIVER, importance=0.0)
    assert driver_sentence(still, TENURE, POINT_SCALE) == (
        "Time with us does not move the probability that Leaves is Yes."
    )


def test_of_several_classes_it_speaks_of_the_most_frequent_answer_and_never_of_money() -> None:
    scale = scale_of(replace(make_signature(), positive_label=None), CHURN, POINTS, 1.2, "EUR")
    assert scale == Scale("the probability of the most frequent answer", POINTS, whole="the probabilities of Leaves")
    assert scale_towards(CHURN, "gone").subject == "the probability that Leaves is gone"
    assert (scale.moved, POINT_SCALE.moved) == ("the probabilities of Leaves", POINT_SCALE.subject)


@pytest.mark.parametrize(
    ("effect", "words"), [(0.04, "0.04 points"), (1.0, "1.0 point"), (14.4, "14 points"), (-3.21, "3.2 points")]
)
def test_points_have_two_digits(effect: float, words: str) -> None:
    assert POINT_SCALE.spell(effect) == words


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-100, 100)), max_size=12),
    st.floats(0, 100),
    st.sampled_from([POINT_SCALE, Scale("the predicted price", "EUR"), Scale("x", POINTS, 1.2, "GBP")]),
)
def test_any_driver_is_one_sentence(points: list[tuple[float, float]], importance: float, scale: Scale) -> None:
    sentence = driver_sentence(Driver("a", "number", importance, "mixed", "", tuple(points)), TENURE, scale)
    assert sentence.endswith(".")
    assert "nan" not in sentence
    assert "Time with us" in sentence
