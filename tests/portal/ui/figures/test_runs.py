"""The figure of a project's runs."""

from portal.ui.figures.runs import history
from services.automl.run_history import Level


def levels(n: int) -> list[Level]:
    return [Level(i, 1 + (i > 2), "roc_auc", 0.7 + i / 1_000, 0.6, 0.9 if i % 2 else None) for i in range(1, n + 1)]


def test_each_run_is_a_point_with_its_interval_and_other_data_a_line() -> None:
    figure = history(levels(4), currency=None)
    (points,) = figure.data
    assert list(points.y) == [0.701, 0.702, 0.703, 0.704]
    assert [round(high, 3) for high in points.error_y.array] == [0.199, 0.0, 0.197, 0.0]
    assert points.hovertext[0] == "Run 1, data version 1: 0.701 (0.600 to 0.900)"
    assert points.hovertext[1] == "Run 2, data version 1: 0.702"
    assert [shape.x0 for shape in figure.layout.shapes] == [1.5]
    assert list(figure.layout.xaxis.ticktext) == [f"Run {i}<br>data {1 + (i > 2)}" for i in range(1, 5)]


def test_of_many_runs_the_newest_are_shown_and_some_are_labelled() -> None:
    figure = history(levels(70), currency=None)
    assert len(figure.data[0].y) == 30
    assert figure.data[0].hovertext[-1].startswith("Run 70,")
    labels = list(figure.layout.xaxis.ticktext)
    assert len(labels) <= 8
    assert labels[-1] == "Run 70<br>data 2"


def test_money_has_an_axis_in_its_currency() -> None:
    figure = history([Level(1, 1, "roc_auc", 1e5, None, None), Level(2, 1, "roc_auc", 2e5, None, None)], currency="EUR")
    assert any("€" in text for text in figure.layout.yaxis.ticktext)
    assert figure.data[0].hovertext[1] == "Run 2, data version 1: €200k"
    (only,) = history([Level(1, 1, "roc_auc", 5.0, None, None)], currency=None).data
    assert list(only.y) == [5.0]
