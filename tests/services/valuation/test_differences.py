"""Two versions side by side."""

from dataclasses import replace

from services.valuation.differences import differences
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost


def test_equal_figures_do_not_differ() -> None:
    assert differences(CALLS, replace(CALLS)) == ()


def test_each_figure_and_item_that_differs_is_named_with_both_readings() -> None:
    before = replace(CALLS, items=(cost(), benefit()))
    after = replace(CALLS, success_rate=0.5, capacity_per_month=None, items=(benefit(low=9), cost("Licence", 1, 2)))
    found = {one.title: (one.before, one.after) for one in differences(before, after)}
    assert found["The share of cases in which acting works"] == ("40%", "50%")
    assert found["The capacity a month"] == ("860", None)
    assert found["Integration"][1] is None
    assert found["Licence"][0] is None
    assert "5,000 to 20,000" in (found["Leavers kept"][0] or "")
    assert "9 to 20,000" in (found["Leavers kept"][1] or "")
    assert len(found) == 5
