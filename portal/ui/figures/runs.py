"""The figure of a project's runs: data in, figure out."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, house
from services.automl.run_history import Level
from services.automl.sentences import format_score
from services.valuation.amounts import format_money

_MOST, _MOST_LABELS = 30, 8  # runs on one chart, of which the newest count, and labels below it


def history(levels: Sequence[Level], *, currency: str | None) -> go.Figure:
    """What each run reached, with its interval; a dotted line stands where other data came.

    Parameters
    ----------
    currency
        Of money; None for a metric.
    """
    shown = levels[-_MOST:]
    figure = go.Figure()
    figure.add_scatter(
        x=list(range(len(shown))),
        y=[level.value for level in shown],
        mode="lines+markers",
        line={"color": ACCENT, "width": 1.5},
        marker={"color": ACCENT, "size": 9},
        error_y={
            "type": "data",
            "array": [(level.high if level.high is not None else level.value) - level.value for level in shown],
            "arrayminus": [level.value - (level.low if level.low is not None else level.value) for level in shown],
            "color": QUIET,
            "thickness": 1.5,
            "width": 4,
        },
        hovertext=[_hover(level, currency) for level in shown],
        hoverinfo="text",
    )
    ends = [end for level in shown for end in (level.low, level.value, level.high) if end is not None]
    margin = (max(ends) - min(ends)) * 0.1 or 1.0
    money = (min(ends) - margin, max(ends) + margin) if currency else None
    house(figure, height=260, y=money or ".3~f", currency=currency or "EUR")
    for place in range(1, len(shown)):
        if shown[place].dataset_version != shown[place - 1].dataset_version:
            figure.add_vline(x=place - 0.5, line={"color": QUIET, "width": 1, "dash": "dot"})
    every = math.ceil(len(shown) / _MOST_LABELS)
    labelled = range(len(shown) - 1, -1, -every)[::-1]  # the newest always
    figure.update_xaxes(
        tickvals=list(labelled),
        ticktext=[f"Run {shown[i].run_number}<br>data {shown[i].dataset_version}" for i in labelled],
        range=[-0.5, len(shown) - 0.5],
    )
    return figure


def _hover(level: Level, currency: str | None) -> str:
    spell = (lambda amount: format_money(amount, currency)) if currency else format_score
    between = (
        f" ({spell(level.low)} to {spell(level.high)})" if level.low is not None and level.high is not None else ""
    )
    return f"Run {level.run_number}, data version {level.dataset_version}: {spell(level.value)}{between}"
