"""The figure of groups: a mark with its interval for each group large enough, and none for the others."""

from dataclasses import replace

import pytest

from portal.ui.figures.fairness import groups_figure
from services.fairness.report import Mean
from tests.makers_fairness import make_fairness, make_group


def test_each_group_has_a_mark_with_its_interval_in_the_order_of_the_table() -> None:
    groups = (make_group("under 25", 81), make_group("25 or more", 88), make_group("no value", 1, found=None))
    (marks,) = groups_figure(make_fairness(), groups).data
    assert list(marks.y) == ["25 or more", "under 25"]
    assert list(marks.x) == pytest.approx([88.0, 81.0])
    assert list(marks.error_x.array) == pytest.approx([5.0, 5.0])
    assert marks.customdata[1][0] == "under 25: 81 of 100 (76 to 86), n = 100"


def test_false_alarms_and_errors_of_a_number_are_drawn_on_their_own_axis() -> None:
    alarms = groups_figure(make_fairness(harm="false_alarm"), (make_group("a", 1), make_group("b", 2)))
    assert list(alarms.data[0].x) == pytest.approx([10.0, 10.0])
    assert "does not happen" in alarms.layout.xaxis.title.text
    bias = Mean(12.0, None, None, "one row only", 40)
    errors = groups_figure(make_fairness(harm="error"), (replace(make_group("a", 1), bias=bias),))
    assert list(errors.data[0].x) == [12.0]
    assert list(errors.data[0].error_x.array) == [0.0]
    assert errors.layout.xaxis.range is None


def test_a_value_from_the_data_is_no_markup() -> None:
    (marks,) = groups_figure(make_fairness(), (make_group("<b>x</b>", 81), make_group("y", 50))).data
    assert "<b>" not in str(marks.y) + str(marks.customdata)
