"""Worth against cost over the models of a run: those that no other beats in both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.automl.podium import name_in_run
from services.automl.sentences import format_result, metric_label
from services.automl.serving_limits import BYTES_PER_MB, ServingLimits, format_file_size
from services.automl.simplicity import INTRICACIES, intricacy_of
from services.automl.views import RunView, TrialView
from services.valuation.amounts import format_money


@dataclass(frozen=True)
class Cost:
    """What a model costs, less is better.

    Attributes
    ----------
    label
        On a button.
    axis
        Under a figure.
    read
        The cost of a trial; None where it was not measured.
    say
        A cost in words, after "takes", "needs" or "is".
    verb
        Which of these.
    limit
        What the objective allows; None where it has no limit.
    kinds
        What 0, 1, ... stand for; empty where a cost is a quantity.
    """

    label: str
    axis: str
    read: Callable[[TrialView], float | None]
    say: Callable[[float], str]
    verb: str
    limit: Callable[[ServingLimits], float | None]
    kinds: tuple[str, ...] = ()


COSTS = {
    "latency": Cost(
        "Time to answer",
        "Milliseconds to answer one row",
        lambda trial: trial.latency_ms,
        lambda cost: f"{cost:,.1f} ms",
        "takes",
        lambda limits: limits.row_ms,
    ),
    "size": Cost(
        "Size",
        "Megabytes of its file",
        lambda trial: None if trial.size_bytes is None else trial.size_bytes / BYTES_PER_MB,
        lambda cost: format_file_size(cost * BYTES_PER_MB),
        "needs",
        lambda limits: limits.file_mb,
    ),
    "simplicity": Cost(
        "Simplicity",
        "What a person has to follow",
        lambda trial: float(intricacy_of(trial)),
        lambda cost: INTRICACIES[int(cost)],
        "is",
        lambda _: None,
        INTRICACIES,
    ),
}


def measured_costs(run: RunView) -> tuple[str, ...]:
    """The costs that are known of at least two models."""
    trials = run.complete_trials
    return tuple(name for name, cost in COSTS.items() if sum(cost.read(trial) is not None for trial in trials) > 1)


def pareto_front(run: RunView, cost: Cost) -> tuple[TrialView, ...]:
    """The models that none is at once worth at least as much as and cheaper than, cheapest first.

    Models that were not measured, or that are beyond a limit of the objective, are left out.
    """
    allowed = [trial for trial in run.complete_trials if trial.beyond_limits is None]
    costed = [(value, trial) for trial in allowed if (value := cost.read(trial)) is not None]
    ordered = sorted(costed, key=lambda pair: (pair[0], -worth_of(run, pair[1]), pair[1].number))
    front: list[TrialView] = []
    for _, trial in ordered:
        if not front or worth_of(run, trial) > worth_of(run, front[-1]):
            front.append(trial)
    return tuple(front)


def worth_of(run: RunView, trial: TrialView) -> float:
    """Money a year where payoffs are known, else the metric, turned so that more is better."""
    result = run.result_of(trial)
    return result if run.has_money or run.greater_is_better else -result


def describe_front(run: RunView, front: Sequence[TrialView], cost: Cost) -> str:
    """What more cost buys, in one sentence; that nothing can be said where nothing was measured."""
    if not front:
        return "No model that keeps the limits was measured"
    cheapest, best = front[0], front[-1]
    if cheapest is best:
        return f"{name_in_run(best)} is worth the most and costs least: it {cost.verb} {_said(cost, best)}"
    gain = _gain(run, cheapest, best)
    return (
        f"{name_in_run(cheapest)} {cost.verb} {_said(cost, cheapest)}; {name_in_run(best)} {cost.verb} "
        f"{_said(cost, best)} and gives {gain}"
    )


def describe_point(run: RunView, trial: TrialView, cost: Cost) -> str:
    """A model, its worth and its cost, and what keeps it from becoming the model of the run."""
    worth = f"{format_result(run, trial)} a year" if run.has_money else format_result(run, trial)
    beyond = f"; {trial.beyond_limits}" if trial.beyond_limits else ""
    return f"{name_in_run(trial)}: {worth}, {_said(cost, trial)}{beyond}"


def _said(cost: Cost, trial: TrialView) -> str:
    value = cost.read(trial)
    return "" if value is None else cost.say(value)


def _gain(run: RunView, cheapest: TrialView, best: TrialView) -> str:
    difference = worth_of(run, best) - worth_of(run, cheapest)
    if run.currency is not None and best.value_amount is not None:
        return f"{format_money(difference, run.currency)} a year more"
    direction = "more" if run.greater_is_better else "less"
    return f"{difference:,.3g} {direction} {metric_label(run.metric)}"
