"""Ways of another library: judged like our own, without what they do not need, and told only where they are new."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from services.stories import second_search
from services.stories.answering import Floats
from services.stories.case_report import SecondSearch
from services.stories.case_settings import CaseSettings, Setting, Way
from services.stories.changeable import Changeable
from services.stories.counterfactuals import MAX_FOUND, find_ways
from services.stories.dice_ways import COULD_NOT, Proposals, is_installed
from services.stories.second_search import search_again
from tests.makers_ways import CALLS, CASE, PLAN, PRICE, make_settings, risk

Propose = Callable[..., None]


@pytest.fixture
def proposes(monkeypatch: pytest.MonkeyPatch) -> Propose:
    """Lets another library propose these settings of every case."""

    def propose(*settings: Setting, trouble: str = "") -> None:
        monkeypatch.setattr(second_search, "propose", lambda _case: Proposals("DiCE 9.9", settings, trouble))

    return propose


def three(threshold: float = 38.0) -> CaseSettings:
    return make_settings(threshold, PRICE, CALLS, PLAN)


def narrow(rows: pd.DataFrame) -> Floats:
    """Low only where the price and the calls are both within a narrow band; lowest otherwise at the other ends."""
    inside = rows["price"].between(24, 31) & rows["calls"].between(4, 6)
    return np.where(inside, 10.0, 50.0 + rows["price"] / 100 + rows["calls"] / 100)


def test_where_none_is_installed_the_ways_stand_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_search, "propose", lambda _case: None)
    settings = three()
    ways = find_ways(settings)
    assert search_again(settings, ways) == (ways, None)


def test_a_proposal_that_changes_more_than_a_way_does_is_not_new(proposes: Propose) -> None:
    settings = three()
    ways = find_ways(settings)
    assert {way.columns for way in ways} >= {frozenset({"price"}), frozenset({"plan"})}
    proposes({"price": 12.0, "calls": 5.0}, {"plan": "plus"}, {"plan": "plus", "price": 39.0})
    again, second = search_again(settings, ways)
    assert again == ways
    assert second == SecondSearch("DiCE 9.9", n_proposed=3, n_holding=3, n_new=0)


def test_a_new_way_is_told_without_what_it_does_not_need_and_no_farther_than_it_must(proposes: Propose) -> None:
    settings = three()
    plan = next(way for way in find_ways(settings) if way.columns == {"plan"})
    proposes({"price": 12.0, "calls": 3.0})
    again, second = search_again(settings, [plan])
    assert second == SecondSearch("DiCE 9.9", n_proposed=1, n_holding=1, n_new=1)
    (new,) = [way for way in again if way.found_by]
    assert new.found_by == "DiCE 9.9"
    assert new.setting == {"price": 31.0}  # of 40; with 32 it would be on the line
    assert new.answer == pytest.approx(float(risk(CASE.assign(price=31.0))[0]))
    assert again == settings.in_order([plan, new])


def test_a_way_that_changes_more_than_a_new_one_gives_place_to_it(proposes: Propose) -> None:
    settings = three()
    more = Way({"price": 35.0, "calls": 5.0}, 35.0)
    proposes({"price": 20.0})
    again, second = search_again(settings, [more])
    assert [way.columns for way in again] == [{"price"}]
    assert second is not None
    assert second.n_new == 1


def test_of_several_proposals_for_the_same_columns_the_nearest_is_one_way(proposes: Propose) -> None:
    settings = make_settings(30.0, PRICE, CALLS, PLAN)
    proposes({"plan": "plus", "calls": 8.0}, {"plan": "plus", "calls": 6.0}, {"plan": "plus", "calls": 7.0})
    again, second = search_again(settings, [])
    assert [way.setting for way in again] == [{"plan": "plus", "calls": 6.0}]  # 40 - 2 * 6 is below 30, 30 is not
    assert second == SecondSearch("DiCE 9.9", n_proposed=3, n_holding=3, n_new=1)


def test_what_does_not_cross_or_leads_to_a_strange_case_does_not_hold(proposes: Propose) -> None:
    settings = make_settings(38.0, PRICE)
    proposes({"price": 39.0}, {"price": 20.0, "age": 900.0}, {"age": 900.0})
    again, second = search_again(settings, [])
    assert [way.setting for way in again] == [{"price": 31.0}]  # the age of the second is not needed
    assert second == SecondSearch("DiCE 9.9", n_proposed=3, n_holding=1, n_new=1)
    proposes({"price": 39.0}, {"age": 900.0})
    assert search_again(settings, []) == ([], SecondSearch("DiCE 9.9", 2, 0, 0))


def test_a_case_unlike_all_others_does_not_hold_though_the_model_says_otherwise_of_it(proposes: Propose) -> None:
    def by_age(rows: pd.DataFrame) -> Floats:
        return 50.0 - rows["age"].to_numpy(np.float64) / 10 + 4.4

    settings = make_settings(40.0, PRICE, ask=by_age)
    assert settings.crosses(settings.answers([{"age": 900.0}])).all()
    proposes({"age": 900.0})
    assert search_again(settings, []) == ([], SecondSearch("DiCE 9.9", 1, 0, 0))


def test_a_new_way_that_changes_more_than_another_new_one_is_left_out(proposes: Propose) -> None:
    settings = make_settings(30.0, PRICE, PLAN)
    proposes({"plan": "plus", "price": 32.0}, {"price": 12.0})  # a price of 32 is not enough alone, nor is the plan
    again, second = search_again(settings, [])
    assert [way.columns for way in again] == [{"price"}]
    assert second == SecondSearch("DiCE 9.9", n_proposed=2, n_holding=2, n_new=1)


def test_more_changes_than_a_way_may_have_do_not_hold(proposes: Propose) -> None:
    names = ["price", "calls", "plan", "age"]

    def all_four(rows: pd.DataFrame) -> Floats:
        changed = [rows[name].astype("str") != str(CASE[name].iloc[0]) for name in names]
        return np.where(np.sum(changed, axis=0) == len(names), 0.0, 50.0)

    settings = make_settings(40.0, PRICE, CALLS, PLAN, ask=all_four)
    whole = {"price": 30.0, "calls": 5.0, "plan": "plus", "age": 40.0}
    assert settings.crosses(settings.answers([whole])).all()
    proposes(whole)
    assert search_again(settings, []) == ([], SecondSearch("DiCE 9.9", 1, 0, 0))


def test_why_it_could_not_search_is_kept(proposes: Propose) -> None:
    settings = three()
    ways = find_ways(settings)
    proposes(trouble=COULD_NOT)
    assert search_again(settings, ways) == (ways, SecondSearch("DiCE 9.9", 0, 0, 0, COULD_NOT))


def test_no_way_of_all_holds_the_columns_of_another(proposes: Propose) -> None:
    settings = three()
    proposes({"price": 12.0, "calls": 8.0, "plan": "plus"}, {"calls": 8.0}, {"price": 30.0, "plan": "plus"})
    again, _ = search_again(settings, [Way({"price": 35.0, "plan": "plus"}, 31.0)])
    columns = [way.columns for way in again]
    assert not any(one < other for one in columns for other in columns)
    assert len(columns) == len(set(columns))
    assert [len(one) for one in columns] == sorted(len(one) for one in columns)


@pytest.mark.parametrize(
    ("threshold", "changeable"),
    [(38.0, (PRICE, CALLS, PLAN)), (30.0, (PRICE, CALLS)), (30.0, (CALLS, PLAN)), (60.0, (PRICE, CALLS))],
)
def test_the_real_one_adds_nothing_where_every_column_alone_shows_the_way(
    threshold: float, changeable: tuple[Changeable, ...]
) -> None:
    settings = make_settings(threshold, *changeable)
    ways = find_ways(settings)
    again, second = search_again(settings, ways)
    assert (second is None) == (not is_installed())
    assert [way for way in again if way.columns in {own.columns for own in ways}] == ways
    if second is not None:
        assert second.n_proposed >= second.n_holding >= 0
        assert second.n_new == len(again) - len(ways) == 0


def test_the_real_one_finds_what_a_search_column_by_column_misses_where_it_is_installed() -> None:
    settings = make_settings(40.0, PRICE, CALLS, ask=narrow)
    assert find_ways(settings) == []
    again, second = search_again(settings, [])
    assert (second is None) == (not is_installed())
    if second is not None:
        (way,) = again[:MAX_FOUND]
        assert way.found_by == second.name
        assert way.setting == {"price": 31.0, "calls": 4.0}  # the corner of the band that is nearest to today
        assert way.answer == pytest.approx(10.0)
        assert second.n_new == 1
