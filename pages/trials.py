"""Trials: every model that was tried in this project; pin up to five and see what sets them apart."""

from collections.abc import Callable, Sequence

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.cache import read_comparison, read_runs
from portal.ui.comparison import draw_comparison
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.leaderboard import draw_choice
from portal.ui.state import go_to, require_open_id
from services.automl.comparison_sentences import describe_comparison, name_of
from services.automl.pins import MAX_PINS, Pin, Pinned, read_pins
from services.automl.ranking import rank_trials
from services.automl.sentences import count_of, family_label
from services.automl.views import RunView

PROMISE = "Up to five variants of any runs, on the same rows. The address of this page shows others the same"
LISTED = 300
EVERY = "All kinds"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    runs = read_runs(actor, project_id)
    with page():
        top = st.container()
        if not any(run.complete_trials for run in runs):
            with top:
                head("Compare models", PROMISE)
            empty_state(":material/compare_arrows:", "No model was tried yet.", lambda: _runs_button(project_id))
            return
        pins = _choose_pins(runs)
        comparison = read_comparison(actor, project_id, pins)
        with top:
            head("Compare models", PROMISE, finding=describe_comparison(comparison))
        if len(comparison.pinned) > 1:
            draw_comparison(comparison)
        _draw_all(runs, pins)


def _runs_button(project_id: str) -> None:
    if st.button("Go to the runs", type="primary", icon=":material/model_training:"):
        go_to("runs", project=project_id)


def _choose_pins(runs: Sequence[RunView]) -> tuple[Pin, ...]:
    """The list holds the best of each run, and whatever the address names."""
    wanted = read_pins([*st.query_params.get_all("pins"), *st.session_state.get("pins", ())])
    listed = [item.pin for item in _ranked(runs)[:LISTED]]
    names = {item.pin: name_of(item) for item in _ranked(runs)}
    options = [str(pin) for pin in dict.fromkeys([*(pin for pin in wanted if pin in names), *listed])]
    chosen = st.multiselect(
        "Pinned",
        options,
        key="pins",
        max_selections=MAX_PINS,
        placeholder="Run and variant, such as 3.12",
        help="The others are compared with the first.",
        bind="query-params",
    )
    pins = read_pins(chosen)
    if pins:
        note(", ".join(names[pin] for pin in pins if pin in names))
    return pins


def _draw_all(runs: Sequence[RunView], pins: Sequence[Pin]) -> None:
    items = _ranked(runs)
    with section("All variants", f"{count_of(len(items), 'model')} of {count_of(len(runs), 'run')}"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            sort = st.selectbox("Sort by", list(SORTS), key="sort", width=220, bind="query-params")
            kinds = [EVERY, *dict.fromkeys(family_label(item.trial.family) for item in items)]
            kind = st.selectbox("Kind of model", kinds, key="kind", width=220, bind="query-params")
        shown = [item for item in SORTS[sort](items) if kind in (EVERY, family_label(item.trial.family))]
        chosen = draw_choice(shown, key=f"choice_{sort}_{kind}", across_runs=True)
        added = [pin for pin in chosen if pin not in pins]
        room = MAX_PINS - len(pins)
        label = f"Pin {count_of(min(len(added), room), 'variant')}" if added and room else "Pin the chosen variants"
        st.button(
            label,
            icon=":material/keep:",
            disabled=not added or not room,
            on_click=_pin,
            args=([*pins, *added],),
        )
        if added and not room:
            note(f"{MAX_PINS} are pinned already. Take one out first.")


def _pin(pins: Sequence[Pin]) -> None:
    st.session_state["pins"] = [str(pin) for pin in pins[:MAX_PINS]]


def _ranked(runs: Sequence[RunView]) -> list[Pinned]:
    """Best first, as each run ranks: by money where there is any, or else by the metric."""
    found = [Pinned(run, trial) for run in runs for trial in run.complete_trials]
    by_trial = {id(item.trial): item for item in found}
    greater = runs[0].greater_is_better if runs else True
    return [by_trial[id(trial)] for trial in rank_trials([i.trial for i in found], greater_is_better=greater)]


def _by_score(items: Sequence[Pinned]) -> list[Pinned]:
    return sorted(items, key=lambda i: (i.trial.score or 0.0) * (-1 if i.run.greater_is_better else 1))


SORTS: dict[str, Callable[[Sequence[Pinned]], list[Pinned]]] = {
    "Best": list,
    "Score": _by_score,
    "Time to train": lambda items: sorted(items, key=lambda item: item.trial.duration_seconds or float("inf")),
    "Newest": lambda items: sorted(items, key=lambda item: (-item.run.number, -item.trial.number)),
}


draw()
