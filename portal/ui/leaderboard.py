"""The variants of a run side by side, best first."""

from typing import Any

import streamlit as st

from portal.ui.layout import note
from portal.ui.text import escape_markdown
from services.automl.ranking import rank_trials
from services.automl.sentences import count_of, family_label, metric_label
from services.automl.views import RunView, TrialView

SHOWN = 12
_NOTES = ["Best", "Fastest"]


def draw_leaderboard(run: RunView) -> None:
    """The best variants as a table, then those that gave no model with their plain causes."""
    ranked = rank_trials(run.complete_trials, greater_is_better=run.greater_is_better)
    if ranked:
        st.dataframe(
            leaderboard_rows(run, ranked[:SHOWN]),
            hide_index=True,
            alt=f"The best of {count_of(len(ranked), 'variant')}",
            column_config=_columns(run),
        )
    failed = [trial for trial in run.trials if trial.failure]
    if failed:
        with st.expander(f"{count_of(len(failed), 'variant')} gave no model"):
            for trial in failed:
                name, cause = family_label(trial.family), escape_markdown(trial.failure or "")
                note(f"{name} {trial.number}: {cause}")


def leaderboard_rows(run: RunView, ranked: list[TrialView]) -> list[dict[str, Any]]:
    """One row per variant. A range of folds says how much the score depends on the rows at hand."""
    fastest = min(ranked, key=lambda trial: trial.duration_seconds or float("inf"))
    rows = []
    for place, trial in enumerate(ranked):
        row: dict[str, Any] = {"Model": f"{family_label(trial.family)} {trial.number}"}
        if run.has_money:
            row["Value"] = trial.value_amount
        row["Score"] = trial.score
        row["Folds"] = f"{min(trial.fold_scores):.3f} to {max(trial.fold_scores):.3f}" if trial.fold_scores else ""
        row["Seconds"] = trial.duration_seconds
        row["Note"] = [label for label, is_so in zip(_NOTES, (place == 0, trial is fastest), strict=True) if is_so]
        rows.append(row)
    return rows


def _columns(run: RunView) -> dict[str, Any]:
    symbol = {"EUR": "€", "GBP": "£"}.get(run.currency or "", f"{run.currency} ")
    return {
        "Model": st.column_config.TextColumn(pinned=True),
        "Value": st.column_config.NumberColumn("Yearly value", format=f"{symbol}%,.0f"),
        "Score": st.column_config.NumberColumn(metric_label(run.metric), format="%.3f"),
        "Folds": st.column_config.TextColumn("Range over folds"),
        "Seconds": st.column_config.NumberColumn("Time to train", format="%.1f s"),
        "Note": st.column_config.MultiselectColumn(options=_NOTES, color=["green", "gray"]),
    }
