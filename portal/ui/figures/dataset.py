"""Figures of a table: what is in a column, small enough for a card."""

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, house
from portal.ui.figures.plain import card, escape, shorten
from services.datasets.profile import ColumnProfile
from services.datasets.sentences import format_edge

MAX_BARS = 8
MAX_LABEL = 28  # characters


def column_card(column: ColumnProfile) -> go.Figure:
    """The spread of numbers and dates between two end labels, or the most frequent values as named bars."""
    if column.top_values and (column.kind != "number" or column.n_distinct <= 2):
        return _value_bars(column)
    return _histogram(column)


def has_card(column: ColumnProfile) -> bool:
    """Whether there is anything to draw."""
    return bool(column.histogram or column.top_values)


def target_shares(column: ColumnProfile, positive_label: str | None) -> go.Figure:
    """Rows per class; the class that the business acts on is the coloured one."""
    top = column.top_values[:MAX_BARS]
    colors = [ACCENT if positive_label in (None, label) else QUIET for label, _count in top]
    figure = go.Figure(
        go.Bar(
            x=[count for _label, count in top],
            y=[escape(shorten(label, MAX_LABEL)) for label, _count in top],
            orientation="h",
            marker_color=colors,
            text=[f"{count:,}" for _label, count in top],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    house(figure, height=28 * len(top) + 24, grid="")
    figure.update_xaxes(visible=False, range=[0, 1.25 * max(count for _label, count in top)])
    return figure.update_yaxes(autorange="reversed", type="category")


def _histogram(column: ColumnProfile) -> go.Figure:
    bins = column.histogram
    figure = go.Figure(
        go.Bar(
            x=[(bin_.low + bin_.high) / 2 for bin_ in bins],
            y=[bin_.count for bin_ in bins],
            width=[0.92 * ((bin_.high - bin_.low) or 1.0) for bin_ in bins],
            marker_color=ACCENT,
            hoverinfo="skip",
        )
    )
    return card(figure, format_edge(column.low), format_edge(column.high))


def _value_bars(column: ColumnProfile) -> go.Figure:
    top = column.top_values[:MAX_BARS]
    figure = go.Figure(
        go.Bar(
            x=[str(position) for position in range(len(top))],
            y=[count for _label, count in top],
            marker_color=ACCENT,
            hovertext=[f"{escape(shorten(label, MAX_LABEL))}: {count:,}" for label, count in top],
            hoverinfo="text",
        )
    )
    left = shorten(top[0][0], 20)
    right = shorten(top[-1][0], 20) if len(top) > 1 else ""
    return card(figure, left, right)
