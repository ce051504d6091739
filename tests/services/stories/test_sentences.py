"""What was found behind an explanation, in words that carry their numbers."""

from dataclasses import replace

import pytest

from services.interpretations.cards import Scale
from services.stories.report import CategoryEffect, Interactions, Pair, Segment, SegmentEffect, Stretch
from services.stories.sentences import (
    describe_behind,
    describe_category,
    describe_cluster,
    describe_cohort,
    describe_interactions,
    describe_shape,
    describe_stability,
    segment_name,
    spell_prediction,
)
from tests.makers_stories import (
    make_behind,
    make_category_shape,
    make_cohort,
    make_number_shape,
    make_stability,
    make_teller,
)

TELLER = make_teller()


def test_a_shape_says_from_where_to_where_by_how_much_and_what_that_is_worth() -> None:
    assert describe_shape(make_number_shape(), TELLER) == (
        "From 1 month to 60 months of Tenure, the probability that churn is Yes falls by 19 points (19 times in 20 by "
        "16 points to 22 points), and acting on one case is worth €380 less."
    )


def test_a_shape_without_payoffs_has_no_money_and_one_that_rises_is_worth_more() -> None:
    rising = make_number_shape(largest=Stretch(1.0, 60.0, 19.0, 16.0, 22.0))
    assert "rises by 19 points" in describe_shape(rising, TELLER)
    assert describe_shape(rising, TELLER).endswith("worth €380 more.")
    plain = make_teller(scale=Scale("the predicted spend", "EUR"))
    assert describe_shape(rising, plain).endswith("rises by €19 (19 times in 20 by €16 to €22).")


def test_what_chance_would_explain_is_no_change_and_too_few_rows_are_said() -> None:
    doubtful = make_number_shape(largest=Stretch(1.0, 60.0, -1.0, -3.0, 1.0))
    assert "does not change by more than chance would explain" in describe_shape(doubtful, TELLER)
    empty = make_number_shape(n=12, points=(), largest=None)
    assert describe_shape(empty, TELLER) == (
        "Tenure is known in too few rows, or has too few values, to draw a shape (12 rows)."
    )


def test_categories_are_told_by_the_highest_and_the_lowest() -> None:
    assert describe_category(make_category_shape(), TELLER) == (
        "With Contract “Month-to-month” the probability that churn is Yes is 5.0 points higher than on average, with "
        "“Two year” 6.0 points lower; acting on one case is worth €220 less there."
    )
    lonely = make_category_shape(values=(CategoryEffect("One year", 12, None, None, None),))
    assert "Fewer than two categories of Contract have 30 rows" in describe_category(lonely, TELLER)


def test_a_group_is_told_together_before_its_members() -> None:
    sentence = describe_cluster(make_behind().clusters[0], TELLER)
    assert sentence.startswith("Tenure and Contract move together (rank correlation 0.82, either way).")
    assert sentence.endswith("by 18 points on average; alone, Tenure 12 points and Contract 8.0 points.")
    chained = replace(make_behind().clusters[0], weakest_link=0.71)
    assert "0.71 to 0.82" in describe_cluster(chained, TELLER)


def test_pairs_say_their_unit() -> None:
    found = make_behind().interactions
    assert describe_interactions(found, TELLER) == (
        "Tenure and Contract do most together that neither does alone: 0.21 log-odds on average."
    )
    points = Interactions("m", "probability points", 20, (Pair("tenure", "contract", 2.5),), None)
    assert "2.5 points on average" in describe_interactions(points, TELLER)
    assert "simply add up" in describe_interactions(replace(found, pairs=()), TELLER)


def test_an_unsteady_order_is_said_with_the_limits() -> None:
    steady = describe_stability(make_stability())
    assert steady.startswith("The order of the drivers stays when the model is fitted anew. Over 10 refits")
    amber = describe_stability(make_stability(rank_correlation=0.55, top_overlap=0.4, is_amber=True))
    assert amber.startswith("Which drivers are the strongest depends on which rows were learned from.")
    assert "0.55" in amber
    assert "40%" in amber
    assert "below 0.8 or 60% do not build on it" in amber


def test_the_clearest_difference_of_a_part_is_told_and_none_where_none_is_clear() -> None:
    assert describe_cohort(make_cohort(), TELLER) == (
        "Where Contract is “Month-to-month”, Tenure moves the probability that churn is Yes by 14 points, 4.0 points "
        "more than elsewhere (by 2.0 points to 6.0 points) (110 rows)."
    )
    unclear = Segment("x", None, None, 50, (SegmentEffect("tenure", 1.0, 9.0, 0.5, -1.0, 2.0),))
    assert "no other driver matters clearly more or less" in describe_cohort(make_cohort(segments=(unclear,)), TELLER)
    few = Segment("x", None, None, 9, ())
    assert "No part by Contract has 30 of the rows" in describe_cohort(make_cohort(segments=(few,)), TELLER)


def test_the_more_is_looked_at_the_clearer_a_difference_must_be() -> None:
    barely = SegmentEffect("tenure", 1.0, 9.0, 1.0, 0.1, 1.9)
    alone = make_cohort(segments=(Segment("x", None, None, 50, (barely,)),))
    assert describe_cohort(alone, TELLER).startswith("Where Contract is “x”, Tenure moves")
    many = make_cohort(segments=tuple(Segment(str(place), None, None, 50, (barely,)) for place in range(8)))
    assert "no other driver matters clearly more or less" in describe_cohort(many, TELLER)


def test_a_column_is_not_told_to_matter_in_parts_of_itself() -> None:
    own = Segment("x", None, None, 50, (SegmentEffect("contract", 1.0, 9.0, 5.0, 4.0, 6.0),))
    assert "no other driver" in describe_cohort(make_cohort(segments=(own,)), TELLER)


@pytest.mark.parametrize(
    ("segment", "words"),
    [
        (Segment("Two year", None, None, 40, ()), "“Two year”"),
        (Segment("", 12.0, 24.0, 40, ()), "12 months to 24 months"),
        (Segment("", 1.0, 1.0, 40, ()), "1 month"),
    ],
)
def test_parts_are_named_with_units(segment: Segment, words: str) -> None:
    assert segment_name(segment, "tenure", TELLER) == words


def test_the_finding_is_whether_it_would_be_the_same_again() -> None:
    assert describe_behind(make_behind(), TELLER) == "Tenure stays the strongest driver when the model is fitted anew"
    other = make_stability(columns=make_stability().columns[::-1])
    assert describe_behind(make_behind(stability=other), TELLER).startswith("The order of the drivers stays")
    amber = make_behind(stability=make_stability(is_amber=True))
    assert describe_behind(amber, TELLER) == (
        "The strongest drivers stay, but the order of the others depends on which rows the model learned from"
    )


def test_predictions_are_shares_or_numbers_with_units() -> None:
    assert spell_prediction(63.2, TELLER) == "63%"
    assert spell_prediction(1234.56, make_teller(scale=Scale("the predicted use", "kWh"))) == "1,235 kWh"
