"""Maps of a table draw what they are given, at most a few thousand points, and never read a name as markup."""

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ui.charts import ACCENT, QUIET
from portal.ui.figures.dataset_maps import (
    MAX_NAME,
    change_card,
    correlation_map,
    missingness_map,
    target_relation,
    time_coverage,
)

HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_gap_is_a_dark_cell_in_the_line_of_its_column() -> None:
    figure = missingness_map(["age", "income"], [[0.0, 0.0], [0.0, 1.0]])
    assert [list(line) for line in figure.data[0].z] == [[0.0, 0.0], [0.0, 1.0]]
    assert list(figure.layout.yaxis.ticktext) == ["age", "income"]
    assert figure.layout.yaxis.autorange == "reversed"


def test_the_first_and_the_last_rows_are_named() -> None:
    figure = missingness_map(["age"], [[0.1, 0.2, 0.3]])
    assert [(note.text, note.x) for note in figure.layout.annotations] == [("first rows", 0), ("last rows", 1)]


def test_a_single_gap_in_many_rows_is_seen() -> None:
    low, next_step, _high = missingness_map(["age"], [[0.0, 0.001]]).data[0].colorscale
    assert next_step[0] <= 0.001
    assert low[1] != next_step[1]


def test_a_strong_opposite_is_as_dark_as_a_strong_likeness() -> None:
    figure = correlation_map(["a", "b"], [[1.0, -0.9], [-0.9, 1.0]])
    assert list(figure.data[0].z[0]) == [1.0, 0.9]
    assert figure.data[0].customdata[0][1] == "a and b: -0.90"


def test_a_pair_without_a_correlation_is_left_blank() -> None:
    figure = correlation_map(["a", "b"], [[1.0, None], [None, 1.0]])
    assert figure.data[0].z[0][1] is None


def test_parts_above_the_average_have_the_accent() -> None:
    figure = target_relation(["low", "high"], [0.1, 0.5], 0.3, is_share=True)
    assert list(figure.data[0].marker.color) == [QUIET, ACCENT]
    assert figure.data[0].hovertext[1] == "high: 50%"
    assert figure.layout.shapes[0].y0 == 0.3


def test_a_mean_is_not_written_as_a_share() -> None:
    assert target_relation(["low"], [12.345], 12.0, is_share=False).data[0].hovertext[0] == "low: 12.3"


def test_time_has_at_most_four_labels_the_first_and_the_last_among_them() -> None:
    months = [f"{month}/25" for month in range(1, 25)]
    figure = time_coverage(months, [5] * 24)
    assert len(figure.layout.xaxis.ticktext) == 4
    assert figure.layout.xaxis.ticktext[0] == "1/25"
    assert figure.layout.xaxis.ticktext[-1] == "24/25"


def test_before_is_grey_and_after_is_indigo() -> None:
    figure = change_card(["a", "b"], [0.5, 0.5], [0.2, 0.8])
    assert [trace.marker.color for trace in figure.data] == [QUIET, ACCENT]
    assert figure.data[1].hovertext[1] == "b: 80.0% after"


@pytest.mark.parametrize(
    "figure",
    [
        missingness_map([HOSTILE], [[0.5]]),
        correlation_map([HOSTILE, "b"], [[1.0, 0.5], [0.5, 1.0]]),
        target_relation([HOSTILE, "b"], [0.1, 0.2], 0.1, is_share=True),
        time_coverage([HOSTILE], [1]),
        change_card([HOSTILE, "b"], [0.5, 0.5], [0.5, 0.5]),
    ],
)
def test_a_name_is_never_markup(figure: go.Figure) -> None:
    assert "<img" not in figure.to_json()


@given(st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=40, unique=True))
def test_names_beside_a_map_stay_short(names: list[str]) -> None:
    figure = missingness_map(names, [[0.0] for _ in names])
    plain = [
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in figure.layout.yaxis.ticktext
    ]
    assert all(len(text) <= MAX_NAME for text in plain)
    assert len(figure.layout.yaxis.tickvals) == len(names)
