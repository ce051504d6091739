"""The Drivetrain canvas: objective, levers, data, models, drawn from top to bottom so that a phone can show it."""

import html
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, WARN, house
from services.proposals.objective import Objective
from services.proposals.sentences import DATA_STATUSES, opening_sentence

_LINE, _INSET, _GAP, _LABEL, _ARROW = 18, 10, 8, 24, 26  # pixels: one unit of the vertical axis is one pixel
_WIDE, _HALF = 44, 21  # characters that fit one line at 350 px


@dataclass(frozen=True, slots=True)
class Box:
    """One object of the canvas: a bold title, quiet lines, and whether it is still to be filled."""

    title: str
    lines: tuple[str, ...] = ()
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the four questions, with its boxes."""

    question: str
    boxes: tuple[Box, ...]


def canvas_figure(objective: Objective) -> go.Figure:
    """Objective -> levers -> data -> models. What is missing is drawn dashed, with the question to answer."""
    figure, top = go.Figure(), 0.0
    stages = canvas_stages(objective)
    for number, stage in enumerate(stages, start=1):
        if number > 1:
            top = _draw_arrow(figure, top)
        figure.add_annotation(x=0, y=top + _LABEL / 2, text=f"<b>{number}</b>  {stage.question}", xanchor="left")
        top = _draw_boxes(figure, stage, top + _LABEL, is_accent=number == 1)
    house(figure, height=round(top) + 4, grid="")
    figure.update_layout(margin={"l": 1, "r": 1, "t": 2, "b": 2}, hovermode=False)
    figure.update_xaxes(visible=False, range=[-0.003, 1.003])
    return figure.update_yaxes(visible=False, range=[top, 0])


def canvas_stages(objective: Objective) -> tuple[Stage, Stage, Stage, Stage]:
    """The content of the canvas, in the order of the Drivetrain approach."""
    levers = tuple(Box(lever.name, (lever.allowed, lever.controlled_by)) for lever in objective.levers)
    data = tuple(Box(need.source, (DATA_STATUSES[need.status], need.owner)) for need in objective.data_needed)
    decision = f"informs: {objective.decision}" + (f" ({objective.decided_by})" if objective.decided_by else "")
    model = (
        Box(f"Predicts: {objective.outcome}", (decision,))
        if objective.outcome
        else _gap("No outcome yet", "What shall it predict for each case?")
    )
    return (
        Stage("What should get better?", (Box(objective.sentence, (opening_sentence(objective),)),)),
        Stage("What can we change?", levers or (_gap("No lever yet", "What can you change to move it?"),)),
        Stage("Which data tell what happened?", data or (_gap("No data yet", "Which source knows?"),)),
        Stage("What does a model predict?", (model,)),
    )


def _gap(title: str, question: str) -> Box:
    return Box(title, (question,), is_gap=True)


def _draw_boxes(figure: go.Figure, stage: Stage, top: float, *, is_accent: bool) -> float:
    """One box over the full width, several in pairs. Returns where the stage ends."""
    n_columns = 1 if len(stage.boxes) == 1 else 2
    for row in _in_rows(stage.boxes, n_columns):
        texts = [_text(box, _WIDE if n_columns == 1 else _HALF) for box in row]
        height = max(text.count("<br>") + 1 for text in texts) * _LINE + 2 * _INSET
        for column, (box, text) in enumerate(zip(row, texts, strict=True)):
            left, right = column / n_columns + 0.01 * column, (column + 1) / n_columns - 0.01 * (n_columns - 1 - column)
            _draw_box(figure, box, text, (left, right), (top, top + height), is_accent=is_accent)
        top += height + _GAP
    return top - _GAP


def _draw_box(
    figure: go.Figure, box: Box, text: str, x: tuple[float, float], y: tuple[float, float], *, is_accent: bool
) -> None:
    line: dict[str, Any] = {"color": WARN if box.is_gap else ACCENT if is_accent else QUIET}
    line |= {"width": 2.5 if is_accent else 1.5, "dash": "dash" if box.is_gap else "solid"}
    figure.add_shape(type="rect", x0=x[0], x1=x[1], y0=y[0], y1=y[1], line=line)
    figure.add_scatter(
        x=[sum(x) / 2], y=[sum(y) / 2], mode="text", text=[text], textfont={"size": 13}, cliponaxis=False
    )


def _draw_arrow(figure: go.Figure, top: float) -> float:
    figure.add_scatter(
        x=[0.5, 0.5],
        y=[top + 4, top + _ARROW - 6],
        mode="lines+markers",
        line={"color": QUIET, "width": 1.5},
        marker={"symbol": "triangle-down", "size": [0, 9], "color": QUIET, "opacity": 1},
    )
    return top + _ARROW


def _text(box: Box, width: int) -> str:
    """Title and lines, wrapped; what people typed is escaped, because plotly reads a little HTML."""
    title = "<br>".join(f"<b>{html.escape(line)}</b>" for line in textwrap.wrap(box.title, width))
    lines = (html.escape(part) for line in box.lines for part in textwrap.wrap(line, width))
    return "<br>".join([title, *lines])


def _in_rows(boxes: Sequence[Box], n_columns: int) -> Iterator[tuple[Box, ...]]:
    remaining = iter(boxes)
    while row := tuple(islice(remaining, n_columns)):
        yield row
