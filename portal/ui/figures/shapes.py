"""Figures of what stands behind an explanation: shapes, groups, pairs, steadiness, and parts of the data."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, SERIES, WARN, band, house
from portal.ui.figures.plain import escape, shorten
from services.interpretations.cards import Scale
from services.interpretations.naming import ColumnName
from services.stories.report import CategoryShape, Cluster, Interactions, NumberShape, SegmentEffect, Stability

_BAND = "rgba(79,95,224,.16)"
_LINE = "rgba(124,133,148,.35)"
_EPOCH, _LAST_DAY = date(1970, 1, 1), 2_932_896
_LABEL = 22
Labels = Mapping[str, str]


def accumulated(shape: NumberShape, name: ColumnName, scale: Scale) -> go.Figure:
    """The accumulated effect along a column with its band; the dotted line is what is usual."""
    x = _places([point.value for point in shape.points], shape.kind)
    low, high = [point.low for point in shape.points], [point.high for point in shape.points]
    figure = band(go.Figure(), x, low, high, color=_BAND)
    figure.add_hline(y=0, line={"color": QUIET, "width": 1.5, "dash": "dot"})
    figure.add_scatter(
        x=x,
        y=[point.effect for point in shape.points],
        mode="lines+markers",
        line={"color": ACCENT, "width": 3},
        marker={"size": 6, "color": ACCENT},
        hovertext=[
            f"{escape(name.spell(point.value))}: {_signed(point.effect, scale)} "
            f"({_signed(point.low, scale)} to {_signed(point.high, scale)})"
            for point in shape.points
        ],
        hoverinfo="text",
    )
    return _along(figure, name, f"Beside what is usual, {_unit(scale)}")


def dependence(shape: NumberShape, name: ColumnName, scale: Scale) -> go.Figure:
    """The mean prediction with every row set to each value, and single rows."""
    values = [value for value, _ in shape.dependence]
    x = _places(values, shape.kind)
    figure = go.Figure()
    for line in shape.lines:
        figure.add_scatter(x=x, y=line, mode="lines", line={"color": _LINE, "width": 1}, hoverinfo="skip")
    figure.add_scatter(
        x=x,
        y=[mean for _, mean in shape.dependence],
        mode="lines",
        line={"color": ACCENT, "width": 3},
        hovertext=[f"{escape(name.spell(value))}: {mean:,.4g}" for value, mean in shape.dependence],
        hoverinfo="text",
    )
    return _along(figure, name, "Predicted, of 100" if scale.is_probability else f"Predicted, {_unit(scale)}")


def categories(shape: CategoryShape, scale: Scale) -> go.Figure:
    """What each category changes, with its interval; those of too few rows are not drawn."""
    told = [value for value in shape.values if value.effect is not None]
    figure = go.Figure(
        go.Bar(
            x=[value.effect for value in told],
            y=[escape(shorten(value.value, _LABEL)) for value in told],
            orientation="h",
            marker_color=ACCENT,
            error_x=_whiskers([(value.effect or 0.0, value.low or 0.0, value.high or 0.0) for value in told]),
            hovertext=[f"{_signed(value.effect or 0.0, scale)}, {value.n:,} rows" for value in told],
            hoverinfo="text",
        )
    )
    house(figure, height=30 * len(told) + 60, grid="x", zero=True)
    figure.update_xaxes(title_text=f"Beside the average, {_unit(scale)}", nticks=5)
    return figure.update_yaxes(autorange="reversed", type="category")


def group(cluster: Cluster, labels: Labels, scale: Scale) -> go.Figure:
    """What columns that move together do together, above what each does alone."""
    names = ["Together", *(_named(column, labels) for column, _ in cluster.members)]
    sizes = [cluster.together, *(size for _, size in cluster.members)]
    colors = [ACCENT, *[QUIET] * len(cluster.members)]
    return _bars(names, sizes, colors, [scale.spell(size) for size in sizes])


def pairs(found: Interactions, labels: Labels) -> go.Figure:
    """The strongest pairs, strongest first."""
    names = [f"{_named(pair.first, labels, 14)} × {_named(pair.second, labels, 14)}" for pair in found.pairs]
    sizes = [pair.strength for pair in found.pairs]
    return _bars(names, sizes, [ACCENT] * len(sizes), [f"{size:.2g}" for size in sizes])


def steadiness(found: Stability, labels: Labels, scale: Scale, n_shown: int) -> go.Figure:
    """The mean effect of each driver over the refits, from the lowest to the highest."""
    shown = found.columns[:n_shown]
    color = WARN if found.is_amber else ACCENT
    figure = go.Figure(
        go.Scatter(
            x=[column.mean for column in shown],
            y=[_named(column.column, labels) for column in shown],
            mode="markers",
            marker={"size": 11, "color": color},
            error_x=_whiskers([(column.mean, column.lowest, column.highest) for column in shown]),
            hovertext=[
                f"{scale.spell(column.mean)} ({scale.spell(column.lowest)} to {scale.spell(column.highest)})"
                for column in shown
            ],
            hoverinfo="text",
        )
    )
    house(figure, height=30 * len(shown) + 60, grid="x")
    figure.update_xaxes(title_text=f"Mean effect, {_unit(scale)}", rangemode="tozero", nticks=5)
    return figure.update_yaxes(autorange="reversed", type="category")


def segments(effects: Sequence[tuple[str, SegmentEffect]], scale: Scale) -> go.Figure:
    """How much more or less a driver matters in each part than in the rest, with its interval."""
    figure = go.Figure(
        go.Scatter(
            x=[effect.difference for _, effect in effects],
            y=[escape(shorten(label, _LABEL)) for label, _ in effects],
            mode="markers",
            marker={"size": 11, "color": [ACCENT if _is_clear(effect) else QUIET for _, effect in effects]},
            error_x=_whiskers([(effect.difference, effect.low, effect.high) for _, effect in effects]),
            hovertext=[f"{_signed(effect.difference, scale)} beside the rest" for _, effect in effects],
            hoverinfo="text",
        )
    )
    figure.add_vline(x=0, line={"color": QUIET, "width": 1.5, "dash": "dot"})
    house(figure, height=34 * len(effects) + 60, grid="x")
    figure.update_xaxes(title_text=f"Matters more than elsewhere, {_unit(scale)}", nticks=5)
    return figure.update_yaxes(autorange="reversed", type="category")


def _along(figure: go.Figure, name: ColumnName, title: str) -> go.Figure:
    house(figure, height=320)
    unit = f", {name.unit}" if name.unit else ""
    figure.update_xaxes(title_text=escape(shorten(f"{name.label}{unit}", 48)), nticks=6)
    return figure.update_yaxes(title_text=title, nticks=6)


def _bars(names: Sequence[str], sizes: Sequence[float], colors: Sequence[str], texts: Sequence[str]) -> go.Figure:
    figure = go.Figure(
        go.Bar(
            x=list(sizes),
            y=list(names),
            orientation="h",
            marker_color=list(colors),
            text=list(texts),
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    house(figure, height=30 * len(names) + 24, grid="")
    figure.update_xaxes(visible=False, range=[0, 1.45 * (max(sizes, default=1.0) or 1.0)])
    return figure.update_yaxes(autorange="reversed", type="category")


def _whiskers(values: Sequence[tuple[float, float, float]]) -> dict[str, Any]:
    """From (middle, low, high) to error bars."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(0.0, high - middle) for middle, _, high in values],
        "arrayminus": [max(0.0, middle - low) for middle, low, _ in values],
        "color": SERIES[1],
        "thickness": 2,
    }


def _places(values: Sequence[float], kind: str) -> list[Any]:
    if kind != "date" or any(not -_EPOCH.toordinal() < value <= _LAST_DAY for value in values):
        return list(values)
    return [_EPOCH + timedelta(days=round(value)) for value in values]


def _named(column: str, labels: Labels, length: int = _LABEL) -> str:
    return escape(shorten(labels.get(column, column), length))


def _signed(effect: float, scale: Scale) -> str:
    return f"{'−' if effect < 0 else '+'}{escape(scale.spell(effect))}"


def _unit(scale: Scale) -> str:
    return "points" if scale.is_probability else escape(scale.unit) or "units"


def _is_clear(effect: SegmentEffect) -> bool:
    return effect.low > 0 or effect.high < 0
