"""How good the runs of a project became: best money and metric of each, with intervals, in words and points."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.automl.metrics import METRICS
from services.automl.sentences import format_score
from services.automl.views import RunView
from services.valuation.amounts import format_money


@dataclass(frozen=True, slots=True)
class Level:
    """What one run reached, with its 95% interval; None where it is not known."""

    run_number: int
    dataset_version: int
    metric: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a model scored on rows kept aside."""

    value: float
    low: float | None
    high: float | None


def currency_of(runs: Sequence[RunView]) -> str | None:
    """What the newest run that was priced is priced in; None where none was."""
    return next((run.currency for run in reversed(_ended(runs)) if run.currency is not None), None)


def money_levels(runs: Sequence[RunView]) -> list[Level]:
    """The money a year of the best variant of each run that was priced in the newest currency, oldest first."""
    currency, found = currency_of(runs), []
    for run in _ended(runs):
        best = run.best
        if best is not None and run.currency == currency and best.value_amount is not None:
            found.append(_level(run, best.value_amount, best.value_low, best.value_high))
    return found


def score_levels(runs: Sequence[RunView], checked: Mapping[str, Checked]) -> list[Level]:
    """The score of each run of the newest metric, oldest first: on rows kept aside where there is a model.

    Parameters
    ----------
    checked
        By run id.
    """
    newest = next((run.metric for run in reversed(_ended(runs)) if run.best is not None), None)
    found = []
    for run in _ended(runs):
        best, seen = run.best, checked.get(run.id)
        if best is None or run.metric != newest or best.score is None:
            continue
        if seen is not None:
            found.append(_level(run, seen.value, seen.low, seen.high))
        else:
            found.append(_level(run, best.score, best.score_low, best.score_high))
    return found


def describe_history(runs: Sequence[RunView], money: Sequence[Level], scores: Sequence[Level]) -> str:
    """Whether the newest run is better than the one before, and whether that can be chance: in money where priced."""
    if len(money) > 1:
        currency = currency_of(runs) or "EUR"
        return _told(money, "a year", lambda amount: format_money(amount, currency), greater_is_better=True)
    metric = METRICS[scores[-1].metric]
    return _told(scores, f"in {metric.label}", format_score, greater_is_better=metric.greater_is_better)


def _level(run: RunView, value: float, low: float | None, high: float | None) -> Level:
    return Level(run.number, run.dataset_version, run.metric, value, low, high)


def _told(levels: Sequence[Level], unit: str, spell: Callable[[float], str], *, greater_is_better: bool) -> str:
    before, after = levels[-2], levels[-1]
    gain = after.value - before.value
    if not gain:
        return f"Run {after.run_number} is as good as run {before.run_number}"
    word = "better" if (gain > 0) == greater_is_better else "worse"
    said = f"Run {after.run_number} is {word} than run {before.run_number} by {spell(abs(gain))} {unit}"
    if before.low is None or before.high is None or not before.low <= after.value <= before.high:
        return said
    return f"{said}, which lies within the interval of run {before.run_number}"


def _ended(runs: Sequence[RunView]) -> list[RunView]:
    """Those that do not change any more, oldest first."""
    return sorted((run for run in runs if not run.is_active), key=lambda run: run.number)
