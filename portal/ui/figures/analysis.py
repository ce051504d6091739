"""Figures of analyses: how well groups are separated, where rows lie, how unusual they are, and what comes next."""

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, SERIES, SYMBOLS, WARN, house, mark
from portal.ui.figures.plain import escape, shorten
from services.automl.anomaly.report import UnusualReport
from services.automl.clustering.report import GroupsReport, MapPoint
from services.automl.forecasting.report import Line

_BANDS = {0.8: "rgba(79,95,224,.24)", 0.95: "rgba(79,95,224,.12)"}
_KINDS = {
    "k_means": "k-means",
    "mixture": "Gaussian mixture",
    "ward": "Hierarchical (Ward)",
    "density": "Density (HDBSCAN)",
}


def separation(report: GroupsReport) -> go.Figure:
    """The silhouette of each division by its number of groups, and the highest that chance gave."""
    figure = go.Figure()
    for place, (kind, name) in enumerate(_KINDS.items()):
        tried = [one for one in report.tried if one.kind == kind and one.silhouette is not None and not one.note]
        figure.add_scatter(
            x=[one.n_groups for one in tried],
            y=[one.silhouette for one in tried],
            mode="markers",
            name=name,
            marker={"size": 10, "color": SERIES[place], "symbol": SYMBOLS[place]},
            hovertext=[f"{one.label}: {one.silhouette:.2f}" for one in tried],
            hoverinfo="text",
        )
    for reference in report.by_chance:
        mark(figure, reference.highest, f"By chance, {reference.name}", axis="y", color=WARN)
    house(figure, height=320, y=".2f", legend=True)
    figure.update_yaxes(title_text="Silhouette", rangemode="tozero")
    return figure.update_xaxes(title_text="Groups", dtick=1)


def flat_map(points: Sequence[MapPoint]) -> go.Figure:
    """Rows on the two directions in which they are spread most, by group."""
    figure = go.Figure()
    for group in sorted({point.group for point in points}, key=lambda group: (group == 0, group)):
        inside = [point for point in points if point.group == group]
        style = (SERIES[(group - 1) % len(SERIES)], SYMBOLS[(group - 1) % len(SYMBOLS)]) if group else (QUIET, "x-thin")
        figure.add_scatter(
            x=[point.x for point in inside],
            y=[point.y for point in inside],
            mode="markers",
            name=f"Group {group}" if group else "In no group",
            marker={"size": 7, "color": style[0], "symbol": style[1], "opacity": 0.8, "line": {"color": style[0]}},
            hoverinfo="skip",
        )
    house(figure, height=360, legend=True, grid="xy")
    figure.update_xaxes(title_text="First direction", showticklabels=False)
    return figure.update_yaxes(title_text="Second direction", showticklabels=False)


def unusualness(report: UnusualReport) -> go.Figure:
    """How many rows have which score; those beyond the limit are flagged."""
    edges, counts = report.histogram.edges, report.histogram.counts
    limit = next((one.limit for one in reversed(report.flagged) if one.limit is not None), None)
    centres = [(low + high) / 2 for low, high in pairwise(edges)]
    colors = [ACCENT if limit is None or centre <= limit else WARN for centre in centres]
    figure = go.Figure(
        go.Bar(
            x=centres,
            y=list(counts),
            width=edges[1] - edges[0] if len(edges) > 1 else None,
            marker_color=colors,
            hovertemplate="%{y:,} rows<extra></extra>",
        )
    )
    if limit is not None:
        mark(figure, limit, "Limit for 5%", color=WARN)
    house(figure, height=280, y=",")
    figure.update_layout(bargap=0.05)
    figure.update_yaxes(title_text="Rows")
    return figure.update_xaxes(title_text="Unusualness; what is further right is in the last bar")


def fan(line: Line) -> go.Figure:
    """The last values, the stretch kept aside as it was forecast, and the next values with their intervals."""
    figure = go.Figure()
    for band in sorted(line.bands, key=lambda band: -band.level):
        figure.add_scatter(
            x=[*line.next_times, *reversed(line.next_times)],
            y=[*band.high, *reversed(band.low)],
            mode="lines",
            fill="toself",
            fillcolor=_BANDS.get(band.level, _BANDS[0.95]),
            line={"width": 0},
            name=f"{band.level:.0%} interval",
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=list(line.past_times),
        y=list(line.past_values),
        mode="lines+markers",
        name=escape(shorten(line.name, 28)),
        line={"color": QUIET, "width": 1.5},
        marker={"size": 4},
        hovertemplate="%{x}: %{y:,.4~g}<extra></extra>",
    )
    figure.add_scatter(
        x=list(line.tested_times),
        y=list(line.tested_values),
        mode="lines",
        name="Kept aside, as it was forecast",
        line={"color": SERIES[1], "width": 2, "dash": "dot"},
        hovertemplate="%{x}: %{y:,.4~g}<extra></extra>",
    )
    figure.add_scatter(
        x=list(line.next_times),
        y=list(line.next_values),
        mode="lines+markers",
        name="Forecast",
        line={"color": ACCENT, "width": 3},
        marker={"size": 6, "symbol": "diamond"},
        hovertemplate="%{x}: %{y:,.4~g}<extra></extra>",
    )
    house(figure, height=380, y=",.4~g", legend=True)
    return figure
