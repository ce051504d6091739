"""Map of a search: which parameters make a model good, in money and metric; narrow down and share what you see."""

from collections.abc import Sequence

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.cache import read_run
from portal.ui.layout import empty_state, head, note, page
from portal.ui.search_map import draw_parallel
from portal.ui.search_views import draw_importance, draw_ranks, draw_slices, draw_surface, draw_timeline
from portal.ui.state import go_to, go_to_shared, open_project, require_open_id
from services.automl import map_sentences as words
from services.automl.family_names import family_label
from services.automl.hyperparameters import Axis, families_of
from services.automl.pins import MAX_PINS, Pin
from services.automl.search_map import SearchMap
from services.automl.sentences import count_of, metric_label
from services.automl.views import RunView, TrialView

MONEY = "Money"
VIEWS = ("Importance", "Surface", "Slices", "Ranks", "Timeline")
PROMISE = "Parameters against metric and money. The address of this page shows others the same"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, run_id = get_actor(), require_open_id("run")
    run = read_run(actor, run_id).run
    open_project(run.project_id)
    kinds = families_of([trial for trial in run.trials if trial.state != "running"])
    with page():
        top = st.container()
        if not run.complete_trials:
            with top:
                head(f"Map of run {run.number}", PROMISE)
            empty_state(":material/map:", "No variant has given a model yet.", lambda: _run_button(run))
            return
        shown = _choose(run, kinds)
        with top:
            finding = words.describe_importance(shown.family, len(shown.complete), shown.shares, shown.axes)
            head(f"Map of run {run.number}", PROMISE, finding=finding)
        _draw_paths(shown)
        _draw_view(shown)


def _run_button(run: RunView) -> None:
    if st.button("Go to the run", type="primary", icon=":material/model_training:"):
        go_to("run", project=run.project_id, run=run.id)


def _choose(run: RunView, kinds: dict[str, int]) -> SearchMap:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        labels = {family_label(family): family for family in kinds}
        label = st.selectbox("Kind of model", list(labels), key="model_kind", width=240, bind="query-params")
        judged = None
        if run.has_money:
            goals = [MONEY, metric_label(run.metric)]
            judged = st.segmented_control(
                "Judge by", goals, default=MONEY, key="judge", required=True, bind="query-params"
            )
    return SearchMap(run, labels[label], in_money=judged == MONEY)


def _draw_paths(shown: SearchMap) -> None:
    if len(shown.axes) + len(shown.results) < 2:
        note(f"{count_of(len(shown.trials), 'variant')} of this kind: two that differ are needed to draw paths.")
        return
    ranked = draw_parallel(shown)
    best = ranked[:MAX_PINS]
    if len(best) > 1 and st.button(f"Compare the best {len(best)} of these", icon=":material/compare_arrows:"):
        _compare(shown.run, best)


def _compare(run: RunView, best: Sequence[TrialView]) -> None:
    go_to_shared("trials", run.project_id, pins=[str(Pin(run.number, trial.number)) for trial in best])


def _draw_view(shown: SearchMap) -> None:
    view = st.segmented_control("View", VIEWS, default=VIEWS[0], key="view", required=True, bind="query-params")
    if view == "Importance":
        draw_importance(shown)
    elif view == "Slices":
        draw_slices(shown)
    elif view == "Timeline":
        draw_timeline(shown.run)
    elif pair := _choose_pair(shown.axes):
        (draw_surface if view == "Surface" else draw_ranks)(shown, *pair)


def _choose_pair(axes: Sequence[Axis]) -> tuple[Axis, Axis] | None:
    """Two different parameters; the two that decide most at first."""
    labels = {axis.label: axis for axis in axes}
    if len(labels) < 2:
        note("Fewer than two parameters of this kind of model were varied.")
        return None
    with st.container(horizontal=True):
        across = st.selectbox("Across", list(labels), key="across", width=220, bind="query-params")
        others = [label for label in labels if label != across]
        up = st.selectbox("Up", others, key="up", width=220, bind="query-params")
    return labels[across], labels[up]


draw()
