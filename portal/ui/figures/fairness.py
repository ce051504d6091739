"""Fairness drawn: what matters in each group, with its interval."""

from collections.abc import Sequence

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, house, mark
from portal.ui.figures.plain import escape, shorten
from services.automl.values_in_words import number_in_words
from services.fairness.report import FairnessReport, Group, Harm, Mean, Rate

_ROW_HEIGHT, _FRAME_HEIGHT = 38, 70
_LONGEST = 22
_AXIS: dict[Harm, str] = {
    "missed": "Found, of 100 cases in which it happens",
    "false_alarm": "Acted on, of 100 cases in which it does not happen",
    "error": "Prediction less what happened, on average",
}
_OF_CLASSES = "Given a favourable class, of 100 whose class is one"


def groups_figure(report: FairnessReport, groups: Sequence[Group]) -> go.Figure:
    """The share that matters in each group large enough (or its mean error), with the 95% interval."""
    known = [(group, found) for group in reversed(groups) if (found := what_matters(report.harm, group)) is not None]
    scale = 1.0 if report.harm == "error" else 100.0
    values = [scale * found.value for _group, found in known]
    ends = [(_end(found.low, found.value) * scale, _end(found.high, found.value) * scale) for _group, found in known]
    figure = go.Figure(
        go.Scatter(
            x=values,
            y=[escape(shorten(group.name, _LONGEST)) for group, _found in known],
            mode="markers",
            marker={"size": 11, "color": ACCENT},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - value for value, (_low, high) in zip(values, ends, strict=True)],
                "arrayminus": [value - low for value, (low, _high) in zip(values, ends, strict=True)],
                "color": QUIET,
                "thickness": 2,
            },
            customdata=[[_hover(report.harm, group, found)] for group, found in known],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    )
    if report.harm == "error":
        mark(figure, 0.0, "Neither", side="top right")
    house(figure, height=_FRAME_HEIGHT + _ROW_HEIGHT * max(2, len(known)), grid="x")
    figure.update_yaxes(type="category")
    figure.update_xaxes(title_text=_OF_CLASSES if report.favourable else _AXIS[report.harm], nticks=6)
    return figure if report.harm == "error" else figure.update_xaxes(range=[-1, 101])


def what_matters(harm: Harm, group: Group) -> Rate | Mean | None:
    """The share or the mean of a group that the tolerance is about."""
    return {"missed": group.found, "false_alarm": group.alarms, "error": group.bias}[harm]


def _end(end: float | None, value: float) -> float:
    return value if end is None else end


def _hover(harm: Harm, group: Group, found: Rate | Mean) -> str:
    low, high = _end(found.low, found.value), _end(found.high, found.value)
    if harm == "error":
        said = f"{number_in_words(found.value)} ({number_in_words(low)} to {number_in_words(high)})"
    else:
        said = f"{100 * found.value:.0f} of 100 ({100 * low:.0f} to {100 * high:.0f})"
    return f"{escape(group.name)}: {said}, n = {found.n:,}"
