"""The three models of a run worth a look: the best, and the simplest and the fastest of those nearly as good."""

from dataclasses import dataclass

from services.automl.pins import Pinned
from services.automl.ranking import rank_trials
from services.automl.sentences import family_label, format_result, format_score, metric_label
from services.automl.serving_limits import format_file_size
from services.automl.simplicity import INTRICACIES, intricacy_of, near_best, simplest_of
from services.automl.views import RunView, TrialView
from services.valuation.amounts import format_money


@dataclass(frozen=True, slots=True)
class Place:
    """One of the three: why it stands there, the model, and what it gives up against the best, in words."""

    title: str
    trial: TrialView
    words: str


def podium(run: RunView) -> tuple[Place, ...]:
    """The best, the simplest and the fastest among those worth at most 2% less; fewer while fewer are known.

    Only models that keep the limits of the objective stand here.
    """
    allowed = [trial for trial in run.complete_trials if trial.beyond_limits is None]
    ranked = [Pinned(run, trial) for trial in rank_trials(allowed, greater_is_better=run.greater_is_better)]
    if not ranked:
        return ()
    best = ranked[0].trial
    places = [Place("Best value" if run.has_money else "Best score", best, _interval(run, best))]
    simplest = simplest_of(ranked)
    if simplest is not None:
        kind = INTRICACIES[intricacy_of(simplest.trial)]
        size = f"{kind}, a file of {format_file_size(simplest.trial.size_bytes or 0.0)}"
        places.append(Place("Simplest within 2%", simplest.trial, f"{size}; {_given_up(run, simplest.trial, best)}"))
    timed = [(trial.latency_ms, trial) for item in near_best(ranked) if (trial := item.trial).latency_ms is not None]
    if timed:
        latency_ms, fastest = min(timed, key=lambda pair: (pair[0] or 0.0, pair[1].number))
        words = f"answers one row in {latency_ms:,.1f} ms; {_given_up(run, fastest, best)}"
        places.append(Place("Fastest within 2%", fastest, words))
    return tuple(places)


def name_in_run(trial: TrialView) -> str:
    """Linear model 4."""
    return f"{family_label(trial.family)} {trial.number}"


def describe_podium(run: RunView, places: tuple[Place, ...]) -> str:
    """What the podium comes to, in one sentence."""
    best, others = places[0].trial, {place.trial.number for place in places[1:]}
    result = f"{format_result(run, best)} a year" if run.has_money else f"{metric_label(run.metric)} {_score(best)}"
    if others <= {best.number}:
        alone = " and is simplest and fastest too" if len(places) == 3 else ""
        return f"{name_in_run(best)} is best with {result}{alone}"
    cheaper = next(place for place in places[1:] if place.trial.number != best.number)
    return f"{name_in_run(best)} is best with {result}; {name_in_run(cheaper.trial)} is nearly as good and costs less"


def _score(trial: TrialView) -> str:
    return format_score(trial.score)


def _interval(run: RunView, trial: TrialView) -> str:
    """How sure its result is; the variants of a search share their rows, so the best is a little flattered."""
    if run.currency is not None and trial.value_low is not None and trial.value_high is not None:
        low, high = (format_money(amount, run.currency) for amount in (trial.value_low, trial.value_high))
    elif not run.has_money and trial.score_low is not None and trial.score_high is not None:
        low, high = format_score(trial.score_low), format_score(trial.score_high)
    else:
        return "how sure that is was not measured"
    return f"95% interval {low} to {high}"


def _given_up(run: RunView, trial: TrialView, best: TrialView) -> str:
    if trial is best:
        return "the best itself"
    if run.currency is not None and trial.value_amount is not None and best.value_amount is not None:
        return f"{format_money(best.value_amount - trial.value_amount, run.currency)} a year less"
    behind = abs((best.score or 0.0) - (trial.score or 0.0))
    return f"{behind:.4f} behind in {metric_label(run.metric)}"
