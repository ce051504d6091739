"""Uncertain money drawn: how often how much is exceeded, which item moves it, and what adds up to it."""

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, GOOD, QUIET, WARN, house, mark, money_labels, money_ticks
from portal.ui.figures.plain import escape, shorten
from services.valuation.amounts import format_money
from services.valuation.plan import Plan
from services.valuation.uncertainty.sensitivity import Swing
from services.valuation.uncertainty.simulation import Simulation, Spread

_MOST_BARS = 12
_LONGEST_LABEL = 28


def exceedance_figure(simulation: Simulation, saved: Spread | None = None) -> go.Figure:
    """Of 100 simulations, how many bring more than each amount; where given, beside those of the saved figures."""
    currency, ends, drawn = simulation.plan.currency, [0.0], []
    curves = [("With the sliders" if saved else "", simulation.worth, ACCENT, "solid")]
    if saved is not None:
        curves.insert(0, ("As saved", saved, QUIET, "dash"))
    for name, worth, color, dash in curves:
        points, above = worth.exceedance()
        ends += [float(points.min()), float(points.max())]
        drawn.append(
            go.Scatter(
                x=points,
                y=above * 100,
                name=name,
                mode="lines",
                line={"color": color, "width": 3, "dash": dash},
                customdata=[format_money(float(point), currency) for point in points],
                hovertemplate="%{y:.0f} of 100 bring more than %{customdata}<extra>" + name + "</extra>",
            )
        )
    figure = mark(go.Figure(drawn), 0, "Gain", color=WARN, side="bottom right")
    ticks = money_ticks(min(ends), max(ends), 4)
    over = {  # at once: each update of a figure takes ten milliseconds, and this one follows a slider
        "xaxis": {"title": {"text": "Net present value"}, "tickvals": ticks, "ticktext": money_labels(ticks, currency)},
        "yaxis": {"title": {"text": "Simulations above, of 100"}, "range": [0, 101]},
    }
    return house(figure, height=300, y=".0f", legend=saved is not None, over=over)


def tornado_figure(swings: tuple[Swing, ...], currency: str) -> go.Figure:
    """Net present value with each item at its 10th and 90th percentile, the largest swing on top."""
    shown = [swing for swing in swings if swing.size > 0][:_MOST_BARS][::-1]
    figure = go.Figure()
    for title, color, is_high in (("Low (10th)", QUIET, False), ("High (90th)", ACCENT, True)):
        ends = [swing.worth_at_high if is_high else swing.worth_at_low for swing in shown]
        middle = [(swing.worth_at_high + swing.worth_at_low) / 2 for swing in shown]
        figure.add_bar(
            name=title,
            y=list(range(len(shown))),
            x=[end - base for end, base in zip(ends, middle, strict=True)],
            base=middle,
            orientation="h",
            marker_color=color,
            customdata=[
                [_label(swing.name), format_money(end, currency)] for swing, end in zip(shown, ends, strict=True)
            ],
            hovertemplate="%{customdata[0]}: %{customdata[1]}<extra>" + title + "</extra>",
        )
    house(figure, height=150 + 34 * len(shown), grid="x", legend=True).update_layout(barmode="overlay")
    ends = [end for swing in shown for end in (swing.worth_at_low, swing.worth_at_high)] or [0.0, 1.0]
    ticks = money_ticks(min(ends), max(ends), 4)
    _name_rows(figure, [swing.name for swing in shown])
    return figure.update_xaxes(title_text="Net present value", tickvals=ticks, ticktext=money_labels(ticks, currency))


def waterfall_figure(plan: Plan) -> go.Figure:
    """What each item and stage adds to or takes from the expected net present value."""
    parts = sorted(plan.staged_parts, key=lambda part: -part[1])
    amounts = [amount for _, amount in parts]
    shown, names = [*amounts, sum(amounts)], [*(name for name, _ in parts), "Net present value"]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=list(range(len(shown))),
            x=shown,
            measure=[*["relative"] * len(amounts), "total"],
            increasing={"marker": {"color": GOOD}},
            decreasing={"marker": {"color": BAD}},
            totals={"marker": {"color": ACCENT}},
            connector={"line": {"color": QUIET, "width": 1}},
            customdata=[
                [_label(name), format_money(amount, plan.currency)] for name, amount in zip(names, shown, strict=True)
            ],
            hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
        )
    )
    house(figure, height=70 + 34 * len(shown), grid="x")
    gains = sum(amount for amount in amounts if amount > 0)
    ticks = money_ticks(min(0.0, sum(amounts)), gains, 4)
    figure.update_xaxes(tickvals=ticks, ticktext=money_labels(ticks, plan.currency))
    return _name_rows(figure, names).update_yaxes(autorange="reversed")


def _name_rows(figure: go.Figure, names: list[str]) -> go.Figure:
    """Names at positions: two items whose names begin alike are two rows."""
    return figure.update_yaxes(tickvals=list(range(len(names))), ticktext=[_label(name) for name in names])


def _label(name: str) -> str:
    return escape(shorten(name, _LONGEST_LABEL))


def rate_figure(rates: tuple[float, ...], worths: tuple[float, ...], current: float, currency: str) -> go.Figure:
    """Expected net present value by yearly discount rate, with today's rate marked."""
    figure = go.Figure(
        go.Scatter(
            x=[rate * 100 for rate in rates],
            y=worths,
            mode="lines",
            line={"color": ACCENT, "width": 3},
            customdata=[format_money(worth, currency) for worth in worths],
            hovertemplate="%{x:.0f}% a year: %{customdata}<extra></extra>",
        )
    )
    mark(figure, 0, "", axis="y")
    mark(figure, current * 100, f"{current * 100:.3g}% a year", color=WARN, side="bottom right")
    low, high = min(0.0, *worths), max(0.0, *worths)
    room = 0.08 * (high - low or 1.0)
    house(figure, height=280, y=(low - room, high + room), currency=currency)
    return figure.update_xaxes(title_text="Discount rate, % a year", nticks=6)
