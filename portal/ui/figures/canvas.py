"""The Drivetrain canvas: objective, levers, data and model as boxes from top to bottom, a gap in amber.

Drawn by plotly: Graphviz would run WebAssembly in the browser, which the portal's content security policy refuses.

Reference: J. Howard, M. Zwemer and M. Loukides, "Designing great data products", O'Reilly Radar, 28 March 2012.
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from html import escape as escape_attribute

import plotly.graph_objects as go

from portal.ui.charts import QUIET, house
from portal.ui.figures.plain import escape
from services.proposals.objective import Objective
from services.proposals.sentences import DATA_STATUSES
from services.proposals.units import with_unit

_LIGHT = {"text": "#1B1F27", "fill": "#F5F6F8", "gap": "#8A5200", "line": "#DADEE5", "accent": "#3F4FD1"}
_DARK = {"text": "#E7E9ED", "fill": "#1A1E26", "gap": "#F2BE6B", "line": "#2A303A", "accent": "#9AA6FF"}
_BESIDE = 3  # boxes in a row: what a phone shows
_NARROW, _WIDE, _LINES = 15, 44, 4
_ROW_PIXELS = 104

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Box:
    """One box: what it is, what it says, which question it leads to, and whether it is missing."""

    kind: str
    text: str
    step: str
    is_gap: bool = False


def canvas_figure(objective: Objective, *, is_dark: bool, address: Callable[[str], str]) -> go.Figure:
    """The canvas as a figure.

    Parameters
    ----------
    address
        Where the question behind a box is asked, by the name of its step.
    """
    rows = _rows(objective)
    places = [_places(row, number) for number, row in enumerate(rows)]
    figure = go.Figure()
    _add_ways(figure, objective, _grouped(rows, places))
    colors = _DARK if is_dark else _LIGHT
    for row, spots in zip(rows, places, strict=True):
        for box, (x, y) in zip(row, spots, strict=True):
            figure.add_annotation(
                x=x,
                y=y,
                text=_written(box, _WIDE if len(row) == 1 else _NARROW, address(box.step), colors),
                showarrow=False,
                bgcolor=colors["fill"],
                bordercolor=colors["gap"] if box.is_gap else colors["accent"] if y == 0 else colors["line"],
                borderpad=7,
                font={"size": 12, "color": colors["gap" if box.is_gap else "text"]},
            )
    house(figure, height=_ROW_PIXELS * len(rows))
    figure.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-(len(rows) - 0.5), 0.5], fixedrange=True)
    figure.update_layout(hovermode=False, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return figure


def _rows(objective: Objective) -> list[list[_Box]]:
    """The boxes by rows: one objective, levers, data, one model."""
    unit = objective.unit
    way = f"{with_unit(objective.baseline, unit)} to {with_unit(objective.target, unit)}"
    gaps = objective.unconnected_levers
    levers = [_Box("Lever", lever.name, "levers", is_gap=lever in gaps) for lever in objective.levers]
    data = [_Box("Data", f"{need.source}, {DATA_STATUSES[need.status]}", "data") for need in objective.data_needed]
    outcome = objective.outcome or "Not said yet"
    return [
        [_Box("Objective", f"{objective.metric}: {way}", "goal")],
        *_broken(levers or [_Box("Lever", "Nothing you can change yet", "levers", is_gap=True)]),
        *_broken(data or [_Box("Data", "No source yet", "data", is_gap=True)]),
        [_Box("Model predicts", outcome, "decision", is_gap=not objective.outcome)],
    ]


def _broken(boxes: list[_Box]) -> list[list[_Box]]:
    return [boxes[start : start + _BESIDE] for start in range(0, len(boxes), _BESIDE)]


def _places(row: list[_Box], number: int) -> list[Place]:
    return [((position + 0.5) / len(row), -float(number)) for position in range(len(row))]


def _grouped(rows: list[list[_Box]], places: list[list[Place]]) -> dict[str, list[Place]]:
    grouped: dict[str, list[Place]] = {}
    for row, spots in zip(rows, places, strict=True):
        grouped.setdefault(row[0].kind, []).extend(spots)
    return grouped


def _add_ways(figure: go.Figure, objective: Objective, at: dict[str, list[Place]]) -> None:
    """What leads to what; a lever no data tell of leads nowhere, which is the gap to see."""
    ways = [(at["Objective"][0], lever) for lever in at["Lever"]]
    for number, lever in enumerate(objective.levers):
        sources = zip(objective.data_needed, at["Data"], strict=False)
        recorded = [place for need, place in sources if lever.name in need.connects]
        if not recorded and lever.column and objective.data_needed:
            recorded = at["Data"][:1]
        ways += [(at["Lever"][number], place) for place in recorded]
    ways += [(place, at["Model predicts"][0]) for place in at["Data"]]
    xs: list[float | None] = []
    ys: list[float | None] = []
    for (x, y), (to_x, to_y) in ways:
        xs, ys = [*xs, x, to_x, None], [*ys, y, to_y, None]
    figure.add_scatter(x=xs, y=ys, mode="lines", line={"color": QUIET, "width": 1.5}, hoverinfo="skip")


def _written(box: _Box, width: int, link: str, colors: dict[str, str]) -> str:
    lines = textwrap.wrap(box.text, width, max_lines=_LINES, placeholder=" …")
    words = "<br>".join(escape(line) for line in lines)
    color = colors["gap"] if box.is_gap else colors["accent"]
    return f'<a href="{escape_attribute(link)}" target="_self" style="color:{color}"><b>{box.kind}</b></a><br>{words}'
