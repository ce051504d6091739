"""A run in words: what it will do, how far it is, who works on it, what it found."""

from collections.abc import Collection, Mapping, Sequence

from services.automl import family_names
from services.automl.budget import Budget
from services.automl.business_inputs import MIN_GROUP_ROWS
from services.automl.family_names import DIRECTED_FAMILIES, SEARCHED, describe_families
from services.automl.metrics import METRICS
from services.automl.plateau import Plateau, find_plateau
from services.automl.ranking import rank_trials
from services.automl.task import Task
from services.automl.views import ENDED_STATES, RunView, TrialView
from services.valuation.amounts import format_money
from services.valuation.row_amounts import AmountSummary, describe_amounts

_START_A_WORKER = "Whoever looks after the portal starts one with: python -m portal work"
MOST_NAMED = 5  # columns in a sentence
_SMALLEST_LEAD_AMOUNT, _SMALLEST_LEAD_SCORE = 0.5, 0.0005  # what is less reads as nothing
_WISHES = {
    "pause": "Pausing, as you asked",
    "stop": "Stopping and keeping the best",
    "cancel": "Cancelling",
}


def describe_plan(budget: Budget, families: Collection[str] = ()) -> str:
    """What a search promises before it starts; no `families` means every kind."""
    names = tuple(families) or SEARCHED
    kinds = f"only {describe_families(names)}" if len(names) == 1 else f"{len(names)} kinds of model"
    variants = "1 variant" if budget.n_trials == 1 else f"up to {budget.n_trials:,} variants"
    time = describe_seconds(budget.seconds)
    return f"I will try {kinds}, {variants}, at most {time}, then check the best on rows kept aside."


def describe_goal(metric: str, references: Mapping[str, float], currency: str | None, amount_formula: str = "") -> str:
    """What the models are compared by; with payoffs what a model must earn a year to pay for itself.

    `references` are yearly amounts in `currency`, as `yearly_references` gives them. `amount_formula` is the value of a
    caught case by row; "" where all are worth the same.
    """
    if currency is None:
        known = METRICS[metric]
        return f"What counts is {known.label}. {known.sentence}"
    must = references.get("break_even", 0.0)
    pays = f" It pays for itself from {format_money(must, currency)} a year on (break-even)." if must > 0 else ""
    by_row = f" The value of a caught case is that of its row: {amount_formula}." if amount_formula else ""
    return f"What counts is money: the model that earns most a year with what calls are worth wins.{by_row}{pays}"


def describe_seconds(seconds: float) -> str:
    """40 s, 9 min 20 s, 15 min, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest and minutes < 15 else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def describe_phase(run: RunView) -> str:
    """What happens now, or how the run ended."""
    if run.wish != "none" and run.is_active:
        return _WISHES[run.wish]
    if run.state == "queued":
        before = (run.queue_position or 1) - 1
        return f"Waiting: {count_of(before, 'run')} before this one" if before else "Waiting for a worker"
    if run.imported:
        return f"Imported: {count_of(run.n_complete, 'variant')}, tried elsewhere; none is a model here"
    if run.state == "failed":
        return "The run ended without a model"
    if run.state == "finished":
        return f"Done: the best of {count_of(run.n_complete, 'model')} was checked on rows kept aside"
    return run.phase


def describe_progress(run: RunView) -> str:
    """Variants, time, and the time left where it can be said honestly."""
    ended = sum(trial.state != "running" for trial in run.trials)
    parts = [
        f"{ended} of {run.n_trials_budget} variants",
        f"{describe_seconds(run.used_seconds)} of {describe_seconds(run.budget_seconds)}{_added(run)}",
    ]
    if run.eta_seconds is not None:
        parts.append(f"about {describe_seconds(run.eta_seconds)} left" if run.eta_seconds >= 1 else "almost done")
    return " · ".join(parts)


def progress_of(run: RunView) -> float:
    """How much of the budget is used: the larger share of the variants and of the time, 0 to 1."""
    if run.state == "finished":
        return 1.0
    ended = sum(trial.state != "running" for trial in run.trials)
    return min(1.0, max(ended / run.n_trials_budget, run.used_seconds / run.budget_seconds))


def describe_worker(run: RunView) -> str:
    """Whether somebody is there to do the work, and what to do where nobody is."""
    worker = run.worker
    if worker is None or (not worker.is_alive and run.state == "queued"):
        return f"No worker is running. The run starts as soon as one does. {_START_A_WORKER}"
    age = describe_seconds(worker.heartbeat_age_seconds)
    if not worker.is_alive:
        silent = f"No worker has answered for {age} (the last was on {worker.host}). Nothing is lost:"
        return f"{silent} another takes over, or it goes on when it is started again. {_START_A_WORKER}"
    return (
        f"The worker on {worker.host} answered {f'{age} ago' if worker.heartbeat_age_seconds >= 0.5 else 'just now'}."
    )


def is_worker_missing(run: RunView) -> bool:
    """Whether nobody is there to do the work."""
    return run.worker is None or not run.worker.is_alive


def describe_finding(run: RunView) -> str:
    """The headline of the trials: which kind of model leads, and by how much."""
    complete = run.complete_trials
    if not complete:
        return "No model yet" if run.is_active else "No model was found"
    best_by_family = {
        trial.family: trial for trial in reversed(rank_trials(complete, greater_is_better=run.greater_is_better))
    }
    ranked = rank_trials(best_by_family.values(), greater_is_better=run.greater_is_better)
    name = family_label(ranked[0].family)
    if len(ranked) == 1:
        return f"{name} is the only kind tried so far" if run.is_active else f"{name} is the only kind that was tried"
    lead = _lead(run, ranked[0], ranked[1])
    if lead is None:
        return f"{name} and {family_label(ranked[1].family).lower()} are level"
    return f"{name} leads by {lead}"


def describe_limits(run: RunView) -> str:
    """What the objective allows a model to cost, and how many are beyond that; empty without limits."""
    if not run.limits.is_any:
        return ""
    allowed = f"The objective allows {run.limits.in_words()}."
    n_beyond = sum(trial.beyond_limits is not None for trial in run.complete_trials)
    if not n_beyond:
        return allowed
    if n_beyond == run.n_complete:
        return f"{allowed} None of the models tried so far keeps that, so none can become the model."
    are = "is" if n_beyond == 1 else "are"
    return f"{allowed} {n_beyond} of {count_of(run.n_complete, 'model')} {are} beyond that and cannot become the model."


def describe_directions(run: RunView) -> str:
    """What levers demand of the model and people expect of it, and what is left out for it; empty without either."""
    if not run.all_directions:
        return ""
    expected = {name: direction for name, direction in run.expected.items() if name not in run.directions}
    said = [
        f"As {who} the answer {_movements(directions)}."
        for who, directions in (("the levers of the objective say,", run.directions), ("people expect,", expected))
        if directions
    ]
    return (
        f"{' '.join(said)} That holds for numbers, and only kinds of model that can promise it are tried: "
        f"{describe_families(DIRECTED_FAMILIES)}."
    )


def _movements(directions: Mapping[str, int]) -> str:
    words = {1: "only rises", -1: "only falls"}
    return " and ".join(f"{words[direction]} with “{name}”" for name, direction in directions.items())


def describe_compared(run: RunView) -> str:
    """Between whose groups models are compared, and how; empty where nobody asked for it."""
    if not run.compared or run.task != Task.BINARY:
        return ""
    named = " and ".join(f"“{name}”" for name in run.compared)
    at = "the threshold that earns most" if run.has_money else "even odds"
    return (
        f"“Gap between groups” is the largest difference, between groups of {named}, in the share acted on at {at}, "
        f"out of fold; groups of fewer than {MIN_GROUP_ROWS} rows do not count."
    )


def describe_exclusions(run: RunView) -> str:
    """The columns that no model sees because people left them out, each with its reason; empty without any."""
    if not run.excluded:
        return ""
    said = [f"“{name}” ({reason.rstrip('.')})" if reason else f"“{name}”" for name, reason in run.excluded.items()]
    return f"Left out by people, so no model sees it: {_first_columns(said, ', ')}."


def describe_derived(run: RunView) -> str:
    """The columns that are computed from others, as people suggested; empty without any."""
    if not run.derived:
        return ""
    said = [f"“{name}” = {formula}" for name, formula in run.derived.items()]
    return f"Suggested by people and learned from: {_first_columns(said, '; ')}."


def describe_todays_rule(run: RunView) -> str:
    """What the model of a run is compared with, beside plain rules; empty where nobody said it."""
    return f"Compared with today's rule: {run.todays_rule}." if run.todays_rule else ""


def describe_run_amounts(run: RunView) -> str:
    """That each row is priced by its own amount, and where not; empty where all caught cases are worth the same."""
    if not run.amount_formula or run.currency is None:
        return ""
    found = {name: value for name, value in run.circumstances.get("amounts", {}).items() if name != "amounts_sha256"}
    if not found:  # no worker has read the data yet
        return f"The value of a caught case is that of its row: {run.amount_formula}."
    return describe_amounts(AmountSummary(**found), run.currency)


def _first_columns(said: Sequence[str], separator: str) -> str:
    more = f" and {count_of(len(said) - MOST_NAMED, 'other column')}" if len(said) > MOST_NAMED else ""
    return f"{separator.join(said[:MOST_NAMED])}{more}"


def describe_no_best(run: RunView) -> str:
    """Why nothing leads."""
    if run.complete_trials:
        return "none keeps the limits of the objective"
    return "the first model is on its way" if run.is_active else "nothing was found"


def describe_last_gain(run: RunView) -> tuple[str, str]:
    """When the best was found, and whether more variants still help."""
    if run.best is None:
        return "None yet", describe_no_best(run)
    plateau = find_run_plateau(run)
    sentence = f"no gain in {plateau.n_since} variants: a plateau" if plateau else "not yet a plateau"
    if run.state == "running":
        return f"{_roughly(run.used_seconds - run.best.second)} ago", sentence
    return f"at {_roughly(run.best.second)}", "of search time" if run.state in ENDED_STATES else sentence


def find_run_plateau(run: RunView) -> Plateau | None:
    """The plateau a search is on, by what its variants are compared by."""
    allowed = [trial for trial in run.complete_trials if trial.beyond_limits is None]
    results = [(trial.second, run.result_of(trial)) for trial in allowed]
    greater_is_better = run.has_money or run.greater_is_better
    return find_plateau(results, greater_is_better=greater_is_better, used_seconds=run.used_seconds)


def format_result(run: RunView, trial: TrialView) -> str:
    """What a trial is worth: money a year, or the metric."""
    if run.currency is not None and trial.value_amount is not None:
        return format_money(trial.value_amount, run.currency)
    return format_score(trial.score)


def format_score(score: float | None) -> str:
    """Three decimals for small scores, none for large errors."""
    if score is None:
        return "–"
    return f"{score:,.0f}" if abs(score) >= 1_000 else f"{score:.1f}" if abs(score) >= 100 else f"{score:.3f}"


def metric_label(metric: str) -> str:
    """The metric as a page calls it."""
    return METRICS[metric].label


def family_label(family: str) -> str:
    """The kind of model as a page calls it."""
    return family_names.family_label(family) or "Choosing"


def count_of(number: int, noun: str) -> str:
    """1 model, 2 models."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _added(run: RunView) -> str:
    return f" ({describe_seconds(run.added_seconds)} added)" if run.added_seconds else ""


def _roughly(seconds: float) -> str:
    """One unit, so that a number card has room for it."""
    whole = max(round(seconds), 0)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h"


def _lead(run: RunView, first: TrialView, second: TrialView) -> str | None:
    """None where nothing is left of it once it is rounded as people read it."""
    if run.currency is not None and first.value_amount is not None and second.value_amount is not None:
        lead = first.value_amount - second.value_amount
        return None if abs(lead) < _SMALLEST_LEAD_AMOUNT else f"{format_money(lead, run.currency)} a year"
    assert first.score is not None
    assert second.score is not None
    lead = abs(first.score - second.score)
    return None if lead < _SMALLEST_LEAD_SCORE else f"{format_score(lead)} in {metric_label(run.metric)}"
