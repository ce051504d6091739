"""The map of a search in words."""

from collections.abc import Mapping, Sequence

from services.automl.family_names import family_label
from services.automl.hyperparameters import Axis
from services.automl.importance import MIN_TRIALS
from services.automl.landscape import Surface, tendency
from services.automl.ranking import rank_trials
from services.automl.sentences import count_of, describe_seconds, format_result
from services.automl.views import RunView, TrialView

_CLEAR_TENDENCY = 0.3


def describe_importance(family: str, n_trials: int, shares: Mapping[str, float], axes: Sequence[Axis]) -> str:
    """Which parameter decides most, or why that cannot be said."""
    kind = family_label(family).lower()
    if not shares:
        if n_trials < MIN_TRIALS:
            tried = f"{count_of(n_trials, 'variant')} of {kind} {_were(n_trials)} tried"
            return f"{tried}: {MIN_TRIALS} are needed to say what decides"
        return f"No parameter of {kind} sets the best variants apart"
    labels = {axis.name: axis.label for axis in axes}
    first, *others = shares.items()
    said = f"{labels[first[0]]} decides most: {first[1]:.0%} of what sets the best variants of {kind} apart"
    return f"{said}, then {labels[others[0][0]].lower()} with {others[0][1]:.0%}" if others else said


def describe_agreement(shares: Mapping[str, Mapping[str, float]], labels: Mapping[str, str]) -> str:
    """Whether money and the metric are decided by the same parameter.

    Parameters
    ----------
    shares
        By what is reached, then by parameter, most first.
    """
    first = {goal: labels[next(iter(found))] for goal, found in shares.items() if found}
    if not first:
        return "What decides cannot be said yet"
    if len(set(first.values())) == 1:
        goals, decided = " and ".join(_as_noun(goal) for goal in first), "are" if len(first) > 1 else "is"
        label = next(iter(first.values())).lower()
        return f"{goals[:1].upper()}{goals[1:]} {decided} decided by {label} most of all"
    said = " and ".join(f"{_as_noun(goal)} by {label.lower()}" for goal, label in first.items())
    return f"{said[:1].upper()}{said[1:]} most of all"


def _as_noun(goal: str) -> str:
    return "money" if goal.startswith("Money") else goal


def describe_brush(run: RunView, n_all: int, inside: Sequence[TrialView], *, is_brushed: bool) -> str:
    """How many variants lie inside the brush, and how good the best of them is."""
    complete = [trial for trial in inside if trial.score is not None]
    best = _best(run, complete)
    reach = f"; the best reaches {format_result(run, best)}{' a year' if run.has_money else ''}" if best else ""
    if not is_brushed:
        return f"{count_of(n_all, 'variant')} {_were(n_all)} tried{reach}"
    if not inside:
        return f"No variant of {n_all:,} lies inside the brush"
    return f"{len(inside):,} of {n_all:,} variants {_lie(len(inside))} inside the brush{reach}"


def describe_surface(found: Surface | None, x: Axis, y: Axis) -> str:
    """Where it is best."""
    if found is None:
        return "Too few variants have both parameters to draw a surface"
    return (
        f"Best near {x.label.lower()} {x.label_at(found.best_x)} and {y.label.lower()} {y.label_at(found.best_y)}, "
        "as far as was tried"
    )


def describe_slices(
    trials: Sequence[TrialView], values: Sequence[float], axes: Sequence[Axis], *, greater_is_better: bool
) -> str:
    """Which parameter the result goes with."""
    sign = 1.0 if greater_is_better else -1.0
    found = {axis.label: sign * tendency(trials, values, axis) for axis in axes}
    label, strongest = max(found.items(), key=lambda item: abs(item[1]), default=("", 0.0))
    if abs(strongest) < _CLEAR_TENDENCY:
        return "No single parameter goes clearly with a better result"
    return f"A {'higher' if strongest > 0 else 'lower'} {label.lower()} goes with a better result"


def describe_ranks(best: Sequence[TrialView], x: Axis, y: Axis) -> str:
    """Where the best quarter lies."""
    ends = []
    for axis in (x, y):
        places = [place for trial in best if (place := axis.place(trial)) is not None]
        if not places:
            return "No variant has both parameters"
        low, high = axis.label_at(min(places)), axis.label_at(max(places))
        ends.append(f"{axis.label.lower()} {low}" if low == high else f"{axis.label.lower()} from {low} to {high}")
    return f"The best quarter lies at {' and '.join(ends)}"


def describe_timeline(trials: Sequence[TrialView], n_lanes: int) -> str:
    """How the time was used, and which variant took most of it."""
    timed = [trial for trial in trials if trial.duration_seconds]
    if not timed:
        return "No variant has ended yet"
    longest = max(timed, key=lambda trial: trial.duration_seconds or 0.0)
    total = sum(trial.duration_seconds or 0.0 for trial in timed)
    lost = sum(trial.duration_seconds or 0.0 for trial in timed if trial.state != "complete")
    name = f"{family_label(longest.family)} {longest.number}"
    share = f"; {lost / total:.0%} of the time gave no model" if lost else ""
    return (
        f"{count_of(len(timed), 'variant')} on {count_of(n_lanes, 'lane')}; the longest took "
        f"{describe_seconds(longest.duration_seconds or 0.0)} ({name}){share}"
    )


def _best(run: RunView, trials: Sequence[TrialView]) -> TrialView | None:
    ranked = rank_trials(trials, greater_is_better=run.greater_is_better)
    return ranked[0] if ranked else None


def _were(n: int) -> str:
    return "was" if n == 1 else "were"


def _lie(n: int) -> str:
    return "lies" if n == 1 else "lie"
