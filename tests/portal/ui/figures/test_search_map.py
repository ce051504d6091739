"""Figures of the map of a search."""

import pytest

from portal.ui.figures.search_map import (
    Column,
    Line,
    contour_map,
    importance_bars,
    parallel_coordinates,
    rank_map,
    slice_plot,
    timeline,
)
from services.automl.family_names import FAMILY_LABELS
from services.automl.search_map import SearchMap
from tests.makers_search_map import make_searched
from tests.services.automl.test_sentences import make_trial

SHOWN = SearchMap(make_searched(), "lightgbm", in_money=True)
X, Y = SHOWN.axes[:2]


def test_each_path_is_drawn_in_its_group_and_a_brush_marks_its_part_of_a_line() -> None:
    columns = [Column("Learning rate", "0.001", "1"), Column("AUC", "0.7", "0.9")]
    lines = [Line((0.0, 1.0), "Best"), Line((0.5, None), "No model"), Line((0.2, 0.3), "Inside")]
    figure = parallel_coordinates(columns, lines, {1: (0.25, 0.75)})
    assert [trace.name for trace in figure.data if trace.name] == ["No model", "Inside", "Best"]
    brush = figure.layout.shapes[-1]
    assert (brush.x0, brush.x1, brush.y0, brush.y1) == pytest.approx((0.92, 1.08, 0.24, 0.76))


def test_a_surface_has_its_variants_and_one_best_place() -> None:
    found = SHOWN.surface_of(X, Y, in_money=True)
    assert found is not None
    figure = contour_map(found, X, Y, SHOWN.complete, greater_is_better=True, currency="EUR")
    assert [trace.type for trace in figure.data] == ["contour", "scatter", "scatter"]
    assert len(figure.data[1].x) == len(SHOWN.complete)
    assert list(figure.data[2].x) == [found.best_x]
    assert all("€" in label for label in figure.data[0].colorbar.ticktext)


def test_variants_without_a_model_lie_at_the_bottom_of_a_slice() -> None:
    figure = slice_plot(X, SHOWN.trials, SHOWN.values, currency="EUR")
    reached, lost = figure.data
    assert (len(reached.x), len(lost.x)) == (36, 4)
    assert set(lost.y) == {min(SHOWN.values.values())}


def test_the_quarters_look_different() -> None:
    traces = rank_map(X, Y, SHOWN.quarters).data
    assert len({(trace.marker.color, trace.marker.symbol) for trace in traces}) == len(traces) == 4


def test_bars_are_in_the_order_of_the_first_goal() -> None:
    figure = importance_bars({"a": "A", "b": "B"}, {"Money": {"a": 0.7, "b": 0.3}, "AUC": {"b": 0.6, "a": 0.4}})
    assert [trace.name for trace in figure.data] == ["AUC", "Money"]
    assert list(figure.data[0].y) == ["B", "A"]


def test_no_two_kinds_of_model_look_the_same_in_the_timeline() -> None:
    trials = [make_trial(number, kind, lane="1:0") for number, kind in enumerate(FAMILY_LABELS, start=1)]
    traces = timeline(trials, {"1:0": "Lane 1"}).data
    assert len({(trace.marker.color, trace.marker.pattern.shape) for trace in traces}) == len(FAMILY_LABELS)
