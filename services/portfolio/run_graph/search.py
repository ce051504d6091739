"""The steps from a version of the data to the best model."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.audit.canonical import sha256_of
from services.automl.family_names import family_label
from services.automl.sentences import count_of, metric_label
from services.datasets.recipe.words import counted
from services.portfolio.run_graph.views import DONE, Hash, RunFacts, RunStep, state_without


def state_payoffs(facts: RunFacts) -> RunStep | None:
    """What right and wrong calls are worth, where somebody said."""
    if facts.valuation is None:
        return None
    said = f"Version {facts.valuation.version}, by {facts.valuation.created_by_name}"
    return RunStep("payoffs", "Payoffs", said, output=Hash("payoffs", facts.valuation.sha256))


def state_objective(facts: RunFacts) -> RunStep | None:
    """What the objective and its levers demand of every model, where somebody wrote one."""
    if facts.objective is None:
        return None
    demands = [
        f"it allows {facts.run.limits.in_words()}" if facts.run.limits.is_any else "",
        f"{count_of(len(facts.run.all_directions), 'column')} with a direction" if facts.run.all_directions else "",
    ]
    said = "; ".join(
        [f"Version {facts.objective.version}, by {facts.objective.created_by_name}", *filter(None, demands)]
    )
    return RunStep("objective", "Objective", said, output=Hash("objective", facts.objective.sha256))


def deal_rows(facts: RunFacts) -> RunStep:
    """Which rows are learned from and which are kept aside."""
    run = facts.run
    split: Mapping[str, Any] = run.circumstances.get("split", {})
    found = split.get("sha256")
    reused = ""
    if found and facts.source and facts.source.circumstances.get("split", {}).get("sha256") == found:
        reused = f"run {facts.source.number} dealt them alike"
    said = f"Seed {run.seed}"
    if found:
        said = (
            f"{counted(split['n_train'], 'row')} to learn from in {split['n_folds']} folds, "
            f"{split['n_holdout']:,} kept aside; seed {run.seed}"
        )
    return RunStep(
        "split",
        "Split",
        said,
        after=("choices",),
        inputs=(Hash("version of the data", facts.dataset.sha256),),
        output=Hash("who learns and who judges", found) if found else None,
        seconds=run.circumstances.get("seconds", {}).get("preparing"),
        reused=reused,
        state=DONE if found else state_without(run),
        repeats_from="split",
    )


def search(facts: RunFacts) -> RunStep:
    """The variants that were tried, or taken over."""
    run = facts.run
    split = run.circumstances.get("split", {}).get("sha256")
    inputs = [Hash("who learns and who judges", split)] if split else []
    if facts.valuation is not None:
        inputs.append(Hash("payoffs", facts.valuation.sha256))
    if facts.objective is not None:
        inputs.append(Hash("objective", facts.objective.sha256))
    predictions = [trial.prediction_sha256 for trial in run.complete_trials if trial.prediction_sha256]
    n_reused = sum(trial.reused_from is not None for trial in run.trials)
    failed = f", {run.n_failed} without a model" if run.n_failed else ""
    n_new = len(run.trials) - n_reused
    goal = f"{metric_label(run.metric)} and money" if run.has_money else metric_label(run.metric)
    reused = f"{count_of(n_reused, 'variant')} of run {facts.source.number}" if n_reused and facts.source else ""
    return RunStep(
        "search",
        "Search",
        f"{count_of(n_new, 'variant')} tried by {goal}{failed}",
        after=(
            "split",
            *(("payoffs",) if facts.valuation is not None else ()),
            *(("objective",) if facts.objective is not None else ()),
        ),
        inputs=tuple(inputs),
        output=Hash(f"over {count_of(len(predictions), 'prediction')}", sha256_of(predictions))
        if predictions
        else None,
        seconds=run.used_seconds if n_new else None,
        reused=reused,
        state=DONE if predictions else state_without(run),
        repeats_from="search",
    )


def fit_best(facts: RunFacts) -> RunStep:
    """What the model is made of, fitted to all rows but those kept aside."""
    model, members = facts.model, _members(facts)
    predictions = [
        Hash(f"prediction of {family_label(trial.family).lower()} {trial.number}", trial.prediction_sha256)
        for number, _ in members
        for trial in facts.run.trials
        if trial.number == number and trial.prediction_sha256
    ]
    return RunStep(
        "team",
        "Best model",
        _who(facts, members),
        after=("search",),
        inputs=tuple(predictions),
        output=Hash("fitted pipeline", model.pipeline_sha256) if model else None,
        seconds=facts.run.circumstances.get("seconds", {}).get("finishing"),
        state=DONE if model else state_without(facts.run),
        repeats_from="finishing" if facts.run.complete_trials else None,
    )


def _members(facts: RunFacts) -> list[tuple[int, float]]:
    """Numbers and weights of the variants the model is made of; the best one where that was not kept."""
    kept = facts.run.circumstances.get("model", {}).get("members")
    if kept:
        return [(int(number), float(weight)) for number, weight in kept]
    return [(facts.run.best.number, 1.0)] if facts.run.best is not None else []


def _who(facts: RunFacts, members: Sequence[tuple[int, float]]) -> str:
    families = {trial.number: trial.family for trial in facts.run.trials}
    named = [(f"{family_label(families.get(number, ''))} {number}", weight) for number, weight in members]
    if not named:
        return "The best of what was tried, fitted to all rows but those kept aside"
    if len(named) == 1:
        return f"{named[0][0]}, fitted to all rows but those kept aside"
    return "A team of " + ", ".join(f"{name} ({weight:.0%})" for name, weight in named)
