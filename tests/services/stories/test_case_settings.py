"""What one case may be set to, by the guard; which settings cross the line, are familiar, and are near."""

import numpy as np
import pandas as pd
import pytest

from services.proposals.lever import Lever
from services.simulation.support import strange_among
from services.stories.case_report import Change, Counterfactual
from services.stories.case_settings import Choices, Way, choices_of
from services.stories.changeable import Changeable
from services.stories.counterfactuals import find_ways
from tests.makers_ways import CALLS, CASE, KNOWN, NAMES, PLAN, PRICE, make_settings, risk, set_to


def test_values_hardly_ever_seen_are_not_proposed() -> None:
    wide = Changeable(Lever("Price", "number", low=0.0, high=500.0, step=1.0, column="price"), True)
    low, high = KNOWN["price"].quantile([0.01, 0.99])
    (choices,) = choices_of([wide], CASE, KNOWN, NAMES, 0)
    kept = np.array(choices.values)[choices.supported[0]]
    assert low <= kept.min() < kept.max() <= high
    assert find_ways(make_settings(-5.0, wide)) == []


def test_a_combination_that_never_occurs_is_not_proposed() -> None:
    together = KNOWN.assign(calls=(KNOWN["price"] / 6).round())  # the price decides the calls
    case = CASE.assign(price=40.0, calls=7.0)
    settings = make_settings(0.0, CALLS, case=case, known=together)
    assert set(settings.values["calls"]) <= {5.0, 6.0, 8.0}


def test_of_a_case_unlike_all_others_nothing_is_said() -> None:
    assert not make_settings(40.0, PRICE, PLAN, case=CASE.assign(age=900.0)).has_choice
    assert make_settings(40.0, PRICE, PLAN).has_choice


def test_whole_numbers_stay_whole() -> None:
    (choices,) = choices_of([CALLS], CASE, KNOWN, NAMES, 0)
    assert choices.values == tuple(float(n) for n in range(9))


def test_a_column_that_is_hardly_known_or_constant_cannot_be_changed() -> None:
    hardly = KNOWN.assign(price=KNOWN["price"].where(KNOWN.index < 20))
    assert choices_of([PRICE], CASE, hardly, NAMES, 0) == ()
    assert choices_of([PRICE], CASE, KNOWN.assign(price=3.0), NAMES, 0) == ()


def test_what_a_case_has_today_is_nothing_to_set_it_to() -> None:
    choices = choices_of([CALLS, PLAN], CASE, KNOWN, NAMES, 0)
    may = [value for value, supported in zip(choices[0].values, choices[0].supported[0], strict=True) if supported]
    assert 2.0 in may
    assert set_to(40.0, choices).values == {"calls": [value for value in may if value != 2.0], "plan": ["plus"]}


def test_a_missing_value_may_be_filled_in() -> None:
    case = CASE.assign(plan=pd.Series([None], dtype="str"), price=45.0)
    settings = set_to(46.0, [Choices("plan", ("basic", "plus"), np.array([[True, True]]))], case=case)
    assert settings.values == {"plan": ["basic", "plus"]}
    (one,) = (settings.told(way) for way in find_ways(settings))
    assert (one.changes[0].before, one.changes[0].after) == (None, "basic")


def test_only_numbers_that_are_known_today_stand_in_a_row() -> None:
    assert [make_settings(40.0, PRICE).is_ordered(name) for name in ("price", "plan")] == [True, False]
    assert not make_settings(40.0, PRICE, case=CASE.assign(price=np.nan)).is_ordered("price")


@pytest.mark.parametrize(("threshold", "is_above"), [(45.9, True), (46.0, True), (46.1, False)])
def test_what_is_on_the_line_is_above_it(threshold: float, is_above: bool) -> None:
    settings = make_settings(threshold, PRICE)  # 40 - 2 * 2 + 10
    assert settings.is_above is is_above
    assert settings.crosses(np.array([threshold - 0.1, threshold, threshold + 0.1])).tolist() == (
        [True, False, False] if is_above else [False, True, True]
    )


def test_the_model_is_asked_of_the_case_with_nothing_else_changed() -> None:
    answers = make_settings(40.0, PRICE).answers([{}, {"price": 30.0}, {"price": 30.0, "plan": "plus"}])
    assert answers == pytest.approx([46.0, 36.0, 26.0])


def test_the_nearest_is_the_nearest_of_those_that_are_familiar() -> None:
    settings = make_settings(40.0, PRICE)
    tried = [{"price": 12.0}, {"price": 33.0}, {"price": 39.0, "age": 900.0}, {"price": 28.0}]
    assert settings.nearest(tried) == {"price": 33.0}
    assert settings.familiar(tried).tolist()[2] is False
    assert settings.familiar(tried).tolist() == [
        not strange for strange in strange_among(pd.concat([CASE.assign(**one) for one in tried]), KNOWN, NAMES)
    ]
    assert settings.nearest([{"age": 900.0}]) is None
    assert settings.nearest([]) is None


def test_a_change_is_brought_back_as_far_as_the_others_still_cross() -> None:
    settings = make_settings(30.0, PRICE, PLAN)
    refined = settings.refined({"plan": "plus", "price": 12.0})  # 36 with the plan alone
    assert refined == {"plan": "plus", "price": max(price for price in settings.values["price"] if price - 4 < 30)}
    assert settings.crosses(settings.answers([refined])).tolist() == [True]
    assert settings.crosses(settings.answers([{**refined, "price": 34.0}])).tolist() == [False]


def test_the_fewest_changes_come_first_and_then_the_nearest() -> None:
    settings = make_settings(30.0, PRICE, CALLS, PLAN)
    far, near, two = Way({"price": 12.0}, 0.0), Way({"price": 35.0}, 0.0), Way({"price": 39.0, "calls": 3.0}, 0.0)
    assert settings.in_order([two, far, near]) == [near, far, two]
    assert settings.in_order([]) == []


def test_a_way_is_told_with_what_was_before_and_who_found_it() -> None:
    settings = make_settings(30.0, PRICE, PLAN)
    told = settings.told(Way({"plan": "plus", "price": 30.0}, 26.0, "DiCE 0.12"))
    changes = (Change("plan", "basic", "plus"), Change("price", 40.0, 30.0))
    assert told == Counterfactual(changes, 26.0, "DiCE 0.12")
    assert risk(CASE.assign(plan="plus", price=30.0)) == pytest.approx([26.0])
