"""Figures of a model: money by share acted on, what drives it, one row explained, and how true its answers are."""

from collections.abc import Sequence

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, GOOD, QUIET, SERIES, WARN, house, mark
from portal.ui.figures.plain import card, escape, shorten
from services.models.outcomes import Outcome, outcome_at
from services.models.report import CalibrationBin, Driver, Evaluation, ExampleRow, MoneyReport, PredictedPoint
from services.models.sentences import POINTS, describe_without_model, format_effect, format_prediction
from services.valuation.amounts import format_money

_BAND = "rgba(79,95,224,.12)"
_TINT = "rgba(79,95,224,.10)"
_N_PARTS = 6


def profit_curve(evaluation: Evaluation, outcome: Outcome) -> go.Figure:
    """Yearly value by the share of cases acted on, with its band, the chosen point and the reference policies."""
    curve, money = evaluation.profit_curve, evaluation.money
    shares = [point.share_acted * 100 for point in curve]
    figure = go.Figure()
    for ends, fill in (([point.high for point in curve], None), ([point.low for point in curve], "tonexty")):
        figure.add_scatter(x=shares, y=ends, mode="lines", line_width=0, fill=fill, fillcolor=_BAND, hoverinfo="skip")
    figure.add_scatter(
        x=shares,
        y=[point.yearly_value for point in curve],
        mode="lines",
        line={"color": ACCENT, "width": 3},
        hovertext=[
            f"{point.share_acted:.0%} acted on: {format_money(point.yearly_value, outcome.currency)}" for point in curve
        ],
        hoverinfo="text",
    )
    _mark_choice(figure, outcome)
    if money is not None:
        _mark_policies(figure, money, outcome.currency)
        if money.capacity_rate is not None and money.capacity_rate < 1:
            mark(figure, money.capacity_rate * 100, "Capacity", color=WARN, side="bottom right")
    house(figure, height=360, y=_money_range(evaluation), currency=outcome.currency)
    return figure.update_xaxes(title_text="Cases acted on, of 100, highest scores first", range=[0, 101])


def threshold_curve(evaluation: Evaluation, current: Outcome, tried: Outcome, pays_from: float | None) -> go.Figure:
    """The profit curve with the point that is tried beside the chosen one, every evaluated cut to be pressed."""
    figure, curve = profit_curve(evaluation, current), evaluation.profit_curve
    figure.add_scatter(
        x=[point.share_acted * 100 for point in curve],
        y=[point.yearly_value for point in curve],
        mode="markers",
        marker={"size": 14, "color": ACCENT, "opacity": 0},  # as wide as a finger
        customdata=[[str(place)] for place in range(len(curve))],
        hoverinfo="skip",
    )
    if tried.threshold != current.threshold:
        figure.add_scatter(
            x=[tried.share_acted * 100],
            y=[tried.yearly_value],
            mode="markers+text",
            marker={"size": 14, "color": WARN, "symbol": "diamond"},
            text=[f"<b>Tried</b> {format_money(tried.yearly_value, tried.currency)}"],
            textposition="top left" if tried.share_acted > 0.5 else "top right",
            hoverinfo="skip",
        )
    if pays_from is not None and (pays := outcome_at(evaluation, pays_from)) is not None:
        mark(figure, pays.share_acted * 100, f"Acting pays from {pays_from:.0%}", side="top left")
    return figure


def driver_card(driver: Driver) -> go.Figure:
    """The effect of a column along its values, between two end labels."""
    effects = [effect for _value, effect in driver.points]
    labels = [str(position) for position in range(len(effects))]
    if driver.kind in ("number", "date"):
        values = [value for value, _effect in driver.points]
        figure = _filled_line([float(value) for value in values], effects)
        ends = (_end(driver, 0), _end(driver, -1))
    else:
        hover = [f"{escape(shorten(str(value), 28))}: {format_effect(effect)}" for value, effect in driver.points]
        figure = go.Figure(go.Bar(x=labels, y=effects, marker_color=ACCENT, hovertext=hover, hoverinfo="text"))
        figure.add_hline(y=0, line={"color": QUIET, "width": 1})
        ends = (str(driver.points[0][0]), str(driver.points[-1][0]))
    return card(figure, shorten(ends[0], 20), shorten(ends[1], 20) if len(driver.points) > 1 else "")


def importances(drivers: Sequence[Driver], scale: str) -> go.Figure:
    """The average effect of every column on one prediction, strongest first."""
    unit = " points" if scale == POINTS else ""
    figure = go.Figure(
        go.Bar(
            x=[driver.importance for driver in drivers],
            y=[escape(shorten(driver.column, 24)) for driver in drivers],
            orientation="h",
            marker_color=ACCENT,
            text=[format_effect(driver.importance).lstrip("+") + unit for driver in drivers],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    house(figure, height=26 * len(drivers) + 24, grid="")
    largest = max((driver.importance for driver in drivers), default=1.0) or 1.0
    figure.update_xaxes(visible=False, range=[0, 1.3 * largest])
    return figure.update_yaxes(autorange="reversed", type="category")


def waterfall(example: ExampleRow, scale: str) -> go.Figure:
    """From a typical prediction to this one, column by column; small effects are one bar."""
    parts = [(f"{part.column}: {_shown(part.value)}", part.effect) for part in example.contributions[:_N_PARTS]]
    rest = sum(part.effect for part in example.contributions[_N_PARTS:])
    if len(example.contributions) > _N_PARTS:
        parts.append((f"{len(example.contributions) - _N_PARTS} more columns", rest))
    up, down = (BAD, GOOD) if scale == POINTS else (SERIES[0], SERIES[1])
    ends = [format_prediction(value, scale) for value in (example.base_value, example.prediction)]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=["Typical", *(escape(shorten(label, 26)) for label, _effect in parts), "This case"],
            x=[example.base_value, *(effect for _label, effect in parts), example.prediction],
            measure=["absolute", *["relative"] * len(parts), "total"],
            text=[ends[0], *(format_effect(effect) for _label, effect in parts), ends[1]],
            textposition="outside",
            cliponaxis=False,
            connector={"line": {"color": QUIET, "width": 1}},
            increasing_marker_color=up,
            decreasing_marker_color=down,
            totals_marker_color=ACCENT if scale == POINTS else QUIET,
            hoverinfo="skip",
        )
    )
    house(figure, height=32 * (len(parts) + 2) + 16, grid="")
    figure.update_xaxes(showticklabels=False, range=_waterfall_range(example, [effect for _label, effect in parts]))
    return figure.update_yaxes(autorange="reversed", type="category")


def calibration(bins: Sequence[CalibrationBin]) -> go.Figure:
    """What happened beside what was predicted, with 95% intervals; on the dotted line the model is honest."""
    figure = go.Figure(
        go.Scatter(
            x=[0, 100], y=[0, 100], mode="lines", line={"color": QUIET, "width": 1.5, "dash": "dot"}, hoverinfo="skip"
        )
    )
    figure.add_scatter(
        x=[bin_.predicted * 100 for bin_ in bins],
        y=[bin_.observed * 100 for bin_ in bins],
        mode="markers+lines",
        marker={"size": 9, "color": ACCENT},
        line={"color": ACCENT, "width": 2},
        error_y={
            "array": [(bin_.high - bin_.observed) * 100 for bin_ in bins],
            "arrayminus": [(bin_.observed - bin_.low) * 100 for bin_ in bins],
            "color": ACCENT,
            "thickness": 1,
            "width": 3,
        },
        hovertext=[f"{bin_.n:,} rows: predicted {bin_.predicted:.0%}, happened {bin_.observed:.0%}" for bin_ in bins],
        hoverinfo="text",
    )
    house(figure, height=320, grid="xy")
    figure.update_xaxes(title_text="Predicted, of 100", range=[0, 101])
    return figure.update_yaxes(title_text="Happened, of 100", range=[0, 101])


def actual_vs_predicted(points: Sequence[PredictedPoint]) -> go.Figure:
    """Each dot is a row kept aside; on the dotted line the prediction was exact."""
    values = [value for point in points for value in (point.actual, point.predicted)]
    low, high = min(values), max(values)
    line = {"color": QUIET, "width": 1.5, "dash": "dot"}
    figure = go.Figure(go.Scatter(x=[low, high], y=[low, high], mode="lines", line=line, hoverinfo="skip"))
    figure.add_scatter(
        x=[point.predicted for point in points],
        y=[point.actual for point in points],
        mode="markers",
        marker={"size": 6, "color": ACCENT, "opacity": 0.6},
        hovertemplate="predicted %{x:,.3~s}, was %{y:,.3~s}<extra></extra>",
    )
    house(figure, height=380, x=",.3~s", y=",.3~s", grid="xy")
    return figure.update_xaxes(title_text="Predicted").update_yaxes(title_text="Actual")


def _mark_choice(figure: go.Figure, outcome: Outcome) -> None:
    figure.add_scatter(
        x=[outcome.share_acted * 100],
        y=[outcome.yearly_value],
        mode="markers+text",
        marker={"size": 12, "color": ACCENT},
        text=[f"<b>Chosen</b> {format_money(outcome.yearly_value, outcome.currency)}"],
        textposition="bottom left" if outcome.share_acted > 0.5 else "bottom right",
        hoverinfo="skip",
    )


def _mark_policies(figure: go.Figure, money: MoneyReport, currency: str) -> None:
    without = describe_without_model(money)
    for value, name in ((0.0, "Act on nobody"), (money.treat_all, without), (money.perfect, "Perfect model")):
        side = "top right" if value != 0 else "bottom right"
        mark(figure, value, f"{name} {format_money(value, currency)}", axis="y", side=side)


def _money_range(evaluation: Evaluation) -> tuple[float, float]:
    values = [value for point in evaluation.profit_curve for value in (point.low, point.high, point.yearly_value)]
    if evaluation.money is not None:
        values += [evaluation.money.treat_all, evaluation.money.perfect]
    known = [value for value in values if value is not None] or [0.0]
    low, high = min(*known, 0.0), max(*known, 1.0)
    return low - 0.1 * (high - low), high + 0.12 * (high - low)


def _filled_line(x: list[float], y: list[float]) -> go.Figure:
    floor = min(y, default=0.0) - 0.12 * ((max(y, default=0.0) - min(y, default=0.0)) or 1.0)
    figure = go.Figure(go.Scatter(x=x, y=[floor] * len(x), mode="lines", line_width=0, hoverinfo="skip"))
    line = {"color": ACCENT, "width": 2.5}
    figure.add_scatter(x=x, y=y, mode="lines", line=line, fill="tonexty", fillcolor=_TINT, hoverinfo="skip")
    return figure


def _end(driver: Driver, place: int) -> str:
    return _shown(driver.points[place][0])


def _shown(value: str | float | None) -> str:
    if value is None:
        return "missing"
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1_000 or value == int(value) else f"{value:.4g}"


def _waterfall_range(example: ExampleRow, effects: list[float]) -> list[float]:
    """Wide enough for every step and its label; zero is on the axis only where the bars need it."""
    level, levels = example.base_value, [0.0, example.base_value, example.prediction]
    for effect in effects:
        level += effect
        levels.append(level)
    low, high = min(levels), max(levels)
    return [low - (0.08 * (high - low) if low < 0 else 0), high + 0.16 * (high - low)]
