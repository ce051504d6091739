"""The one plotly look. Every figure goes through `house`, then `chart`.

Every mark has at least 3:1 contrast on the light and the dark page, so a figure need not know the mode; fonts, grid and
background follow the theme. Only label colour depends on the mode, and `chart` sets it.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from portal.ui.kept import is_dark, kept
from services.valuation.amounts import format_money

SERIES = ["#4F5FE0", "#BA551F", "#09A494", "#AE3589", "#C0840C", "#4298D3"]  # never more than six series
# Colour is never the only channel. One symbol more than colours, so that the seventh of a kind is like none before.
SYMBOLS = ["circle", "diamond", "square", "triangle-up", "cross", "x", "star"]
ACCENT, GOOD, WARN, BAD, QUIET = "#4F5FE0", "#2A8F57", "#B97A10", "#D0483F", "#7C8594"
DIVERGING = [[0, "#C4551A"], [0.5, "#9AA1AD"], [1, "#4F5FE0"]]
PERCENT = ".0%"
_AXIS = re.compile(r"[xy]axis\d*")
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "responsive": True}
_PAGE_LIGHT, _PAGE_DARK = "#FFFFFF", "#11141A"
_LABEL_LIGHT, _LABEL_DARK = "#5C6470", "#A9B0BC"  # 6.0:1 on white, 8.5:1 on the dark page


def marker_of(place: int) -> dict[str, str]:
    """Colour and symbol of one kind among many: no two of the first 42 places have both alike."""
    return {"color": SERIES[place % len(SERIES)], "symbol": SYMBOLS[place % len(SYMBOLS)]}


def house(
    figure: go.Figure,
    *,
    height: int = 300,
    x: str | tuple[float, float] | None = None,
    y: str | tuple[float, float] | None = None,
    currency: str = "EUR",
    legend: bool = False,
    grid: str = "y",
    zero: bool = False,
    over: Mapping[str, Any] | None = None,
) -> go.Figure:
    """Style a figure: no title (the heading above states the finding), one grid direction, no toolbar, direct labels.

    `x` and `y` are a d3 format, or (low, high) for a money axis, whose ticks read −€100k, €1.5m. `over` is laid over
    the style; its `annotations` are added to those of the figure.
    """
    axis: dict[str, Any] = {
        "zeroline": zero,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
        "tickfont": {"size": 12},
        "title": {"standoff": 10, "font": {"size": 12}},
    }
    style: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 28 if legend else 8, "b": 8},
        "colorway": SERIES,
        "title": None,
        "separators": ".,",
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": legend,
        "bargap": 0.35,
        "font": {"size": 13},
        "hoverlabel": {"align": "left", "font": {"size": 13}},
        "legend": {
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.02,
            "x": 0,
            "title": None,
            "itemsizing": "constant",
            "font": {"size": 12},
        },
    }
    axes = {"x": axis | {"showgrid": "x" in grid} | _scale(x, currency)}
    axes["y"] = axis | {"showgrid": "y" in grid} | _scale(y, currency)
    _restyle(figure, style, axes, {"font": {"size": 12}, "showarrow": False}, over or {})
    figure.update_traces(marker_line_width=0, selector={"type": "bar"})
    return figure


def band(figure: go.Figure, x: Sequence[Any], low: Sequence[float], high: Sequence[float], *, color: str) -> go.Figure:
    """The interval of each point as one area, which says nothing under the pointer and nothing in a legend."""
    return figure.add_scatter(
        x=[*x, *reversed(x)],
        y=[*high, *reversed(low)],
        mode="lines",
        fill="toself",
        fillcolor=color,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def mark(
    figure: go.Figure, value: float, text: str, *, axis: str = "x", color: str = QUIET, side: str = "top right"
) -> go.Figure:
    """A named reference line (break-even, today's rule): dotted, its label at the line and not in a legend."""
    add = figure.add_vline if axis == "x" else figure.add_hline
    shift = 0 if axis == "y" else 5 if "right" in side else -5
    add(
        **{axis: value},
        line={"color": color, "width": 1.5, "dash": "dot"},
        annotation_text=text,
        annotation_position=side,
        annotation_font_size=12,
        annotation_xshift=shift,
    )
    return figure


def chart(figure: go.Figure, alt: str, *, key: str | None = None, saved_as: str = "") -> None:
    """Draw a styled figure. `alt` states the takeaway for those who cannot see it.

    With `saved_as`, the name of a file, plotly's own button saves it as a PNG with the colour of the page behind it.
    """
    config: dict[str, Any] = dict(_CONFIG)
    if saved_as:
        config |= {
            "displayModeBar": True,
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"format": "png", "filename": saved_as, "scale": 2},
        }
        figure.update_layout(
            paper_bgcolor=_PAGE_DARK if is_dark() else _PAGE_LIGHT,
            modebar={"bgcolor": "rgba(0,0,0,0)", "color": QUIET, "activecolor": ACCENT},
            margin_t=max(34, figure.layout.margin.t or 0),
            margin_l=max(20, figure.layout.margin.l or 0),  # the picture is drawn with another font than the page
        )
    st.plotly_chart(_inked(figure), config=config, alt=alt, key=key)


def brush_chart(figure: go.Figure, alt: str, *, key: str, on_brush: Callable[[], None]) -> None:
    """Draw a styled figure in which a person may draw a box; `on_brush` is called when they have.

    What was drawn is in `st.session_state[key]`. There must be another way to the same end, by keyboard.
    """
    st.plotly_chart(_inked(figure), config=_CONFIG, alt=alt, key=key, on_select=on_brush, selection_mode=("box",))


def press_chart(figure: go.Figure, alt: str, *, key: str, on_press: Callable[[], None] | None = None) -> str | None:
    """Draw a styled figure whose marks can be pressed; returns what the pressed one names first in its `customdata`.

    `on_press` is called when one was pressed, before the rerun; what was pressed is `pressed(st.session_state[key])`
    then. There must be another way to the same end, by keyboard.
    """
    state = st.plotly_chart(
        _inked(figure), config=_CONFIG, alt=alt, key=key, on_select=on_press or "rerun", selection_mode=("points",)
    )
    return pressed(state)


def pressed(state: Any) -> str | None:
    """What the pressed mark of a chart names first in its `customdata`; None where no mark is pressed."""
    points = [point["customdata"] for point in state["selection"]["points"] if point.get("customdata")]
    return str(points[0][0]) if points else None


def kept_chart(build: Callable[[], go.Figure], alt: str, *, of: tuple[object, ...], key: str | None = None) -> None:
    """As `chart`, for a figure that many clicks draw alike: it is built once for each `of`.

    `of` is what the figure shows, or names it: plain immutable data, first the kind of figure. The caller has checked
    that the person may see it.
    """
    kept(lambda: chart(build(), alt, key=key), of=(*of, alt, key))


def _inked(figure: go.Figure) -> go.Figure:
    ink: dict[str, Any] = {"font": {"color": _LABEL_DARK if is_dark() else _LABEL_LIGHT}}
    axis = {"tickfont": ink["font"], "title": ink}
    return _restyle(figure, ink | {"legend": ink}, {"x": axis, "y": axis}, ink, {})


def _restyle(
    figure: go.Figure,
    style: Mapping[str, Any],
    axes: Mapping[str, Mapping[str, Any]],
    annotation: Mapping[str, Any],
    over: Mapping[str, Any],
) -> go.Figure:
    """Lay a style over the layout, over every axis by its letter, and over every annotation; then `over` over all.

    The layout is merged as plain data and set once: plotly takes about ten milliseconds for each `update_` of a
    figure, and a page may have thirty figures.
    """
    layout = {name: value for name, value in figure.layout.to_plotly_json().items() if name != "template"}
    own, added = layout.pop("annotations", ()), over.get("annotations", ())
    named = {name: axes[name[0]] for name in figure.layout if _AXIS.fullmatch(name)}
    merged = _merged(_merged(layout, {**style, **named}), over)
    merged["annotations"] = [*(_merged(one, annotation) for one in own), *added]
    figure.layout = merged
    return figure


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Plain data with other plain data over it, key by key."""
    found = dict(under)
    for name, value in over.items():
        below = found.get(name)
        found[name] = _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return found


def _scale(scale: str | tuple[float, float] | None, currency: str) -> dict[str, Any]:
    if isinstance(scale, tuple):
        ticks = money_ticks(*scale)
        return {"range": scale, "tickvals": ticks, "ticktext": money_labels(ticks, currency)}
    return {"tickformat": scale} if scale else {}


def money_ticks(low: float, high: float, n: int = 5) -> list[float]:
    """About `n` round values between `low` and `high`; one value where the range is empty."""
    if not high > low:
        return [low]
    raw = (high - low) / n
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= raw)
    return [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def money_labels(ticks: list[float], currency: str = "EUR") -> list[str]:
    """Each tick in words, with as many decimals as it takes to tell them apart: €1.14m, €1.16m."""
    labels = [format_money(tick, currency) for tick in ticks]
    decimals = 2
    while len(set(labels)) < len(ticks) and decimals < 10:
        labels = [format_money(tick, currency, decimals=decimals) for tick in ticks]
        decimals += 1
    return labels
