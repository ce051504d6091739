"""Two people change one version: nobody's work is lost, and nothing is decided for them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.valuation.adoption import Adoption
from services.valuation.assumptions import Assumptions
from services.valuation.details import Details, TodaysRule
from services.valuation.merging import Merging
from services.valuation.parts import assembled, parts_of
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost

BASE = replace(CALLS, items=(cost(), benefit()), adoption=Adoption(ramp_months=3), details=Details(metric="log_loss"))


def test_what_only_one_changed_stands_without_a_question() -> None:
    theirs = replace(BASE, action_amount=60.0, items=(cost(), benefit(), cost("Licences")))
    mine = replace(BASE, horizon_months=24, details=Details(metric="log_loss", rule=TodaysRule(300, 0.1)))
    merging = Merging(BASE, theirs, mine)
    assert merging.conflicts == ()
    assert merging.theirs_only == ("The cost of acting once", "Licences")
    assert merging.mine_only == ("The horizon", "Today's rule")
    both = merging.decided({})
    assert (both.action_amount, both.horizon_months, len(both.items)) == (60.0, 24, 3)
    assert both.details == mine.details


def test_what_both_changed_is_asked() -> None:
    theirs = replace(BASE, action_amount=60.0, items=(cost(high=90_000), benefit()))
    mine = replace(BASE, action_amount=50.0, items=(benefit(),))
    merging = Merging(BASE, theirs, mine)
    assert [one.title for one in merging.conflicts] == ["The cost of acting once", "Integration"]
    assert (merging.conflicts[0].before, merging.conflicts[0].theirs, merging.conflicts[0].mine) == ("42", "60", "50")
    assert merging.conflicts[1].mine is None
    both = merging.decided({"action_amount": True, "item Integration": True})
    assert (both.action_amount, [item.name for item in both.items]) == (50.0, ["Leavers kept"])
    assert merging.decided({"action_amount": False, "item Integration": False}) == theirs


def test_the_same_change_by_both_is_no_conflict() -> None:
    both = replace(BASE, action_amount=60.0)
    merging = Merging(BASE, both, both)
    assert merging.conflicts == () and merging.mine_only == () and merging.theirs_only == ()
    assert merging.decided({}) == both


def test_changes_that_do_not_go_together_are_refused_in_words() -> None:
    base = replace(BASE, items=(cost(), benefit(), benefit("Second")), details=Details(counted=()))
    theirs = replace(base, items=(cost(), benefit()))
    mine = replace(base, items=(cost(), benefit("Second")))
    with pytest.raises(InvalidInputError, match="no benefit yet"):
        Merging(base, theirs, mine).decided({})


@given(action=st.floats(0, 100), horizon=st.integers(1, 240), name=st.text("abc", min_size=1, max_size=5))
def test_figures_are_their_parts(action: float, horizon: int, name: str) -> None:
    one: Assumptions = replace(BASE, action_amount=action, horizon_months=horizon, items=(cost(name), benefit()))
    assert assembled(parts_of(one)) == one


def test_of_two_first_versions_all_that_differs_is_asked() -> None:
    theirs, mine = BASE, replace(CALLS, action_amount=50.0, items=(cost("Licences"),))
    merging = Merging(None, theirs, mine)
    asked = {one.title: (one.theirs, one.mine) for one in merging.conflicts}
    assert asked["The cost of acting once"] == ("42", "50")
    assert merging.theirs_only[-2:] == ("Integration", "Leavers kept")
    both = merging.decided({one.name: False for one in merging.conflicts})
    assert both.action_amount == BASE.action_amount
    assert {item.name for item in both.items} == {"Integration", "Leavers kept", "Licences"}
