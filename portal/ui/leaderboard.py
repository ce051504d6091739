"""Variants side by side, best first: what they earn, how sure that is, and what they cost to run."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.automl.pins import Pin, Pinned
from services.automl.ranking import rank_trials
from services.automl.sentences import (
    count_of,
    describe_compared,
    describe_derived,
    describe_directions,
    describe_exclusions,
    describe_limits,
    describe_run_amounts,
    describe_todays_rule,
    family_label,
    format_score,
    metric_label,
)
from services.automl.serving_limits import BYTES_PER_MB
from services.automl.simplicity import simplest_of
from services.automl.views import RunView, TrialView
from services.valuation.amounts import format_money

SHOWN = 12
BEST, FASTEST, SIMPLEST, REUSED = "Best", "Fastest", "Simplest", "Reused"
_NOTES = {BEST: "green", FASTEST: "gray", SIMPLEST: "blue", REUSED: "gray"}
_MEASURES: dict[str, tuple[str, str, Callable[[TrialView], float | None], str]] = {
    "One row": ("One row", "%.1f ms", lambda trial: trial.latency_ms, "latency"),
    "Batch": ("A batch", "%.0f ms", lambda trial: trial.batch_latency_ms, "latency of a batch"),
    "Size": (
        "Size",
        "%.2f MB",
        lambda trial: None if trial.size_bytes is None else trial.size_bytes / BYTES_PER_MB,
        "size",
    ),
    "Memory": ("Memory", "%.0f MB", lambda trial: trial.peak_memory_mb, "memory"),
    "Fairness": ("Gap between groups", "%.3f", lambda trial: trial.fairness_gap, "fairness"),
}


def draw_leaderboard(run: RunView) -> None:
    """The best variants of a run as a table, then those that gave no model with their plain causes."""
    draw_demands(run)
    ranked = ranked_variants(run)
    if ranked:
        st.dataframe(
            leaderboard_rows(ranked[:SHOWN]),
            hide_index=True,
            alt=f"The best of {count_of(len(ranked), 'variant')}",
            column_config=leaderboard_columns(ranked),
        )
    draw_failures(run)
    _draw_split(run)


def draw_demands(run: RunView) -> None:
    """What the objective, its levers and people demand of every model, and how many cannot keep it."""
    said_of = (
        describe_limits,
        describe_directions,
        describe_exclusions,
        describe_derived,
        describe_compared,
        describe_todays_rule,
        describe_run_amounts,
    )
    for said in filter(None, (describe(run) for describe in said_of)):
        note(escape_markdown(said))


def _draw_split(run: RunView) -> None:
    """How rows were dealt, and what else the columns suggest; nothing for a run of before that was written down."""
    split = run.circumstances.get("split", {})
    if split.get("reason"):
        note(escape_markdown(" ".join([split["reason"], *split.get("warnings", ())])))


def draw_choice(items: Sequence[Pinned], *, key: str, across_runs: bool = False) -> list[Pin]:
    """All variants as a table to sort and to choose from; returns the chosen ones in the order of the table."""
    chosen = st.dataframe(
        leaderboard_rows(items, across_runs=across_runs),
        hide_index=True,
        alt=f"{count_of(len(items), 'variant')}, best first",
        column_config=leaderboard_columns(items),
        on_select="rerun",
        selection_mode="multi-row",
        key=key,
    )
    if missing := unmeasured(items):
        note(f"Not measured: {', '.join(missing)}.")
    return [items[row].pin for row in chosen["selection"]["rows"] if row < len(items)]


def draw_failures(run: RunView) -> None:
    """The variants that gave no model, with their plain causes."""
    failed = [trial for trial in run.trials if trial.failure]
    if failed:
        with st.expander(f"{count_of(len(failed), 'variant')} gave no model"):
            for trial in failed:
                name, cause = family_label(trial.family), escape_markdown(trial.failure or "")
                note(f"{name} {trial.number}: {cause}")


def ranked_variants(run: RunView) -> list[Pinned]:
    """The variants of a run that gave a model, best first."""
    ranked = rank_trials(run.complete_trials, greater_is_better=run.greater_is_better)
    return [Pinned(run, trial) for trial in ranked]


def leaderboard_rows(items: Sequence[Pinned], *, across_runs: bool = False) -> list[dict[str, Any]]:
    """One row per variant, in the order given: the first is the best."""
    if not items:
        return []
    fastest = min(items, key=lambda item: item.trial.duration_seconds or float("inf"))
    simplest = simplest_of(items)
    measured = [name for name, (_, _, read, _) in _MEASURES.items() if any(read(i.trial) is not None for i in items)]
    rows = []
    for place, item in enumerate(items):
        trial = item.trial
        notes = {BEST: place == 0, FASTEST: item is fastest, SIMPLEST: item is simplest, REUSED: trial.reused_from}
        row: dict[str, Any] = {"Model": f"{family_label(trial.family)} {item.pin if across_runs else trial.number}"}
        if any(other.run.has_money for other in items):
            row["Value"] = trial.value_amount
            row["Value range"] = _money_range(item)
        row["Score"] = trial.score
        row["Range"] = _range(trial.score_low, trial.score_high)
        row["Folds"] = _range(min(trial.fold_scores), max(trial.fold_scores)) if trial.fold_scores else ""
        row["Seconds"] = trial.duration_seconds
        row |= {name: _MEASURES[name][2](trial) for name in measured}
        if item.run.limits.is_any:
            row["Limits"] = f"Beyond: {trial.beyond_limits}" if trial.beyond_limits else "Kept"
        row["Note"] = [label for label, is_so in notes.items() if is_so]
        rows.append(row)
    return rows


def leaderboard_columns(items: Sequence[Pinned]) -> dict[str, Any]:
    """How each column is written."""
    run = items[0].run
    metrics = {metric_label(item.run.metric) for item in items}
    symbol = {"EUR": "€", "GBP": "£"}.get(run.currency or "", f"{run.currency} ")
    measures = {
        name: st.column_config.NumberColumn(label, format=spelling, help="Empty: not measured")
        for name, (label, spelling, _, _) in _MEASURES.items()
    }
    return {
        "Model": st.column_config.TextColumn(pinned=True),
        "Value": st.column_config.NumberColumn("Yearly value", format=f"{symbol}%,.0f"),
        "Value range": st.column_config.TextColumn("95% of the value"),
        "Score": st.column_config.NumberColumn(metrics.pop() if len(metrics) == 1 else "Score", format="%.3f"),
        "Range": st.column_config.TextColumn("95% of the score"),
        "Folds": st.column_config.TextColumn("Range over folds"),
        "Seconds": st.column_config.NumberColumn("Time to train", format="%.1f s"),
        **measures,
        "Limits": st.column_config.TextColumn("Limits of the objective"),
        "Note": st.column_config.MultiselectColumn(options=list(_NOTES), color=list(_NOTES.values())),
    }


def unmeasured(items: Sequence[Pinned]) -> list[str]:
    """What nobody measured of any of these variants, in words: that is a result too."""
    return [words for _, _, read, words in _MEASURES.values() if all(read(item.trial) is None for item in items)]


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{format_score(low)} to {format_score(high)}"


def _money_range(item: Pinned) -> str:
    low, high, currency = item.trial.value_low, item.trial.value_high, item.run.currency
    if low is None or high is None or currency is None:
        return ""
    return f"{format_money(low, currency)} to {format_money(high, currency)}"
