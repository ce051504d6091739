"""Figures of a table: what is in a column, small enough for a card."""

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, house
from services.datasets.profile import ColumnProfile
from services.datasets.sentences import format_edge

CARD_HEIGHT = 96
MAX_BARS = 8


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
            y=[_escaped(_shortened(label)) for label, _count in top],
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
    return _as_card(figure, format_edge(column.low), format_edge(column.high))


def _value_bars(column: ColumnProfile) -> go.Figure:
    top = column.top_values[:MAX_BARS]
    figure = go.Figure(
        go.Bar(
            x=[str(position) for position in range(len(top))],
            y=[count for _label, count in top],
            marker_color=ACCENT,
            hovertext=[f"{_escaped(_shortened(label))}: {count:,}" for label, count in top],
            hoverinfo="text",
        )
    )
    left = _shortened(top[0][0], 20)
    right = _shortened(top[-1][0], 20) if len(top) > 1 else ""
    return _as_card(figure, left, right)


def _as_card(figure: go.Figure, left: str, right: str) -> go.Figure:
    """No axes; the two ends are named below."""
    house(figure, height=CARD_HEIGHT, grid="")
    figure.update_layout(margin={"l": 0, "r": 0, "t": 2, "b": 18}, bargap=0.12)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    for place, text, anchor in ((0, left, "left"), (1, right, "right")):
        figure.add_annotation(
            x=place,
            y=0,
            xref="paper",
            yref="paper",
            yshift=-16,
            text=_escaped(text),
            xanchor=anchor,
            showarrow=False,
            font_size=11,
        )
    return figure


def _shortened(label: str, length: int = 28) -> str:
    return label if len(label) <= length else f"{label[: length - 1]}…"


def _escaped(text: str) -> str:
    """Plotly reads a little HTML in its labels; a value is never markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
