"""An examination drawn: the worst slices beside the average, and what stress costs."""

from collections.abc import Sequence
from textwrap import wrap

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, PERCENT, QUIET, house, mark, money_labels, money_ticks
from portal.ui.figures.plain import escape, shorten
from services.examinations.report import ExaminationReport, Stress
from services.examinations.sentences import describe_slice, describe_stress, slice_name

MOST_STRESSES = 10
_LONGEST_LINE, _MOST_LINES = 26, 3
_ROOM = 0.06
_SHORT = {"missing": "missing", "shifted": "+1 sd", "extreme": "far above", "noisy": "noisy", "unseen": "unseen value"}


def slices_figure(report: ExaminationReport) -> go.Figure:
    """Share of wrong answers (or the mean error) of each slice with its interval, beside all rows."""
    found = report.slices.found[::-1]
    figure = go.Figure(
        go.Scatter(
            x=[one.error.value for one in found],
            y=[_lines(slice_name(one)) for one in found],
            mode="markers",
            marker={"size": 11, "color": BAD, "symbol": "diamond"},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [one.error.high - one.error.value for one in found],
                "arrayminus": [one.error.value - one.error.low for one in found],
                "color": QUIET,
                "thickness": 2,
            },
            hovertext=[escape(describe_slice(one, report)) for one in found],
            hoverinfo="text",
        )
    )
    mark(figure, report.slices.error, "All rows", side="bottom right")
    is_number = report.task == "regression"
    house(figure, height=90 + 52 * len(found), grid="x", x=None if is_number else PERCENT)
    high = max(one.error.high for one in found)
    figure.update_xaxes(title_text="Mean error" if is_number else "Wrong answers", range=[0.0, high * (1 + _ROOM)])
    return figure.update_yaxes(tickfont={"size": 11})


def stresses_figure(report: ExaminationReport) -> go.Figure:
    """Money a year (or score) gained or lost by each stress, the worst on top."""
    found = report.stresses.found[:MOST_STRESSES][::-1]
    in_money = report.currency is not None and all(one.amount is not None for one in found)
    values = [float(one.amount or 0.0) if in_money else one.change for one in found]
    lows = [_end(one.amount_low if in_money else one.low, value) for one, value in zip(found, values, strict=True)]
    highs = [_end(one.amount_high if in_money else one.high, value) for one, value in zip(found, values, strict=True)]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=[stress_name(one) for one in found],
            orientation="h",
            marker_color=[BAD if value < 0 else ACCENT for value in values],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - value for high, value in zip(highs, values, strict=True)],
                "arrayminus": [value - low for low, value in zip(lows, values, strict=True)],
                "color": QUIET,
                "thickness": 2,
            },
            hovertext=[escape(describe_stress(one, report)) for one in found],
            hoverinfo="text",
        )
    )
    low, high = _padded([0.0, *lows, *highs])
    house(figure, height=70 + 34 * len(found), grid="x", zero=True)
    if not in_money:
        return figure.update_xaxes(title_text="Change of the score", range=[low, high], nticks=5)
    ticks = money_ticks(low, high, 4)
    labels = money_labels(ticks, report.currency or "EUR")
    return figure.update_xaxes(
        title_text="Change of its worth a year", range=[low, high], tickvals=ticks, ticktext=labels
    )


def stress_name(stress: Stress) -> str:
    """In a few words, for the axis."""
    numbers = "every number" if stress.kind != "missing" else "every input"
    return f"{escape(shorten(stress.column or numbers, 20))}: {_SHORT[stress.kind]}"


def _lines(name: str) -> str:
    """In lines that leave a phone some room for the marks."""
    return "<br>".join(escape(line) for line in wrap(name, _LONGEST_LINE, max_lines=_MOST_LINES, placeholder=" …"))


def _end(value: float | None, beside: float) -> float:
    return beside if value is None else value


def _padded(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = _ROOM * (high - low or 1.0)
    return low - room, high + room
