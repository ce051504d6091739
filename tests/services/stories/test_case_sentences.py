"""One case in words: the call, the reasons, other cases, and one that went wrong."""

from dataclasses import replace

import pytest

from services.interpretations.cards import Scale
from services.stories.case_report import Change, Counterfactual, Reason, SecondSearch, SimilarCase
from services.stories.case_sentences import (
    NOT_ADVICE,
    describe_call,
    describe_closeness,
    describe_counterfactual,
    describe_reason,
    describe_reasons,
    describe_second_search,
    describe_similar,
)
from services.stories.dice_ways import COULD_NOT, NOT_LOADED, TOO_LATE
from services.stories.obstacles import NO_LINE, NOT_FOUND, NOTHING_CHANGES, UNSUPPORTED
from tests.makers_stories import make_story, make_teller

TELLER = make_teller()
SPEND = make_teller(scale=Scale("the predicted spend", "EUR"))


def test_the_call_says_what_is_typical_how_far_the_line_is_and_what_acting_is_worth() -> None:
    assert describe_call(make_story(), TELLER) == (
        "The model gives row 7 a probability of Yes of 33%, where 28% is typical: 3.0 points above the threshold, so "
        "acting on it is worth €60 more than at the threshold."
    )
    below = describe_call(make_story(prediction=20.0), TELLER)
    assert "10 points below the threshold" in below
    assert below.endswith("worth €200 less than at the threshold.")


def test_a_number_has_no_line() -> None:
    story = make_story(answer="", prediction=120.0, base_value=80.0, threshold=None)
    assert describe_call(story, SPEND) == "The model gives row 7 churn of €120, where €80 is typical."
    assert describe_closeness(story, SPEND) == ""


def test_a_close_call_asks_for_a_person_and_a_clear_one_does_not() -> None:
    assert describe_closeness(make_story(), TELLER).startswith(
        "A close call: 10 refits on other rows differ by 4.0 points"
    )
    assert "A person should look" in describe_closeness(make_story(), TELLER)
    assert describe_closeness(make_story(noise=0.5), TELLER).startswith("Not a close call")
    assert "2 refits are too few" in describe_closeness(make_story(noise=None, n_refits=2), TELLER)


def test_a_reason_has_its_value_beside_the_typical_one() -> None:
    first, second = make_story().reasons
    assert describe_reason(first, TELLER) == "Tenure is 2 months, typically 29 months: 12 points"
    assert describe_reason(second, TELLER) == (
        "Contract is “Two year”, as is typical: 3.0 points, counted together with Tenure, with which it moves"
    )
    missing = Reason("tenure", None, 29.0, 1.0)
    assert describe_reason(missing, TELLER).startswith("Tenure is missing, typically 29 months")


def test_reasons_say_what_they_are_for() -> None:
    assert describe_reasons(make_story()) == "What moves it above the threshold most, strongest first"
    assert describe_reasons(make_story(is_towards=False, threshold=None)) == (
        "What moves the probability of Yes below what is typical most, strongest first"
    )
    assert describe_reasons(make_story(reasons=())) == "No column moves it above the threshold by itself."


def test_other_cases_name_every_change() -> None:
    (one,) = make_story().counterfactuals
    assert describe_counterfactual(one, TELLER) == "Were Tenure 9 months instead of 2 months, the model would say 29%."
    two = Counterfactual((*one.changes, Change("contract", None, "Two year")), 12.0)
    assert "Tenure 9 months instead of 2 months and Contract “Two year” instead of missing" in describe_counterfactual(
        two, TELLER
    )
    assert "not advice" in NOT_ADVICE


def test_a_way_of_another_library_says_whose_it_is() -> None:
    (one,) = make_story().counterfactuals
    assert describe_counterfactual(replace(one, found_by="DiCE 0.12"), TELLER) == (
        "Were Tenure 9 months instead of 2 months, the model would say 29%. Found by DiCE 0.12."
    )


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (
            SecondSearch("DiCE 0.12", 8, 6, 0),
            "DiCE 0.12 proposed 8 ways; 6 hold; none of them is new: each changes every column that a way of the "
            "portal's own search changes.",
        ),
        (
            SecondSearch("DiCE 0.12", 1, 1, 1),
            "DiCE 0.12 proposed 1 way; 1 holds. Without what they do not need, 1 way is new, told above.",
        ),
        (
            SecondSearch("DiCE 0.12", 8, 6, 2),
            "DiCE 0.12 proposed 8 ways; 6 hold. Without what they do not need, 2 ways are new; 1 of them told above.",
        ),
        (
            SecondSearch("DiCE 0.12", 8, 0, 0),
            "DiCE 0.12 proposed 8 ways; none holds: with at most three changes, none crosses the threshold and leads "
            "to a case like those the model knows.",
        ),
        (SecondSearch("DiCE 0.12", 0, 0, 0), "DiCE 0.12 was asked for ways as well, and proposed none."),
        (
            SecondSearch("DiCE 0.12", 0, 0, 0, COULD_NOT),
            "DiCE 0.12 was asked for ways as well, but could not search this case.",
        ),
        (
            SecondSearch("DiCE", 0, 0, 0, NOT_LOADED),
            "DiCE was asked for ways as well, but it cannot be loaded; the log of the worker names the error.",
        ),
        (
            SecondSearch("DiCE 0.12", 0, 0, 0, TOO_LATE),
            "DiCE 0.12 was asked for ways as well, but did not end within 10 seconds of computing.",
        ),
    ],
)
def test_a_second_search_says_what_it_came_to(second: SecondSearch, sentence: str) -> None:
    (one,) = make_story().counterfactuals
    ways = (one, replace(one, found_by="DiCE 0.12")) if second.n_new else (one,)
    assert describe_second_search(make_story(second=second, counterfactuals=ways)) == sentence


def test_new_ways_that_have_no_place_among_the_nearest_are_said_to_change_more() -> None:
    told = describe_second_search(make_story(second=SecondSearch("DiCE 0.12", 8, 6, 2)))
    assert told.endswith("2 ways are new: with more changes than the ways above, or farther from today.")


def test_what_an_extra_would_add_is_said_only_where_ways_were_looked_for() -> None:
    assert "extra `dice-ml`" in describe_second_search(make_story())
    assert "extra `dice-ml`" in describe_second_search(make_story(counterfactuals=(), obstacle=NOT_FOUND))
    for obstacle in (NO_LINE, NOTHING_CHANGES, UNSUPPORTED):
        assert describe_second_search(make_story(counterfactuals=(), obstacle=obstacle)) == ""


def test_the_similar_case_says_what_was_predicted_and_what_came() -> None:
    assert describe_similar(make_story(), TELLER) == (
        "Row 31 is 93% alike over the columns of the model. A copy of the model that had not seen it said a "
        "probability of Yes of 21%, and churn was “Yes”. Of 182 cases so judged, 14 were wrong."
    )
    number = make_story(similar=SimilarCase(3, 0.8, 120.0, "", 300.0, 18, 182))
    assert "said €120, and it was €300" in describe_similar(number, SPEND)
    assert "18 had errors among the largest tenth" in describe_similar(number, SPEND)
    assert describe_similar(replace(make_story(), similar=None), TELLER).startswith("No case is known")
