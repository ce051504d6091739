"""The one plotly look: readable in both modes, money ticks that are round, no title, no toolbar."""

import re
from itertools import pairwise
from pathlib import Path

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plotly.subplots import make_subplots
from streamlit.testing.v1 import AppTest

from portal.ui.charts import (
    ACCENT,
    BAD,
    GOOD,
    QUIET,
    SERIES,
    SYMBOLS,
    WARN,
    house,
    mark,
    marker_of,
    money_labels,
    money_ticks,
)

LIGHT_PAGE, DARK_PAGE = "#FFFFFF", "#11141A"


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(two)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("page", [LIGHT_PAGE, DARK_PAGE])
@pytest.mark.parametrize("color", [*SERIES, ACCENT, GOOD, WARN, BAD, QUIET])
def test_every_mark_stands_out_on_both_pages(color: str, page: str) -> None:
    assert contrast(color, page) >= 3.0


def test_every_series_has_a_colour_and_a_symbol_of_its_own() -> None:
    assert len(set(SERIES)) == 6
    assert len(set(SYMBOLS)) == 7
    looks = [tuple(marker_of(place).values()) for place in range(len(SERIES) * len(SYMBOLS))]
    assert len(set(looks)) == len(looks)


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9))
def test_money_ticks_are_few_inside_the_range_and_evenly_spaced(low: float, width: float) -> None:
    high = low + width
    ticks = money_ticks(low, high)
    assert 1 <= len(ticks) <= 6 + 1
    tolerance = 1e-9 * max(abs(low), abs(high), 1)
    assert all(low - tolerance <= tick <= high + tolerance for tick in ticks)
    steps = [after - before for before, after in pairwise(ticks)]
    assert all(step == pytest.approx(steps[0], rel=1e-6, abs=tolerance * 10) for step in steps)


def test_an_empty_range_has_one_tick() -> None:
    assert money_ticks(5, 5) == [5]


def test_a_money_axis_reads_in_words() -> None:
    figure = house(go.Figure(go.Bar(x=[1], y=[2])), y=(-100_000, 300_000))
    assert list(figure.layout.yaxis.ticktext) == ["−\u2060€100k", "€0", "€100k", "€200k", "€300k"]
    assert figure.layout.title.text is None
    assert figure.layout.dragmode is False


def test_styling_keeps_what_a_figure_has_of_its_own() -> None:
    figure = make_subplots(rows=1, cols=2, subplot_titles=("Left", "Right"))
    figure.add_trace(go.Bar(x=[1], y=[2]), row=1, col=1)
    figure.update_layout(xaxis2={"title": "Age", "range": [0, 9]}, bargap=0.7)
    figure.add_vline(x=1)
    template = figure.layout.template
    assert house(figure, over={"bargap": 0.1, "annotations": [{"text": "End"}]}) is figure
    assert figure.layout.template == template
    assert [note.text for note in figure.layout.annotations] == ["Left", "Right", "End"]
    assert [note.font.size for note in figure.layout.annotations] == [12, 12, None]
    axis = figure.layout.xaxis2
    assert (axis.title.text, axis.title.standoff, axis.range, axis.fixedrange) == ("Age", 10, (0, 9), True)
    assert axis.anchor == "y2"
    assert figure.layout.xaxis.fixedrange is True
    assert [shape.xref for shape in figure.layout.shapes] == ["x"]
    assert figure.layout.bargap == 0.1
    assert figure.data[0].marker.line.width == 0


def test_a_reference_line_is_named_where_it_stands() -> None:
    figure = mark(house(go.Figure(go.Scatter(x=[0, 1], y=[0, 1]))), 0.5, "Break-even", axis="y")
    assert figure.layout.shapes[0].y0 == figure.layout.shapes[0].y1 == 0.5
    assert figure.layout.annotations[0].text == "Break-even"


def test_close_ticks_are_told_apart() -> None:
    assert money_labels([1_100_000, 1_120_000, 1_140_000]) == ["€1.10m", "€1.12m", "€1.14m"]
    assert money_labels([0, 100_000]) == ["€0", "€100k"]


@given(st.floats(-1e7, 1e7), st.floats(1, 1e7))
def test_no_two_ticks_of_an_axis_read_the_same(low: float, width: float) -> None:
    labels = money_labels(money_ticks(low, low + width))
    assert len(set(labels)) == len(labels)


def test_a_kept_figure_is_built_once_for_what_it_shows() -> None:
    def script() -> None:
        import plotly.graph_objects as go
        import streamlit as st

        from portal.ui.charts import house, kept_chart

        def build() -> go.Figure:
            st.session_state["built"] = st.session_state.get("built", 0) + 1
            return house(go.Figure(go.Bar(x=[1], y=[2])))

        kept_chart(build, "One bar", of=("run 7", st.session_state.get("state", "running")), key="bar")

    at = AppTest.from_function(script).run()
    at.run()
    assert at.session_state["built"] == 1
    at.session_state["state"] = "finished"
    at.run()
    assert at.session_state["built"] == 2


def test_a_kept_figure_follows_the_data_it_shows() -> None:
    def script() -> None:
        from functools import partial

        import plotly.graph_objects as go
        import streamlit as st

        from portal.ui.charts import house, kept_chart

        def build(heights: tuple[float, ...]) -> go.Figure:
            return house(go.Figure(go.Bar(x=list(range(len(heights))), y=list(heights))))

        shown = st.session_state.get("shown", (1.5,))
        kept_chart(partial(build, shown), "Bars", of=("bars", shown), key="bars")

    at = AppTest.from_function(script).run()
    first = at.get("plotly_chart")[0].proto.spec
    at.session_state["shown"] = (1.5, 2.5)
    at.run()
    second = at.get("plotly_chart")[0].proto.spec
    assert "2.5" in second
    assert "2.5" not in first


def test_no_axis_loses_its_style_to_its_title() -> None:
    """`title="text"` takes the place of size and distance, and the words then stand between the tick labels."""
    styled = house(go.Figure()).update_xaxes(title_text="Answer")
    assert (styled.layout.xaxis.title.standoff, styled.layout.xaxis.title.font.size) == (10, 12)
    sources = list((Path(__file__).parents[3] / "portal" / "ui").rglob("*.py"))
    assert sources
    assert [path.name for path in sources if re.search(r"axes\([^)]*\btitle=(?!None)", path.read_text())] == []
