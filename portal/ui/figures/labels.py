"""Figures of labelling: how much better a model becomes with more rows, and before and after."""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, QUIET, WARN, band, house, mark
from services.valuation.amounts import format_money

_BAND = "rgba(79, 95, 224, 0.18)"


def learning_curve_figure(result: Mapping[str, Any], cost: float) -> go.Figure:
    """Money a year (or the metric) against labelled rows, with its 90% band, the expected way on, and the cost."""
    sizes = list(result["curve"]["sizes"])
    in_money = result.get("amount_band") is not None
    mean, low, high = (list(line) for line in result["amount_band" if in_money else "score_band"])
    currency = str(result.get("currency") or "EUR")
    figure = go.Figure()
    band(figure, sizes, low, high, color=_BAND)
    texts = [format_money(value, currency) + " a year" if in_money else f"{value:.3f}" for value in mean]
    figure.add_scatter(
        x=sizes,
        y=mean,
        mode="lines+markers",
        line={"color": ACCENT, "width": 3},
        marker={"size": 7},
        customdata=texts,
        hovertemplate="%{x:,} rows: %{customdata}<extra></extra>",
    )
    drawn = [*low, *high]
    gain = result.get("gain" if in_money else "score_gain")
    if gain:
        drawn += _add_way_on(figure, result, gain, sizes[-1], mean[-1])
        if in_money and cost > 0:
            level = mean[-1] + cost
            drawn.append(level)
            mark(
                figure,
                level,
                f"Must be passed to pay {format_money(cost, currency)}",
                axis="y",
                color=WARN,
                side="bottom right",
            )
    room = 0.08 * ((max(drawn) - min(drawn)) or 1.0)
    reach = (min(drawn) - room, max(drawn) + room)
    house(figure, height=340, y=reach if in_money else ".3f", currency=currency)
    if not in_money:
        figure.update_yaxes(range=reach)
    return figure.update_xaxes(title_text="Labelled rows the model learned from", tickformat=",", rangemode="tozero")


def _add_way_on(
    figure: go.Figure, result: Mapping[str, Any], gain: Mapping[str, Any], last_size: int, last: float
) -> list[float]:
    """From the last measured point over the rows there are to those there would be; what it adds to the axis."""
    end = result["n_now"] + gain["n_more"]
    figure.add_scatter(
        x=[last_size, end],
        y=[last, last + gain["amount"]],
        mode="lines",
        line={"color": QUIET, "width": 2, "dash": "dash"},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [0, gain["high"] - gain["amount"]],
            "arrayminus": [0, gain["amount"] - gain["low"]],
            "color": QUIET,
        },
        hoverinfo="skip",
    )
    return [last + gain["low"], last + gain["high"]]
