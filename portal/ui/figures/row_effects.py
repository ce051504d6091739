"""Figures of single rows: every effect as a dot, and the way of a few rows from the typical answer to their own."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from portal.ui.charts import ACCENT, BAD, DIVERGING, QUIET, house
from portal.ui.figures.plain import escape, shorten
from services.interpretations.cards import Scale
from services.interpretations.naming import ColumnName
from services.models.row_effects import LAST_PLACE, NO_PLACE, RowEffects

N_COLUMNS, N_ROWS = 12, 200  # without WebGL, which not every browser has: 6,000 dots take a browser half a second
_LABEL = 22
_N_BINS = 80
_HALF = 0.42  # of the room between two columns
_DOT = 4
Names = Mapping[str, ColumnName]


def beeswarm(rows: RowEffects, names: Names, scale: Scale) -> go.Figure:
    """A dot for each row and column: it lies at the effect, its colour is the place of the value among the others."""
    columns = rows.columns[:N_COLUMNS]
    chosen_rows = np.linspace(0, rows.n - 1, min(rows.n, N_ROWS)).round().astype(np.intp)
    effects, places = rows.effects[chosen_rows, : len(columns)], rows.places[chosen_rows, : len(columns)]
    heights = np.column_stack([place + swarm(effects[:, place]) for place in range(len(columns))])
    has_place = places != NO_PLACE
    figure = go.Figure()
    for chosen, marker in (
        (~has_place, {"color": QUIET}),
        (has_place, {"color": places[has_place], "cmin": 0, "cmax": LAST_PLACE} | _LOW_TO_HIGH),
    ):
        figure.add_scatter(
            x=effects[chosen].astype(np.float32),
            y=heights[chosen].astype(np.float32),
            mode="markers",
            marker={"size": _DOT, "opacity": 0.75} | marker,
            hoverinfo="skip",
        )
    figure.add_vline(x=0, line={"color": QUIET, "width": 1.5, "dash": "dot"})
    house(figure, height=34 * len(columns) + 90, grid="x", over={"margin": {"t": 34}})
    figure.update_xaxes(title_text=f"Effect on one prediction, {_unit(scale)}", nticks=5)
    return _name_rows(figure, [_named(column, names) for column in columns])


def decision_paths(
    rows: RowEffects, picked: NDArray[np.intp], is_wrong: NDArray[np.bool_], names: Names, scale: Scale
) -> go.Figure:
    """The picked rows from the typical answer at the top to their own answers, strongest column first.

    Those the model got wrong are red, dashed, and end in a cross.
    """
    columns = rows.columns[:N_COLUMNS]
    steps, labels = path_steps(rows, picked), ["Typical", *(_named(column, names) for column in columns)]
    if steps.shape[1] > len(labels):
        labels.append("All others")
    figure = go.Figure()
    for wrong, color, dash, symbol in ((False, ACCENT, "solid", "circle"), (True, BAD, "dash", "x")):
        chosen = steps[is_wrong[picked] == wrong]
        if not len(chosen):
            continue
        figure.add_scatter(
            x=_broken(chosen),
            y=_broken(np.broadcast_to(np.arange(chosen.shape[1], dtype=np.float64), chosen.shape)),
            mode="lines",
            line={"color": color, "width": 1.5, "dash": dash},
            opacity=0.75,
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=chosen[:, -1],
            y=np.full(len(chosen), chosen.shape[1] - 1.0),
            mode="markers",
            marker={"color": color, "symbol": symbol, "size": 8},
            hoverinfo="skip",
        )
    figure.add_vline(x=rows.base, line={"color": QUIET, "width": 1.5, "dash": "dot"})
    house(figure, height=30 * len(labels) + 60, grid="x")
    figure.update_xaxes(title_text="Answer, in %" if scale.is_probability else f"Answer, {_unit(scale)}", nticks=5)
    return _name_rows(figure, labels)


def path_steps(rows: RowEffects, picked: NDArray[np.intp]) -> NDArray[np.float64]:
    """The typical answer, then what each of the strongest columns makes of it; all others are one last step.

    The last is the answer itself, so that no rounding moves it.
    """
    effects = rows.effects[picked, :N_COLUMNS]
    start = np.full((len(picked), 1), rows.base)
    steps = np.concatenate([start, rows.base + np.cumsum(effects, axis=1)], axis=1)
    if rows.effects.shape[1] > N_COLUMNS or np.any(rows.rest):
        steps = np.concatenate([steps, start], axis=1)
    if steps.shape[1] > 1:
        steps[:, -1] = rows.answers[picked]
    return steps


def swarm(effects: NDArray[np.float64]) -> NDArray[np.float64]:
    """Up and down for each dot, so that where many are alike the swarm is wide: at most 0.42 either way."""
    low, width = float(effects.min(initial=0.0)), float(np.ptp(effects)) if len(effects) else 0.0
    if width == 0:
        return np.linspace(-_HALF, _HALF, len(effects)) if len(effects) > 1 else np.zeros(len(effects))
    low = float(effects.min())
    bins = np.minimum(((effects - low) / width * _N_BINS).astype(np.intp), _N_BINS - 1)
    order = np.argsort(bins, kind="stable")
    counts = np.bincount(bins, minlength=_N_BINS)
    turns = np.empty(len(effects), dtype=np.intp)
    turns[order] = np.arange(len(effects)) - (np.cumsum(counts) - counts)[bins[order]]
    steps = ((turns + 1) // 2) * np.where(turns % 2, 1, -1)  # 0, 1, -1, 2, -2 ... from the middle out
    return np.asarray(_HALF * steps / max(counts.max() // 2, 1), dtype=np.float64)


_LOW_TO_HIGH = {
    "colorscale": DIVERGING,
    "showscale": True,
    "colorbar": {
        "orientation": "h",
        "thickness": 8,
        "len": 0.4,
        "x": 1,
        "xanchor": "right",
        "y": 1.0,
        "yanchor": "bottom",
        "tickvals": [LAST_PLACE / 8, LAST_PLACE * 7 / 8],
        "ticktext": ["Low value", "High"],
        "ticklabelposition": "outside top",
        "outlinewidth": 0,
    },
}


def _name_rows(figure: go.Figure, labels: list[str]) -> go.Figure:
    n = len(labels)
    return figure.update_yaxes(tickvals=list(range(n)), ticktext=labels, range=[n - 0.4, -0.6])


def _broken(paths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Paths one after the other, with a gap between each two."""
    gaps = np.full((len(paths), 1), np.nan)
    return np.concatenate([paths, gaps], axis=1).ravel()


def _named(column: str, names: Names) -> str:
    return escape(shorten(names[column].label if column in names else column, _LABEL))


def _unit(scale: Scale) -> str:
    return "points" if scale.is_probability else escape(scale.unit) or "units"
