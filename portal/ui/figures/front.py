"""Worth against cost of the models of a run: data in, figure out."""

from math import ceil, floor, log10

import plotly.graph_objects as go

from portal.ui.charts import ACCENT, BAD, QUIET, house
from services.automl.front import Cost, describe_point, pareto_front
from services.automl.sentences import metric_label
from services.automl.views import RunView, TrialView

_MARGIN = 0.12  # of the axis
_SMALLEST_COST, _MOST_POWERS = 1e-6, 6


def front_dots(run: RunView, cost: Cost) -> go.Figure:
    """A dot for each measured model; those that nothing beats in both are joined, those beyond a limit are crossed.

    Costs are on a scale of powers of ten, apart from kinds of model.
    """
    measured = [trial for trial in run.complete_trials if cost.read(trial) is not None]
    front = pareto_front(run, cost)
    best = {trial.number for trial in front}
    others = [trial for trial in measured if trial.number not in best and trial.beyond_limits is None]
    beyond = [trial for trial in measured if trial.beyond_limits is not None]
    figure = go.Figure()
    for name, trials, symbol, color in (
        ("Another is better and costs no more", others, "circle-open", QUIET),
        ("Beyond a limit", beyond, "x", BAD),
    ):
        if trials:
            _add(figure, run, cost, trials, name=name, marker={"size": 9, "symbol": symbol, "color": color})
    if front:
        marker = {"size": 11, "symbol": "circle", "color": ACCENT}
        _add(figure, run, cost, front, name="Nothing is better in both", marker=marker, line=True)
    low, high = _range([run.result_of(trial) for trial in measured])
    house(
        figure,
        height=340,
        y=(low, high) if run.has_money else ".3~f",
        currency=run.currency or "EUR",
        legend=True,
        grid="xy",
    )
    if cost.kinds:
        places = list(range(len(cost.kinds)))
        figure.update_xaxes(range=[-0.5, len(places) - 0.5], tickvals=places, ticktext=list(cost.kinds))
    else:
        figure.update_xaxes(type="log", **_ticks([cost.read(trial) or 0.0 for trial in measured]))
        _add_limit(figure, run, cost, (low, high))
    figure.update_xaxes(title_text=cost.axis)
    figure.update_yaxes(title_text="Yearly value" if run.has_money else metric_label(run.metric))
    return figure


def _add(
    figure: go.Figure,
    run: RunView,
    cost: Cost,
    trials: list[TrialView] | tuple[TrialView, ...],
    *,
    name: str,
    marker: dict[str, object],
    line: bool = False,
) -> None:
    figure.add_scatter(
        x=[cost.read(trial) for trial in trials],
        y=[run.result_of(trial) for trial in trials],
        mode="lines+markers" if line else "markers",
        line={"shape": "hv", "width": 1.5, "color": ACCENT} if line else None,
        marker=marker,
        name=name,
        hovertext=[describe_point(run, trial, cost) for trial in trials],
        hoverinfo="text",
    )


def _add_limit(figure: go.Figure, run: RunView, cost: Cost, ends: tuple[float, float]) -> None:
    """The limit of the objective as a line of its own: a marked line would miss its label on this scale."""
    limit = cost.limit(run.limits)
    if limit is not None:
        figure.add_scatter(
            x=[limit, limit],
            y=list(ends),
            mode="lines",
            name=f"Limit of the objective, {cost.say(limit)}",
            line={"color": BAD, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )


def _ticks(costs: list[float]) -> dict[str, list[float] | list[str]]:
    """1, 2 and 5 of each power of ten; only the powers where there are many."""
    low, high = min(costs, default=1.0), max(costs, default=1.0)
    powers = range(floor(log10(max(low, _SMALLEST_COST))) - 1, ceil(log10(max(high, _SMALLEST_COST))) + 3)
    steps = (1, 2, 5) if len(powers) <= _MOST_POWERS else (1,)
    places = [step * 10.0**power for power in powers for step in steps]
    return {"tickvals": places, "ticktext": [f"{place:,.12g}" for place in places]}


def _range(results: list[float]) -> tuple[float, float]:
    if not results:
        return 0.0, 1.0
    margin = (max(results) - min(results)) * _MARGIN or abs(max(results)) * _MARGIN or 1.0
    return min(results) - margin, max(results) + margin
