"""Figures of a run: data in, figure out."""

from collections.abc import Sequence

import plotly.graph_objects as go

from portal.ui.charts import QUIET, WARN, house, mark, marker_of
from services.automl.family_names import FAMILY_LABELS
from services.automl.sentences import family_label, format_result, metric_label
from services.automl.views import RunView, TrialView
from services.valuation.amounts import format_money

_SHORT_SECONDS = 180.0  # up to here the axis counts seconds
_REFERENCES = {"everyone": ("Acting on everyone", QUIET), "break_even": ("Break-even", WARN)}
_MIN_DOTS, _FLAT = 5, 0.2  # from so many dots on, dots that fill less than this share of the axis are looked at closely
_ROOM_FOR_WORDS = 0.25  # of the dots, below them: what the references come to stands there
_TOO_NEAR = 0.07  # of the axis: two lines this near share one label
_FAR_BELOW = -0.6  # a reference further below zero than this share of the best would flatten every dot


def trial_dots(run: RunView) -> go.Figure:
    """A dot for each trial by its kind of model, the best so far, and what a model must beat."""
    figure = go.Figure()
    unit, seconds_per_unit = _time_unit(run)
    kinds = _families(run)
    places = {
        family: place for place, family in enumerate([*FAMILY_LABELS, *(k for k in kinds if k not in FAMILY_LABELS)])
    }
    for family in kinds:
        trials = [trial for trial in run.complete_trials if trial.family == family]
        figure.add_scatter(
            x=[trial.second / seconds_per_unit for trial in trials],
            y=[_height(run, trial) for trial in trials],
            mode="markers",
            name=family_label(family),
            marker={"size": 9, **marker_of(places[family])},
            hovertext=[f"{family_label(family)} {trial.number}: {format_result(run, trial)}" for trial in trials],
            hoverinfo="text",
        )
    _add_best_so_far(figure, run, seconds_per_unit)
    _add_references(figure, run)
    money_range = _money_range(run)
    house(figure, height=360, y=money_range or ".3~f", currency=run.currency or "EUR", legend=True)
    figure.update_xaxes(title_text=f"{unit} of search", range=[0, _last_second(run) / seconds_per_unit])
    if money_range is None:
        figure.update_yaxes(title_text=metric_label(run.metric))
    return figure


def _time_unit(run: RunView) -> tuple[str, float]:
    return ("Seconds", 1.0) if _last_second(run) <= _SHORT_SECONDS else ("Minutes", 60.0)


def _last_second(run: RunView) -> float:
    """Up to where the search is expected to go, so that the dots do not jump while it runs."""
    end = run.used_seconds + (run.eta_seconds or 0.0)
    return max(1.0, end, *(trial.second for trial in run.trials)) * 1.03


def _families(run: RunView) -> list[str]:
    tried = {trial.family for trial in run.complete_trials}
    return [family for family in FAMILY_LABELS if family in tried] + sorted(tried - set(FAMILY_LABELS))


def _height(run: RunView, trial: TrialView) -> float:
    value = trial.value_amount if run.has_money else trial.score
    assert value is not None
    return value


def _add_best_so_far(figure: go.Figure, run: RunView, seconds_per_unit: float) -> None:
    allowed = [trial for trial in run.complete_trials if trial.beyond_limits is None]
    if not allowed:
        return
    ends = sorted((trial.second, _height(run, trial)) for trial in allowed)
    better = max if run.has_money or run.greater_is_better else min
    best: list[float] = []
    for _second, height in ends:
        best.append(better(best[-1], height) if best else height)
    seconds = [second for second, _height in ends] + [max(run.used_seconds, ends[-1][0])]
    figure.add_scatter(
        x=[second / seconds_per_unit for second in seconds],
        y=[*best, best[-1]],
        mode="lines",
        name="Best so far",
        line={"color": QUIET, "width": 1.5, "shape": "hv"},
        hoverinfo="skip",
    )


def _add_references(figure: go.Figure, run: RunView) -> None:
    low, high = _money_range(run) or (0.0, 0.0)
    below: list[str] = []
    drawn: list[tuple[float, str, str]] = []
    for name, (label, color) in _REFERENCES.items():
        if name not in run.references:
            continue
        amount = run.references[name]
        text = f"{label} {format_money(amount, run.currency or 'EUR')}"
        if amount < low:
            below.append(text)
        elif drawn and abs(drawn[-1][0] - amount) < _TOO_NEAR * (high - low):
            drawn[-1] = (drawn[-1][0], f"{drawn[-1][1]} · {text}", color)
        else:
            drawn.append((amount, text, color))
    for amount, text, color in drawn:
        mark(figure, amount, text, axis="y", color=color)
    if below:
        figure.add_annotation(
            text=f"↓ {' · '.join(below)}", xref="paper", yref="paper", x=1, y=0, xanchor="right", yanchor="bottom"
        )


def _money_range(run: RunView) -> tuple[float, float] | None:
    """From below the lowest reference; from below the dots where together with a reference they would be one line."""
    if not run.has_money:
        return None
    dots = [_height(run, trial) for trial in run.complete_trials]
    near = [amount for amount in run.references.values() if amount >= _FAR_BELOW * max(dots, default=0.0)]
    everything = [0.0, *dots, *near]
    if len(dots) >= _MIN_DOTS and _spread(dots) < _FLAT * _spread(everything):
        return _with_margin(dots, below=_ROOM_FOR_WORDS)
    return _with_margin(everything)


def _with_margin(amounts: Sequence[float], below: float = 0.12) -> tuple[float, float]:
    spread = _spread(amounts) or 1.0
    return min(amounts) - below * spread, max(amounts) + 0.12 * spread


def _spread(amounts: Sequence[float]) -> float:
    return max(amounts) - min(amounts)
