"""One variant fold by fold, and what happened last in a run."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from portal.ui.charts import chart, kept_chart
from portal.ui.figures.run_folds import fold_strip
from portal.ui.kept import kept
from portal.ui.layout import note, section
from portal.ui.text import escape_markdown
from services.automl import live
from services.automl.live import Happening
from services.automl.ranking import rank_trials
from services.automl.sentences import family_label, metric_label
from services.automl.views import RunEvent, RunView, TrialView
from services.portfolio.history import describe_event

SHOWN_EVENTS = 7
_MOST_OFFERED = 100


def draw_details(run: RunView, events: Sequence[RunEvent]) -> None:
    """Two columns, which stack on a phone: folds, and the latest events in words."""
    folds, happened = st.columns(2, gap="large")
    with folds:
        _draw_folds(run)
    with happened:
        draw = partial(_draw_happenings, run, events)
        if run.is_active:
            draw()
        else:
            kept(draw, of=("happenings", run.id, run.state, run.generation, events))


def latest_happenings(run: RunView, events: Sequence[RunEvent], limit: int) -> list[Happening]:
    """What variants and people did, newest first."""
    done = [Happening(event.at, f"{event.who}: {describe_event(event.action, event.after)}") for event in events]
    found = [*done, *live.list_happenings(run, limit=limit)]
    return sorted(found, key=lambda happening: happening.at, reverse=True)[:limit]


def _draw_folds(run: RunView) -> None:
    ranked = [trial for trial in _ranked(run) if trial.fold_scores]
    if not ranked:
        return
    names = {f"{family_label(trial.family)} {trial.number}": trial for trial in ranked[:_MOST_OFFERED]}
    best = ranked[0]
    with section("Fold by fold", live.describe_folds(best)):
        chosen = st.selectbox(
            "Variant beside the best",
            list(names),
            index=None,
            placeholder="Choose a variant",
            key="variant",
            bind="query-params",
        )
        other = names.get(chosen or "")
        shown = {"Best": best} | ({_short(other): other} if other is not None and other is not best else {})
        alt = f"{metric_label(run.metric)} in each fold of {' and '.join(shown)}"
        if run.is_active:
            chart(fold_strip(run, shown), alt, key="fold_strip")
        else:
            of = ("fold_strip", run.id, run.metric, tuple(trial.number for trial in shown.values()))
            kept_chart(lambda: fold_strip(run, shown), alt, of=of, key="fold_strip")


def _draw_happenings(run: RunView, events: Sequence[RunEvent]) -> None:
    with section("What happened last", "Newest first, times in UTC"):
        found = latest_happenings(run, events, SHOWN_EVENTS)
        note("  \n".join(f"{happening.at:%H:%M:%S} {escape_markdown(happening.what)}" for happening in found))


def _ranked(run: RunView) -> list[TrialView]:
    return rank_trials(run.complete_trials, greater_is_better=run.greater_is_better)


def _short(trial: TrialView) -> str:
    return f"No. {trial.number}"
