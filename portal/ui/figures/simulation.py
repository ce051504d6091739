"""A simulation drawn: what other limits would bring, and the policy against other ways."""

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, QUIET, band, house, mark, money_labels, money_ticks
from portal.ui.figures.plain import escape, shorten
from services.simulation.report import Money, SegmentFound, SimulationReport
from services.simulation.ways import SHORT_WAYS
from services.valuation.amounts import format_money

_ROOM = 0.12  # above and below, so that labels stay inside
_BAND = "rgba(79,95,224,0.16)"


def limits_figure(report: SimulationReport, money: Money, *, in_money: bool) -> go.Figure:
    """Gain a year over today's way against what may be spent, or on how many cases something may be done.

    Of grade B only the lower end of the interval is drawn.
    """
    is_lower, points, currency = report.grade == "B", money.curve, report.currency
    x = [point.spent if in_money else point.acts for point in points]
    y = [point.low if is_lower else point.amount for point in points]
    figure = go.Figure()
    if not is_lower:
        band(figure, x, [point.low for point in points], [point.high for point in points], color=_BAND)
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines+markers",
        line={"color": ACCENT, "width": 3},
        marker={"size": 7, "color": ACCENT},
        customdata=[
            [format_money(amount, currency), f"{point.acts:,.0f}", format_money(point.spent, currency)]
            for amount, point in zip(y, points, strict=True)
        ],
        hovertemplate="%{customdata[0]} a year<br>%{customdata[1]} cases set anew, for %{customdata[2]}<extra></extra>",
    )
    for place, point in enumerate(points):
        if point.is_chosen:
            figure.add_scatter(
                x=[x[place]],
                y=[y[place]],
                mode="markers",
                marker={"size": 15, "color": ACCENT, "symbol": "diamond", "line": {"width": 2, "color": "white"}},
                hoverinfo="skip",
            )
            mark(figure, x[place], "Chosen", color=ACCENT, side="top left" if place else "top right")
    mark(figure, 0.0, "Today's way", axis="y", side="bottom left")
    ends = [0.0, *y, *([] if is_lower else [value for point in points for value in (point.low, point.high)])]
    low, high = _padded(min(ends), max(ends))
    house(figure, height=320, y=(low, high), currency=currency)
    figure.update_yaxes(title_text="Gain a year")
    if in_money:
        ticks = money_ticks(0.0, max(x) or 1.0, 4)
        return figure.update_xaxes(title_text="Spent a year", tickvals=ticks, ticktext=money_labels(ticks, currency))
    return figure.update_xaxes(title_text="Cases set anew a year", tickformat=",.0f", nticks=5)


def ways_figure(money: Money, currency: str) -> go.Figure:
    """What the policy brings a year more than each other way, with its interval."""
    gains = money.gains[::-1]
    figure = go.Figure(
        go.Bar(
            x=[gain.amount for gain in gains],
            y=[SHORT_WAYS.get(gain.over, gain.over) for gain in gains],
            orientation="h",
            marker_color=[ACCENT if gain.amount >= 0 else BAD for gain in gains],
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [gain.high - gain.amount for gain in gains],
                "arrayminus": [gain.amount - gain.low for gain in gains],
                "color": QUIET,
                "thickness": 2,
            },
            customdata=[
                [format_money(value, currency) for value in (gain.amount, gain.low, gain.high)] for gain in gains
            ],
            hovertemplate="%{customdata[0]} a year more, %{customdata[1]} to %{customdata[2]}<extra></extra>",
        )
    )
    low, high = _padded(min(0.0, *(gain.low for gain in gains)), max(0.0, *(gain.high for gain in gains)))
    ticks = money_ticks(low, high, 4)
    house(figure, height=210, grid="x", zero=True)
    return figure.update_xaxes(range=[low, high], tickvals=ticks, ticktext=money_labels(ticks, currency))


def _padded(low: float, high: float) -> tuple[float, float]:
    room = _ROOM * (high - low or 1.0)
    return low - room, high + room


def lever_figure(found: SegmentFound, name: str, currency: str) -> go.Figure:
    """Gain a year over today's way against the value of the lever, with its band; not believed values are grey."""
    points, figure = found.curve, go.Figure()
    x = [point.value for point in points]
    band(figure, x, [point.low for point in points], [point.high for point in points], color=_BAND)
    figure.add_scatter(
        x=x,
        y=[point.amount for point in points],
        mode="lines+markers",
        line={"color": ACCENT, "width": 3},
        marker={"size": 7, "color": [ACCENT if point.is_believed else QUIET for point in points]},
        customdata=[
            [
                *(format_money(amount, currency) for amount in (point.amount, point.low, point.high)),
                "" if point.is_believed else "<br>Not to be believed: hardly tried on cases like these",
            ]
            for point in points
        ],
        hovertemplate="%{x}: %{customdata[0]} a year<br>%{customdata[1]} to %{customdata[2]}%{customdata[3]}"
        "<extra></extra>",
    )
    for point in points:
        if point.is_chosen:
            mark(figure, point.value, "Chosen", color=ACCENT)
    mark(figure, 0.0, "Today's way", axis="y", side="bottom left")
    low, high = _padded(min(0.0, *(point.low for point in points)), max(0.0, *(point.high for point in points)))
    house(figure, height=320, y=(low, high), currency=currency)
    figure.update_yaxes(title_text="Gain a year")
    return figure.update_xaxes(title_text=escape(shorten(name, 40)), nticks=6)
