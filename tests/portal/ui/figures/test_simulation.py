"""What the figures of the simulator draw."""

from dataclasses import replace

import pytest

from portal.ui.figures.simulation import limits_figure, ways_figure
from services.simulation.report import Money
from tests.makers_simulation import make_report

REPORT = make_report()
assert REPORT.money is not None
MONEY: Money = REPORT.money


@pytest.mark.parametrize("in_money", [True, False])
def test_the_chosen_limit_and_todays_way_are_marked(in_money: bool) -> None:
    figure = limits_figure(REPORT, MONEY, in_money=in_money)
    names = {annotation.text for annotation in figure.layout.annotations}
    assert names == {"Chosen", "Today's way"}
    (chosen,) = [trace for trace in figure.data if trace.mode == "markers"]
    point = MONEY.curve[-1]
    assert chosen.x[0] == (point.spent if in_money else point.acts)
    assert chosen.y[0] == point.amount


def test_of_grade_b_only_the_lower_end_is_drawn() -> None:
    figure = limits_figure(replace(REPORT, grade="B"), MONEY, in_money=True)
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert list(lines[0].y) == [point.low for point in MONEY.curve]
    assert not [trace for trace in figure.data if trace.fill]


def test_each_way_has_a_bar_with_its_interval() -> None:
    figure = ways_figure(MONEY, "EUR")
    bar = figure.data[0]
    assert list(bar.y)[::-1] == ["Today's way", "One setting for all", "Settings by chance"]
    for gain, amount, more, less in zip(
        MONEY.gains[::-1], bar.x, bar.error_x.array, bar.error_x.arrayminus, strict=True
    ):
        assert (amount - less, amount + more) == (gain.low, gain.high)


def test_a_curve_of_one_point_is_drawn() -> None:
    nothing = replace(MONEY, curve=(replace(MONEY.curve[0], is_chosen=True),))
    assert limits_figure(REPORT, nothing, in_money=True).layout.xaxis.title.text == "Spent a year"
