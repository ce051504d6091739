"""Figures of variants side by side: data in, figure out."""

from collections.abc import Sequence

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, GOOD, QUIET, SERIES, house, mark, marker_of, money_labels, money_ticks
from services.automl.comparison_sentences import name_of
from services.automl.differences import Difference
from services.automl.pins import Pinned

_ROW_HEIGHT, _MARGIN_HEIGHT = 44, 60


def fold_scores(pinned: Sequence[Pinned]) -> go.Figure:
    """The score of each variant in each fold: whether one is better everywhere, or only somewhere."""
    figure = go.Figure()
    for place, item in enumerate(pinned):
        folds = item.trial.fold_scores
        figure.add_scatter(
            x=[f"Fold {number}" for number in range(1, len(folds) + 1)],
            y=list(folds),
            mode="lines+markers",
            name=str(item.pin),
            line={"color": SERIES[place % len(SERIES)], "width": 1.5},
            marker={"size": 9, **marker_of(place)},
            hovertext=[f"{name_of(item)}: {score:.4f}" for score in folds],
            hoverinfo="text",
        )
    return house(figure, height=280, y=".3~f", legend=True)


def differences(
    named: Sequence[tuple[str, Difference]], *, currency: str | None = None, greater_is_better: bool = True
) -> go.Figure:
    """Each difference with its interval beside the line of no difference.

    Parameters
    ----------
    currency
        Of differences in money; None for a metric.
    """
    figure = go.Figure()
    for name, difference in named:
        color = _color(difference, greater_is_better)
        ends = [end for end in (difference.low, difference.high) if end is not None]
        figure.add_scatter(
            x=ends, y=[name] * len(ends), mode="lines", line={"color": color, "width": 3}, hoverinfo="skip"
        )
        figure.add_scatter(
            x=[difference.value],
            y=[name],
            mode="markers",
            marker={"color": color, "size": 11, "symbol": "circle" if difference.is_clear else "circle-open"},
            hoverinfo="skip",
        )
    low, high = _range(named)
    house(figure, height=_MARGIN_HEIGHT + _ROW_HEIGHT * len(named), grid="x")
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(range=[low, high])
    if currency is not None:
        ticks = money_ticks(low, high, 4)
        figure.update_xaxes(tickvals=ticks, ticktext=money_labels(ticks, currency))
    return mark(figure, 0.0, "no difference", color=QUIET)


def _color(difference: Difference, greater_is_better: bool) -> str:
    if not difference.is_clear:
        return QUIET
    is_gain = (difference.value > 0) == greater_is_better
    return GOOD if is_gain else BAD if difference.value else ACCENT


def _range(named: Sequence[tuple[str, Difference]]) -> tuple[float, float]:
    ends = [0.0]
    for _, difference in named:
        ends += [end for end in (difference.low, difference.value, difference.high) if end is not None]
    margin = (max(ends) - min(ends)) * 0.12 or 1.0
    return min(ends) - margin, max(ends) + margin
