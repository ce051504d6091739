"""Uncertain money drawn: how often how much is exceeded, which item moves it, and what adds up to it."""

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, GOOD, QUIET, WARN, house, mark, money_labels, money_ticks
from services.valuation.amounts import format_money
from services.valuation.plan import Plan
from services.valuation.uncertainty.sensitivity import Swing
from services.valuation.uncertainty.simulation import Simulation

_MOST_BARS = 12
_LONGEST_LABEL = 28


def exceedance_figure(simulation: Simulation) -> go.Figure:
    """Of 100 simulations, how many bring more than each amount."""
    currency = simulation.plan.currency
    points, above = simulation.worth.exceedance()
    figure = go.Figure(
        go.Scatter(
            x=points,
            y=above * 100,
            mode="lines",
            line={"color": ACCENT, "width": 3},
            customdata=[format_money(float(point), currency) for point in points],
            hovertemplate="%{y:.0f} of 100 bring more than %{customdata}<extra></extra>",
        )
    )
    mark(figure, 0, "Gain", color=WARN, side="bottom right")
    house(figure, height=300, y=".0f")
    ticks = money_ticks(float(min(points.min(), 0)), float(max(points.max(), 0)), 4)
    figure.update_xaxes(title="Net present value", tickvals=ticks, ticktext=money_labels(ticks, currency))
    return figure.update_yaxes(title="Simulations above, of 100", range=[0, 101])


def tornado_figure(swings: tuple[Swing, ...], currency: str) -> go.Figure:
    """Net present value with each item at its 10th and 90th percentile, the largest swing on top."""
    shown = [swing for swing in swings if swing.size > 0][:_MOST_BARS][::-1]
    figure = go.Figure()
    for title, color, is_high in (("At its 10th percentile", QUIET, False), ("At its 90th percentile", ACCENT, True)):
        ends = [swing.worth_at_high if is_high else swing.worth_at_low for swing in shown]
        middle = [(swing.worth_at_high + swing.worth_at_low) / 2 for swing in shown]
        figure.add_bar(
            name=title,
            y=[_label(swing.name) for swing in shown],
            x=[end - base for end, base in zip(ends, middle, strict=True)],
            base=middle,
            orientation="h",
            marker_color=color,
            customdata=[format_money(end, currency) for end in ends],
            hovertemplate="%{y}: %{customdata}<extra>" + title + "</extra>",
        )
    house(figure, height=90 + 34 * len(shown), grid="x", legend=True).update_layout(barmode="overlay")
    ends = [end for swing in shown for end in (swing.worth_at_low, swing.worth_at_high)] or [0.0, 1.0]
    ticks = money_ticks(min(ends), max(ends), 4)
    return figure.update_xaxes(title="Net present value", tickvals=ticks, ticktext=money_labels(ticks, currency))


def waterfall_figure(plan: Plan) -> go.Figure:
    """What each item adds to or takes from the expected net present value."""
    parts = [float(part) for part in plan.weights * plan.expected_amounts]
    order = sorted(range(len(parts)), key=lambda place: -parts[place])
    amounts = [parts[place] for place in order]
    shown = [*amounts, sum(amounts)]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=[*(_label(plan.items[place].name) for place in order), "Net present value"],
            x=shown,
            measure=[*["relative"] * len(amounts), "total"],
            increasing={"marker": {"color": GOOD}},
            decreasing={"marker": {"color": BAD}},
            totals={"marker": {"color": ACCENT}},
            connector={"line": {"color": QUIET, "width": 1}},
            customdata=[format_money(amount, plan.currency) for amount in shown],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    )
    house(figure, height=70 + 34 * len(shown), grid="x")
    gains = sum(amount for amount in amounts if amount > 0)
    ticks = money_ticks(min(0.0, sum(amounts)), gains, 4)
    figure.update_xaxes(tickvals=ticks, ticktext=money_labels(ticks, plan.currency))
    return figure.update_yaxes(autorange="reversed")


def _label(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"
