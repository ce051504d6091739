"""The graph of the steps of a run: data in, figure out. It grows downwards, so that it reads on a phone."""

from collections.abc import Sequence

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, QUIET, SERIES, house
from services.portfolio.run_graph.views import DONE, FAILED, RunStep

_ROW_HEIGHT = 58
_COLUMN = 1.6
_GAP = "\u00a0"  # between a dot and its title
_LOOKS = {  # name, colour, symbol
    "done": ("Done", ACCENT, "circle"),
    "reused": ("Taken over", SERIES[2], "diamond"),
    "waiting": ("Not yet", QUIET, "circle-open"),
    "failed": ("Ended here", BAD, "x"),
}


def step_graph(steps: Sequence[RunStep]) -> go.Figure:
    """A dot for each step, below everything it needs, with a line to each of those."""
    figure = go.Figure()
    places = step_places(steps)
    for step in steps:
        for before in step.after:
            if before in places:
                x, y = _line(places[before], places[step.key])
                figure.add_scatter(x=x, y=y, mode="lines", line={"color": QUIET, "width": 1.5}, hoverinfo="skip")
    figure.update_traces(showlegend=False)
    for look, (name, color, symbol) in _LOOKS.items():
        shown = [step for step in steps if _look(step) == look]
        if not shown:
            continue
        figure.add_scatter(
            x=[places[step.key][0] for step in shown],
            y=[-places[step.key][1] for step in shown],
            mode="markers+text",
            name=name,
            text=[f"{_GAP}{step.title}" for step in shown],
            textposition="middle right",
            textfont_size=12,
            marker={"color": color, "symbol": symbol, "size": 13, "line": {"width": 2, "color": color}},
            hoverinfo="skip",
        )
    depth = max((y for _, y in places.values()), default=0)
    house(figure, height=60 + _ROW_HEIGHT * (int(depth) + 1), grid="", legend=True)
    figure.update_xaxes(visible=False, range=[-0.25, _COLUMN + 1.3])
    figure.update_yaxes(visible=False)
    return figure


def step_places(steps: Sequence[RunStep]) -> dict[str, tuple[float, float]]:
    """Column and row of each step: one row below the lowest it needs, beside those of the same row."""
    rows: dict[str, int] = {}
    for step in steps:
        rows[step.key] = 1 + max((rows[before] for before in step.after if before in rows), default=-1)
    for step in steps:  # what needs nothing stands just above who needs it, not at the top
        needed_by = [rows[other.key] for other in steps if step.key in other.after]
        if not step.after and needed_by and min(needed_by) > 1:
            rows[step.key] = min(needed_by) - 1
    seats: dict[int, int] = {}
    places = {}
    for step in steps:
        seat = seats.get(rows[step.key], 0)
        seats[rows[step.key]] = seat + 1
        places[step.key] = (_COLUMN * seat, float(rows[step.key]))
    return places


def _line(start: tuple[float, float], end: tuple[float, float]) -> tuple[list[float], list[float]]:
    """From a step to one that needs it, bent beside the titles: at once on the way out, late on the way back."""
    (x0, row0), (x1, row1) = start, end
    bend = row0 + 0.5 if x1 > x0 else row1 - 0.5
    return [x0, x0, x1, x1], [-row0, -bend, -bend, -row1]


def _look(step: RunStep) -> str:
    if step.state == FAILED:
        return "failed"
    if step.state != DONE:
        return "waiting"
    return "reused" if step.reused else "done"
