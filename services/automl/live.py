"""A search that goes on, in words: the first usable model, where it stands still, and what happened last."""

from dataclasses import dataclass
from datetime import datetime

from services.automl.family_names import describe_families
from services.automl.plateau import NEXT
from services.automl.ranking import rank_trials
from services.automl.sentences import (
    count_of,
    describe_seconds,
    family_label,
    find_run_plateau,
    format_result,
    format_score,
    metric_label,
)
from services.automl.views import RunView, TrialView
from services.valuation.amounts import format_money


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened in a run, at a moment, in words."""

    at: datetime
    what: str


def describe_first_model(run: RunView) -> str | None:
    """When there was something to keep that keeps the limits of the objective, None before that."""
    usable = [trial for trial in run.complete_trials if trial.beyond_limits is None]
    if not usable:
        return None
    first = min(usable, key=lambda trial: trial.second)
    return f"A first usable model after {describe_seconds(first.second)}: {_what(run, first)}."


def describe_restriction(run: RunView) -> str | None:
    """What the search tries and leaves out, None where it tries every kind."""
    if run.only_families:
        return f"Only {describe_families(run.only_families)} is tried now."
    return f"It tries only {describe_families(run.families)}." if run.families else None


def describe_plateau(run: RunView) -> str | None:
    """That ending a search now would lose little, with the numbers that say so; None where it still gains."""
    plateau = find_run_plateau(run) if run.state == "running" else None
    if plateau is None:
        return None
    seconds = describe_seconds(plateau.seconds_since)
    chance = round(10 * plateau.chance)
    if plateau.last_gain is None:
        gain = "the best was the first"
    elif run.currency is not None:
        gain = f"the last gain was {format_money(plateau.last_gain, run.currency)} a year"
    else:
        gain = f"the last gain was {_small(plateau.last_gain)}"
    cases = "fewer than 1" if chance < 1 else f"about {chance}"
    return (
        f"No better model in the last {plateau.n_since} of {plateau.n_variants} variants ({seconds}). If the next are "
        f"like these, {NEXT} more find a better one in {cases} of 10 cases; {gain}. Stopping now would probably lose "
        "little."
    )


def list_happenings(run: RunView, *, limit: int) -> list[Happening]:
    """How the latest variants ended, newest first, and whether one was the best up to then."""
    greater_is_better = run.greater_is_better
    best: TrialView | None = None
    found = []
    for trial in sorted((t for t in run.trials if t.finished_at is not None), key=lambda t: (t.second, t.number)):
        assert trial.finished_at is not None
        name = f"{family_label(trial.family)} {trial.number}"
        if trial.state != "complete":
            found.append(Happening(trial.finished_at, f"{name} gave no model: {trial.failure or 'it was left out.'}"))
            continue
        is_best = best is None or rank_trials([best, trial], greater_is_better=greater_is_better)[0] is trial
        best = trial if is_best else best
        found.append(Happening(trial.finished_at, f"{_what(run, trial, number=True)}{', the best so far' * is_best}."))
    return found[: -limit - 1 : -1]


def describe_folds(trial: TrialView) -> str | None:
    """How far the score depends on which rows a model happens to see; None without folds."""
    folds = trial.fold_scores
    if len(folds) < 2:
        return None
    low, high = format_score(min(folds)), format_score(max(folds))
    return f"{count_of(len(folds), 'fold')}, {low} to {high}: so much depends on the rows it is judged on"


def _what(run: RunView, trial: TrialView, *, number: bool = False) -> str:
    name = f"{family_label(trial.family)}{f' {trial.number}' if number else ''}"
    score = f"{metric_label(run.metric)} {format_score(trial.score)}"
    money = f", {format_result(run, trial)} a year" if run.has_money and trial.value_amount is not None else ""
    return f"{name}, {score}{money}"


def _small(gain: float) -> str:
    return f"{gain:.4f}" if gain < 1 else format_score(gain)
