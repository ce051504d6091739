"""Figures of what stands behind an explanation: what they draw, in the right units, and nothing as markup."""

from dataclasses import replace
from datetime import date

import pytest

from portal.ui.charts import ACCENT, QUIET, WARN
from portal.ui.figures import shapes
from services.interpretations.cards import Scale
from services.interpretations.naming import ColumnName
from services.stories.report import CategoryEffect
from tests.makers_stories import (
    make_behind,
    make_category_shape,
    make_cohort,
    make_number_shape,
    make_stability,
    make_teller,
)

TELLER = make_teller()
TENURE, SCALE = TELLER.name("tenure"), TELLER.scale
LABELS = {"tenure": "Tenure", "contract": "Contract"}


def test_the_line_is_drawn_over_its_band() -> None:
    figure = shapes.accumulated(make_number_shape(), TENURE, SCALE)
    band, line = figure.data
    assert list(line.x) == [1.0, 24.0, 60.0]
    assert list(line.y) == [10.0, 1.0, -9.0]
    assert max(band.y) == 12.0
    assert min(band.y) == -11.0
    assert "24 months" in line.hovertext[1]
    assert figure.layout.yaxis.title.text == "Beside what is usual, points"
    assert figure.layout.xaxis.title.text == "Tenure, months"


def test_dates_are_dates_on_the_axis() -> None:
    shape = replace(make_number_shape(), kind="date", dependence=((0.0, 40.0), (31.0, 20.0)), lines=())
    figure = shapes.dependence(shape, ColumnName("since", "Since", "date"), SCALE)
    assert [str(day)[:10] for day in figure.data[0].x] == [str(date(1970, 1, 1)), str(date(1970, 2, 1))]


def test_a_number_that_is_no_day_stays_a_number() -> None:
    shape = replace(make_number_shape(), kind="date", dependence=((0.0, 40.0), (9e9, 20.0)), lines=())
    figure = shapes.dependence(shape, ColumnName("since", "Since", "date"), SCALE)
    assert list(figure.data[0].x) == [0.0, 9e9]


def test_single_rows_are_thin_lines_below_the_mean() -> None:
    figure = shapes.dependence(make_number_shape(), TENURE, Scale("the predicted use", "kWh"))
    assert [list(trace.y) for trace in figure.data] == [[50.0, 40.0, 30.0], [20.0, 18.0, 9.0], [40.0, 30.0, 20.0]]
    assert figure.data[0].line.width < figure.data[2].line.width
    assert figure.layout.yaxis.title.text == "Predicted, kWh"


def test_categories_of_too_few_rows_are_not_drawn_and_the_others_have_whiskers() -> None:
    figure = shapes.categories(make_category_shape(), SCALE)
    (bars,) = figure.data
    assert list(bars.y) == ["Month-to-month", "Two year"]
    assert list(bars.error_x.array) == [1.0, 1.0]
    assert list(bars.error_x.arrayminus) == [1.0, 1.5]


def test_a_group_stands_above_its_members_and_pairs_are_named() -> None:
    figure = shapes.group(make_behind().clusters[0], LABELS, SCALE)
    assert list(figure.data[0].y) == ["Together", "Tenure", "Contract"]
    assert list(figure.data[0].text) == ["18 points", "12 points", "8.0 points"]
    assert list(shapes.pairs(make_behind().interactions, LABELS).data[0].y) == ["Tenure × Contract"]


@pytest.mark.parametrize("is_amber", [True, False])
def test_drivers_reach_from_their_lowest_to_their_highest_refit(is_amber: bool) -> None:
    figure = shapes.steadiness(make_stability(is_amber=is_amber), LABELS, SCALE, 1)
    (dots,) = figure.data
    assert list(dots.x) == [12.0]
    assert (list(dots.error_x.array), list(dots.error_x.arrayminus)) == ([1.0], [1.5])
    assert (dots.marker.color == WARN) is is_amber


def test_a_part_that_differs_clearly_has_another_colour() -> None:
    one, other, _ = make_cohort().segments
    unclear = replace(other.effects[0], low=-1.0, high=2.0)
    figure = shapes.segments([("Monthly", one.effects[0]), ("Long", unclear)], SCALE)
    assert list(figure.data[0].marker.color) == [ACCENT, QUIET]
    assert figure.layout.xaxis.title.text == "Matters more than elsewhere, points"


def test_text_of_the_data_is_no_markup_and_long_text_is_cut() -> None:
    value = CategoryEffect("<b>" + "x" * 90, 60, 5.0, 4.0, 6.0)
    figure = shapes.categories(make_category_shape(values=(value,)), SCALE)
    (label,) = figure.data[0].y
    assert label.startswith("&lt;b&gt;")
    assert len(label) < 40
    hostile = shapes.pairs(make_behind().interactions, {"tenure": "<a href=x>", "contract": "c"})
    assert "<a" not in hostile.data[0].y[0]
