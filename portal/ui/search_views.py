"""Views of the map of a search: what decides, surfaces, slices, ranks, and how the time was used."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.charts import chart
from portal.ui.figures import search_map as figures
from portal.ui.layout import note, section
from services.automl import map_sentences as words
from services.automl.hyperparameters import Axis
from services.automl.importance import BEST_SHARE
from services.automl.search_map import SearchMap
from services.automl.sentences import count_of, metric_label
from services.automl.views import RunView, TrialView

MOST_SLICES = 6


def draw_importance(shown: SearchMap) -> None:
    """Which parameter decides, for money and for the metric."""
    both = {metric_label(shown.run.metric): shown.shares_of(in_money=False)}
    if shown.run.has_money:
        both = {"Money a year": shown.shares_of(in_money=True), **both}
    labels = {axis.name: axis.label for axis in shown.axes}
    finding = words.describe_agreement(both, labels)
    with section(finding, f"How differently the best {BEST_SHARE:.0%} and all variants are spread (PED-ANOVA)"):
        if any(both.values()):
            chart(figures.importance_bars(labels, both), f"Importance of parameters. {finding}.", key="importance")


def draw_surface(shown: SearchMap, x: Axis, y: Axis) -> None:
    """Metric and money over two parameters."""
    found = {in_money: shown.surface_of(x, y, in_money=in_money) for in_money in shown.goals}
    main = found[shown.in_money]
    with (
        section(
            words.describe_surface(main, x, y), "Blank: nobody was near. The star is the best place, dots are variants"
        ),
        st.grid(2, min_column_width=320, gap="medium"),
    ):
        for in_money, drawn in found.items():
            if drawn is None:
                continue
            with st.container(gap=None):
                title = "Money a year" if in_money else metric_label(shown.run.metric)
                note(title)
                figure = figures.contour_map(
                    drawn, x, y, shown.complete,
                    greater_is_better=in_money or shown.run.greater_is_better,
                    currency=shown.run.currency if in_money else None,
                )  # fmt: skip
                chart(figure, f"{title}: {words.describe_surface(drawn, x, y)}.", key=f"surface_{in_money}")


def draw_slices(shown: SearchMap) -> None:
    """Each parameter by itself against the result."""
    reached = [shown.values[trial.number] for trial in shown.complete]
    finding = words.describe_slices(shown.complete, reached, shown.axes, greater_is_better=shown.greater_is_better)
    judged = "Money a year" if shown.in_money else metric_label(shown.run.metric)
    how = f"{judged} of each variant; a red mark at the bottom gave no model"
    with section(finding, how), st.grid(3, min_column_width=280, gap="medium"):
        for axis in shown.axes[:MOST_SLICES]:
            figure = figures.slice_plot(axis, shown.trials, shown.values, currency=shown.currency)
            chart(figure, f"{judged} by {axis.label.lower()}.", key=f"slice_{axis.name}")


def draw_ranks(shown: SearchMap, x: Axis, y: Axis) -> None:
    """Where good and poor variants lie over two parameters."""
    quarters = shown.quarters
    finding = words.describe_ranks(quarters[0] if quarters else [], x, y)
    with section(finding, "Each dot is a variant, by the quarter it is in"):
        chart(figures.rank_map(x, y, quarters), f"Ranks over two parameters. {finding}.", key="ranks")


def draw_timeline(run: RunView) -> None:
    """Which lane worked on what, and when."""
    worked = [trial for trial in run.trials if trial.reused_from is None and trial.duration_seconds]
    workers = list(dict.fromkeys(trial.worker_id or "" for trial in worked))
    lanes = {trial.lane: _lane_name(trial, workers) for trial in worked}
    finding = words.describe_timeline(worked, len(set(lanes.values())))
    with section(finding, "All kinds of model. A gap is time between two variants"):
        if worked:
            chart(
                figures.timeline(worked, dict(sorted(lanes.items(), key=lambda i: i[1]))), f"{finding}.", key="timeline"
            )
        if n_reused := sum(trial.reused_from is not None for trial in run.trials):
            note(f"{count_of(n_reused, 'variant')} came from an earlier run and took no time here.")


def _lane_name(trial: TrialView, workers: Sequence[str]) -> str:
    lane = f"Lane {int(trial.lane.split(':')[1]) + 1}"
    return lane if len(workers) < 2 else f"Worker {workers.index(trial.worker_id or '') + 1}, {lane.lower()}"
