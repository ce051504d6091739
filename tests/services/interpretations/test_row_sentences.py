"""The sentences over single rows carry their numbers, and money where it is known."""

from dataclasses import replace

import numpy as np
import pytest

from services.interpretations.cards import Scale
from services.interpretations.naming import ColumnName
from services.interpretations.row_paths import Shown, WrongShare
from services.interpretations.row_sentences import answer_words, describe_paths, describe_spread, signed, spread_of
from services.models.row_effects import NO_PLACE
from services.models.sentences import POINTS
from tests.makers_row_effects import make_row_effects

ROWS = make_row_effects()
SCALE = Scale("the probability that churn is Yes", POINTS, 1.9, "EUR")
EUROS = Scale("the predicted spend", "EUR")
NAMES = {"tenure": ColumnName("tenure", "Time with us", "number", "months")}


def test_the_strongest_column_is_told_with_its_spread_money_and_way() -> None:
    assert describe_spread(ROWS, NAMES, SCALE) == (
        "Time with us moves the probability that churn is Yes by −7.0 points to +11 points in 9 of 10 of 60 rows; from "
        "one end to the other, acting on one case is worth €34 more. High values of Time with us mostly lower it."
    )


def test_without_payoffs_there_is_no_money_and_without_a_way_none_is_claimed() -> None:
    places = ROWS.places.copy()
    places[:, 0] = np.random.default_rng(1).permutation(places[:, 0])
    said = describe_spread(replace(ROWS, places=places), NAMES, replace(SCALE, point_amount=None))
    assert said.endswith("in 9 of 10 of 60 rows.")


def test_few_rows_are_too_few_and_no_effect_is_said_plainly() -> None:
    assert "which are too few to say" in describe_spread(make_row_effects(29), NAMES, SCALE)
    still = replace(ROWS, effects=np.zeros_like(ROWS.effects))
    assert describe_spread(still, NAMES, SCALE).endswith("the model says the same of every case.")


def test_a_leaning_is_the_rank_correlation_and_needs_an_order() -> None:
    assert spread_of(ROWS, 0).leaning == pytest.approx(-1.0, abs=1e-4)
    assert spread_of(ROWS, 1).leaning is None
    places = np.full_like(ROWS.places, NO_PLACE)
    places[:29] = ROWS.places[:29]
    assert spread_of(replace(ROWS, places=places), 0).leaning is None  # too few rows have a value


def test_the_paths_say_where_they_start_and_how_often_the_model_is_wrong() -> None:
    assert describe_paths(ROWS, 24, Shown.ALL, WrongShare(60, 12, 0.118, 0.318), SCALE, "wrong") == (
        "24 of 60 rows, from lowest to highest: each starts at the typical answer, 28%, and ends at its own. 12 of all "
        "60 explained rows are wrong: 20%, with 95% confidence 12% to 32%."
    )
    assert describe_paths(ROWS, 0, Shown.WRONG, WrongShare(60, 0, 0.0, 0.06), SCALE, "wrong") == (
        "None of 60 explained rows is wrong: with 95% confidence at most 6% would be."
    )


def test_of_several_classes_the_paths_say_of_which_one_the_answers_are() -> None:
    scale = replace(SCALE, subject="the probability that plan is gold", whole="the probabilities of plan")
    said = describe_paths(ROWS, 24, Shown.ALL, WrongShare(60, 12, 0.118, 0.318), scale, "wrong")
    assert said.startswith(
        "24 of 60 rows, from lowest to highest, by the probability that plan is gold: each starts at"
    )


def test_numbers_are_told_in_their_unit() -> None:
    said = describe_paths(ROWS, 24, Shown.FARTHEST, WrongShare(60, 6, 0.0, 0.2), EUROS, "among the 10% farthest off")
    assert said == ("24 of 60 rows, the farthest off: each starts at the typical answer, €28, and ends at its own.")
    assert answer_words(-1200.0, EUROS) == "−€1.2k"
    assert signed(-4.2, SCALE) == "−4.2 points"
