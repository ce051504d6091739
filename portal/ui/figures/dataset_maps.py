"""Figures of many columns at once: where gaps lie, which columns say the same, when the rows are from, what changed.

Each takes aggregated numbers, never rows, so that a table of a million rows draws as fast as one of a hundred.
"""

from collections.abc import Sequence

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, house, mark
from portal.ui.figures.plain import card, escape, shorten

MAX_NAME = 18  # characters beside a map, so that it still reads on a phone
MAX_TICK = 14
_STRENGTH = [[0.0, "rgba(124,132,149,0.14)"], [0.02, "rgba(79,95,224,0.22)"], [1.0, "rgba(79,95,224,1)"]]
_GAPS = [[0.0, "rgba(124,132,149,0.14)"], [0.0001, "rgba(79,95,224,0.35)"], [1.0, "rgba(79,95,224,1)"]]  # one is seen
_ROW_HEIGHT = 24


def missingness_map(columns: Sequence[str], shares: Sequence[Sequence[float]]) -> go.Figure:
    """How much is missing in each block of rows, from the first rows (left) to the last (right).

    Parameters
    ----------
    columns
        Names, one line of the map for each, from the top.
    shares
        For each column, the share of missing cells (0 to 1) in each block of rows.
    """
    n_blocks = max((len(line) for line in shares), default=0)
    figure = go.Figure(
        go.Heatmap(
            z=[list(line) for line in shares],
            x=list(range(n_blocks)),
            y=list(range(len(columns))),
            zmin=0,
            zmax=1,
            colorscale=_GAPS,
            showscale=False,
            ygap=2,
            customdata=[[escape(shorten(name, 60))] * n_blocks for name in columns],
            hovertemplate="%{customdata}<br>%{z:.0%} missing here<extra></extra>",
        )
    )
    house(figure, height=_ROW_HEIGHT * len(columns) + 44, grid="")
    figure.update_layout(margin_b=28)
    figure.update_xaxes(visible=False)
    _name_lines(figure, columns)
    for place, text, anchor in ((0, "first rows", "left"), (1, "last rows", "right")):
        where = {"x": place, "y": 0, "xref": "paper", "yref": "paper", "yshift": -20, "xanchor": anchor}
        figure.add_annotation(text=text, showarrow=False, font_size=12, **where)
    return figure


def correlation_map(columns: Sequence[str], strengths: Sequence[Sequence[float | None]]) -> go.Figure:
    """How closely each pair of columns goes together: 0 not at all, 1 as if one were the other.

    Parameters
    ----------
    columns
        Names, related ones beside each other.
    strengths
        A square matrix of correlations from -1 to 1, None where it cannot be said. The colour is their size.
    """
    figure = go.Figure(
        go.Heatmap(
            z=[[None if value is None else abs(value) for value in line] for line in strengths],
            x=list(range(len(columns))),
            y=list(range(len(columns))),
            zmin=0,
            zmax=1,
            colorscale=_STRENGTH,
            showscale=False,
            xgap=1,
            ygap=1,
            customdata=_pair_words(columns, strengths),
            hovertemplate="%{customdata}<extra></extra>",
            hoverongaps=False,
        )
    )
    house(figure, height=_ROW_HEIGHT * len(columns) + 24, grid="")
    figure.update_xaxes(visible=False)
    _name_lines(figure, columns)
    return figure


def target_relation(labels: Sequence[str], rates: Sequence[float], overall: float, *, is_share: bool) -> go.Figure:
    """The outcome in each part of a column, against the average of all rows.

    Parameters
    ----------
    labels, rates
        The parts from the left, and the share of rows (0 to 1) with the outcome in each, or the mean target.
    overall
        The same over all rows: the dotted line.
    """
    words = [f"{rate:.0%}" if is_share else f"{rate:,.3g}" for rate in rates]
    figure = go.Figure(
        go.Bar(
            x=[str(position) for position in range(len(labels))],
            y=list(rates),
            marker_color=[ACCENT if rate >= overall else QUIET for rate in rates],
            hovertext=[f"{escape(shorten(label, 40))}: {word}" for label, word in zip(labels, words, strict=True)],
            hoverinfo="text",
        )
    )
    left, right = (labels[0], labels[-1]) if len(labels) > 1 else ("".join(labels), "")
    card(figure, shorten(left, 20), shorten(right, 20))
    mark(figure, overall, "", axis="y")
    return figure


def time_coverage(labels: Sequence[str], counts: Sequence[int]) -> go.Figure:
    """Rows per stretch of time, oldest first; a stretch without rows is a gap that can be seen."""
    figure = go.Figure(
        go.Bar(
            x=[str(position) for position in range(len(labels))],
            y=list(counts),
            marker_color=ACCENT,
            hovertext=[f"{escape(label)}: {count:,} rows" for label, count in zip(labels, counts, strict=True)],
            hoverinfo="text",
        )
    )
    house(figure, height=180, grid="y")
    figure.update_layout(bargap=0.15)
    places = _spread(len(labels), 4)
    figure.update_xaxes(
        tickvals=[str(place) for place in places],
        ticktext=[escape(shorten(labels[place], MAX_TICK)) for place in places],
        tickangle=0,
    )
    return figure.update_yaxes(nticks=4, rangemode="tozero", tickformat=",")


def change_card(labels: Sequence[str], before: Sequence[float], after: Sequence[float]) -> go.Figure:
    """The same parts of a column in two versions, as shares of their rows: before in grey, after in indigo."""
    figure = go.Figure()
    for name, shares, color in (("before", before, QUIET), ("after", after, ACCENT)):
        figure.add_bar(
            x=[str(position) for position in range(len(labels))],
            y=list(shares),
            marker_color=color,
            hovertext=[
                f"{escape(shorten(label, 40))}: {share:.1%} {name}" for label, share in zip(labels, shares, strict=True)
            ],
            hoverinfo="text",
        )
    left, right = (labels[0], labels[-1]) if len(labels) > 1 else ("".join(labels), "")
    return card(figure, shorten(left, 20), shorten(right, 20))


def _pair_words(columns: Sequence[str], strengths: Sequence[Sequence[float | None]]) -> list[list[str]]:
    names = [escape(shorten(name, 40)) for name in columns]
    return [
        ["" if value is None else f"{names[row]} and {names[place]}: {value:.2f}" for place, value in enumerate(line)]
        for row, line in enumerate(strengths)
    ]


def _name_lines(figure: go.Figure, columns: Sequence[str]) -> None:
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(columns))),
        ticktext=[escape(shorten(name, MAX_NAME)) for name in columns],
    )


def _spread(n_places: int, n_wanted: int) -> list[int]:
    """At most `n_wanted` places from first to last, evenly spread."""
    if n_places <= n_wanted:
        return list(range(n_places))
    return sorted({round(step * (n_places - 1) / (n_wanted - 1)) for step in range(n_wanted)})
