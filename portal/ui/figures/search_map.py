"""Figures of the map of a search: data in, figure out. Places on an axis go from 0 to 1."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, GOOD, QUIET, SERIES, SYMBOLS, house, money_labels, money_ticks
from portal.ui.figures.plain import escape, shorten
from services.automl.family_names import FAMILY_LABELS, family_label
from services.automl.hyperparameters import Axis
from services.automl.landscape import Surface
from services.automl.views import TrialView

_ENDS, _COLORS = (0.0, 0.5, 1.0), ("#D9A441", "#4298D3", "#3443B5")  # poor to good, told apart in any sight
_LABEL_LENGTH, _LABEL_WIDTH = 20, 10
_HANDLES = 25  # points per axis that a box can catch; a drag between two of them still has its ends
_GROUPS = (  # name, colour, width, opacity, dash
    ("Outside", QUIET, 1.0, 0.15, "solid"),
    ("No model", BAD, 1.0, 0.6, "dot"),
    ("Inside", SERIES[5], 1.2, 0.7, "solid"),
    ("Best", ACCENT, 2.6, 1.0, "solid"),
)


@dataclass(frozen=True)
class Column:
    """One vertical line: what it measures, and what its ends are called."""

    label: str
    low: str
    high: str


@dataclass(frozen=True)
class Line:
    """One variant: its place on each column (None where it has none) and the group it is drawn in."""

    places: tuple[float | None, ...]
    group: str


def parallel_coordinates(
    columns: Sequence[Column], lines: Sequence[Line], brushes: Mapping[int, tuple[float, float]]
) -> go.Figure:
    """A vertical line for each parameter and result, and a path through them for each variant.

    A box drawn over a part of a line is a brush; parts that are brushed already are marked.
    """
    figure = go.Figure()
    for name, color, width, opacity, dash in _GROUPS:
        x: list[float | None] = []
        y: list[float | None] = []
        for line in lines:
            if line.group == name:
                x += [*range(len(columns)), None]
                y += [*line.places, None]
        if x:
            style = {"color": color, "width": width, "dash": dash}
            figure.add_scatter(
                x=x, y=y, mode="lines", name=name, line=style, opacity=opacity, hoverinfo="skip", connectgaps=False
            )
    _add_handles(figure, len(columns))
    house(figure, height=380, grid="", legend=True)
    for place, column in enumerate(columns):
        figure.add_shape(type="line", x0=place, x1=place, y0=0, y1=1, line={"color": QUIET, "width": 1})
        for y_of, text, anchor in ((1.06, column.high, "bottom"), (-0.06, column.low, "top")):
            figure.add_annotation(x=place, y=y_of, text=escape(text), yanchor=anchor, showarrow=False, font_size=11)
        label = "<br>".join(map(escape, textwrap.wrap(shorten(column.label, _LABEL_LENGTH), _LABEL_WIDTH)))
        figure.add_annotation(x=place, y=1.14, text=label, yanchor="bottom", showarrow=False, font_size=11)
    for place, (low, high) in brushes.items():
        figure.add_shape(
            type="rect", x0=place - 0.08, x1=place + 0.08, y0=low - 0.01, y1=high + 0.01, line_width=0,
            fillcolor=ACCENT, opacity=0.25,
        )  # fmt: skip
    figure.update_xaxes(visible=False, range=[-0.35, len(columns) - 0.65])
    figure.update_yaxes(visible=False, range=[-0.16, 1.34])
    figure.update_layout(
        dragmode="select",
        newselection_mode="immediate",
        legend={"y": -0.02, "yanchor": "top"},
        margin={"t": 8, "b": 30},
    )
    return figure


def contour_map(
    found: Surface, x: Axis, y: Axis, trials: Sequence[TrialView], *, greater_is_better: bool, currency: str | None
) -> go.Figure:
    """What is reached over two parameters, with the variants it is told from."""
    ends = [value for row in found.z for value in row if value == value]
    ticks = money_ticks(min(ends), max(ends), 4) if currency else None
    bar: dict[str, object] = {"thickness": 10, "outlinewidth": 0, "tickfont_size": 11}
    if ticks and currency:
        bar |= {"tickvals": ticks, "ticktext": money_labels(ticks, currency)}
    figure = go.Figure(
        go.Contour(
            x=found.places,
            y=found.places,
            z=found.z,
            colorscale=[*zip(_ENDS, _COLORS if greater_is_better else _COLORS[::-1], strict=True)],
            line={"width": 0.5, "color": "#FFFFFF"},
            hoverinfo="skip",
            colorbar=bar,
        )
    )
    _add_dots(figure, x, y, trials, size=5, color="#11141A", line="#FFFFFF")
    figure.add_scatter(
        x=[found.best_x], y=[found.best_y], mode="markers", hoverinfo="skip",
        marker={"symbol": "star", "size": 15, "color": GOOD, "line": {"color": "#FFFFFF", "width": 1}},
    )  # fmt: skip
    return _placed(house(figure, height=330, grid=""), x, y)


def slice_plot(
    axis: Axis, trials: Sequence[TrialView], values: Mapping[int, float], *, currency: str | None
) -> go.Figure:
    """One parameter against the result; variants without a model lie at the bottom."""
    figure = go.Figure()
    known = [trial for trial in trials if trial.number in values and axis.place(trial) is not None]
    figure.add_scatter(
        x=[axis.place(trial) for trial in known],
        y=[values[trial.number] for trial in known],
        mode="markers",
        marker={"color": ACCENT, "size": 7, "opacity": 0.7},
        hovertext=[_hover(trial) for trial in known],
        hoverinfo="text",
    )
    low = min(values.values(), default=0.0)
    failed = [trial for trial in trials if trial.number not in values and axis.place(trial) is not None]
    figure.add_scatter(
        x=[axis.place(trial) for trial in failed],
        y=[low] * len(failed),
        mode="markers",
        marker={"color": BAD, "size": 7, "symbol": "x-thin-open"},
        hovertext=[f"{_hover(trial)}: no model" for trial in failed],
        hoverinfo="text",
    )
    high = max(values.values(), default=1.0)
    margin = (high - low) * 0.08 or 1.0
    money = (low - margin, high + margin) if currency else None
    house(figure, height=200, y=money or ".3~f", currency=currency or "EUR")
    return _scaled(figure, axis)


def rank_map(x: Axis, y: Axis, quarters: Sequence[Sequence[TrialView]]) -> go.Figure:
    """Two parameters, each variant by the quarter it is in: the best first."""
    figure = go.Figure()
    names = ("Best quarter", "Second", "Third", "Last")
    for name, trials, color, symbol in zip(names, quarters, (ACCENT, SERIES[5], QUIET, BAD), SYMBOLS, strict=False):
        _add_dots(figure, x, y, trials, size=9, color=color, symbol=symbol, name=name)
    return _placed(house(figure, height=360, legend=True), x, y)


def importance_bars(labels: Mapping[str, str], shares: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """The share of each parameter, for money and for the metric.

    Parameters
    ----------
    shares
        By what is reached, then by parameter; the first decides the order.
    """
    figure = go.Figure()
    order = list(next(iter(shares.values()), {}))[::-1]
    for place, (goal, found) in reversed(list(enumerate(shares.items()))):  # the last drawn stands on top
        figure.add_bar(
            x=[found.get(name, 0.0) for name in order],
            y=[escape(shorten(labels[name], 24)) for name in order],
            orientation="h",
            name=goal,
            marker_color=SERIES[place],
            hoverinfo="skip",
            text=[f"{found.get(name, 0.0):.0%}" for name in order],
            textposition="outside",
            cliponaxis=False,
        )
    house(figure, height=70 + 46 * max(len(order), 1), x=".0%", grid="", legend=len(shares) > 1)
    figure.update_xaxes(range=[0, 1.1], visible=False)
    return figure.update_layout(legend_traceorder="reversed")


def timeline(trials: Sequence[TrialView], lanes: Mapping[str, str]) -> go.Figure:
    """When each variant was worked on, by lane.

    Parameters
    ----------
    lanes
        The lane of a trial as stored, and what it is called.
    """
    figure = go.Figure()
    timed = [trial for trial in trials if trial.duration_seconds and trial.lane in lanes]
    groups: dict[str, list[TrialView]] = {}
    for trial in timed:
        name = family_label(trial.family) if trial.state == "complete" else "No model"
        groups.setdefault(name, []).append(trial)
    for name, found in groups.items():
        figure.add_bar(
            base=[max(0.0, trial.second - (trial.duration_seconds or 0.0)) for trial in found],
            x=[trial.duration_seconds for trial in found],
            y=[lanes[trial.lane] for trial in found],
            orientation="h",
            name=name,
            marker={"color": _family_color(name), "pattern": {"shape": _family_pattern(name), "fgopacity": 0.6}},
            hovertext=[f"{_hover(trial)}: {trial.duration_seconds:.1f} s" for trial in found],
            hoverinfo="text",
        )
    n_lanes = len(set(lanes.values()))
    house(figure, height=90 + 40 * max(n_lanes, 1), grid="x", legend=True)
    figure.update_layout(barmode="overlay", bargap=0.25)
    figure.update_traces(marker_line={"width": 1, "color": "rgba(255,255,255,0.6)"})
    figure.update_xaxes(title_text="Seconds of search", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return figure


def _add_handles(figure: go.Figure, n_columns: int) -> None:
    """Invisible points on each line: a box needs something to catch before it counts as a selection."""
    steps = [step / (_HANDLES - 1) for step in range(_HANDLES)]
    figure.add_scatter(
        x=[place for place in range(n_columns) for _ in steps],
        y=steps * n_columns,
        mode="markers",
        marker={"size": 10, "opacity": 0},
        hoverinfo="skip",
        showlegend=False,
        unselected={"marker": {"opacity": 0}},
        selected={"marker": {"opacity": 0}},
    )


def _add_dots(
    figure: go.Figure,
    x: Axis,
    y: Axis,
    trials: Sequence[TrialView],
    *,
    size: int,
    color: str,
    symbol: str = "circle",
    name: str = "",
    line: str | None = None,
) -> None:
    placed = [trial for trial in trials if x.place(trial) is not None and y.place(trial) is not None]
    figure.add_scatter(
        x=[x.place(trial) for trial in placed],
        y=[y.place(trial) for trial in placed],
        mode="markers",
        name=name,
        marker={"size": size, "color": color, "symbol": symbol, "line": {"width": 1 if line else 0, "color": line}},
        hovertext=[_hover(trial) for trial in placed],
        hoverinfo="text",
    )


def _placed(figure: go.Figure, x: Axis, y: Axis) -> go.Figure:
    _scaled(figure, x)
    ticks, labels = _ticks(y)
    figure.update_yaxes(title_text=y.label, tickvals=ticks, ticktext=labels, range=[-0.04, 1.04])
    return figure


def _scaled(figure: go.Figure, x: Axis) -> go.Figure:
    ticks, labels = _ticks(x)
    figure.update_xaxes(title_text=x.label, tickvals=ticks, ticktext=labels, range=[-0.04, 1.04])
    return figure


def _ticks(axis: Axis) -> tuple[list[float], list[str]]:
    if axis.kind == "choice":
        n = len(axis.options)
        places = [0.5] if n == 1 else [place / (n - 1) for place in range(n)]
    else:
        places = [0.0, 0.5, 1.0]
    return places, [escape(shorten(axis.label_at(place), 12)) for place in places]


def _hover(trial: TrialView) -> str:
    return f"{family_label(trial.family)} {trial.number}"


def _family_color(name: str) -> str:
    if name == "No model":
        return BAD
    labels = list(FAMILY_LABELS.values())
    return SERIES[labels.index(name) % len(SERIES)] if name in labels else QUIET


def _family_pattern(name: str) -> str:
    """Stripes from the kind on for which there is no colour left."""
    labels = list(FAMILY_LABELS.values())
    return "/" if name in labels[len(SERIES) :] else ""
