"""How far a run is, who works on it, and what a person can do about it."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from portal.ui.layout import small
from portal.ui.text import escape_markdown
from services.automl import live, sentences
from services.automl.family_names import FAMILY_LABELS, SEARCHED
from services.automl.turns.rule import PRIORITIES, Priority
from services.automl.turns.sentences import describe_turn
from services.automl.turns.views import TurnView
from services.automl.views import RunView

_ALL = "All kinds again"
_MORE = "Continue with 10 more minutes"


@dataclass(frozen=True, slots=True)
class Steering:
    """What happens at a press; each leaves the script."""

    pause: Callable[[], None]
    resume: Callable[[], None]
    stop: Callable[[], None]
    cancel: Callable[[], None]
    extend: Callable[[], None]
    go_on: Callable[[], None]  # a search that has ended
    restrict: Callable[[tuple[str, ...]], None]


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a run that has not ended stands, and the priorities that this person may give it."""

    view: TurnView
    may_give: tuple[Priority, ...]
    give: Callable[[Priority], None]


def draw_control(run: RunView, steering: Steering | None, turn: Turn | None = None) -> None:
    """The card at the top of a run. `steering` is None for those who only watch."""
    with st.container(border=True, gap="small"):
        st.subheader(sentences.describe_phase(run), anchor=False)
        if run.failure:
            st.error(escape_markdown(run.failure), icon=":material/error:")
        st.progress(sentences.progress_of(run), text=sentences.describe_progress(run))
        if lines := _lines(run):
            st.markdown("  \n".join(lines))
        if plateau := live.describe_plateau(run):
            st.info(plateau, icon=":material/trending_flat:")
        if steering is not None:
            _draw_buttons(run, steering)
        if turn is not None:
            _draw_turn(turn)


def _draw_turn(turn: Turn) -> None:
    """When its next trial begins, and whom it goes before."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(small(describe_turn(turn.view)))
        choices = {f"{name.capitalize()} priority": name for name in PRIORITIES if name in turn.may_give}
        if choices:
            chosen = st.menu_button("Priority", list(choices), icon=":material/low_priority:", key="priority")
            if chosen is not None:
                turn.give(choices[chosen])


def _lines(run: RunView) -> list[str]:
    """Who works on it, what there is already, and what is left out; in one element."""
    if run.imported:
        return []
    said = [small(line) for line in (live.describe_first_model(run), live.describe_restriction(run)) if line]
    if not run.is_active:
        return said
    return [*said, small(escape_markdown(sentences.describe_worker(run)), _worker_color(run))]


def _worker_color(run: RunView) -> str:
    return "orange" if sentences.is_worker_missing(run) else "gray"


def _draw_buttons(run: RunView, steering: Steering) -> None:
    if run.state in ("finished", "failed"):
        if not run.imported and st.button(_MORE, icon=":material/more_time:", key=f"go_on_{run.generation}"):
            steering.go_on()
        return
    if run.state == "cancelled":
        return
    with st.container(horizontal=True, gap="xsmall"):
        if run.state == "paused" and st.button("Resume", type="primary", icon=":material/play_arrow:"):
            steering.resume()
        if run.state != "finishing" and run.wish == "none":
            _draw_search_buttons(run, steering)
        if run.wish != "cancel" and st.button("Cancel", icon=":material/close:", type="tertiary"):
            steering.cancel()


def _draw_search_buttons(run: RunView, steering: Steering) -> None:
    kind = "secondary" if run.state == "paused" else "primary"
    if st.button("Stop and keep the best", type=kind, icon=":material/stop:", disabled=run.n_complete == 0):  # type: ignore[arg-type]
        steering.stop()
    if run.state != "paused" and st.button("Pause", icon=":material/pause:"):
        steering.pause()
    # a second click on the same button, or one that somebody else was faster than, finds no button of this key
    if st.button("Add 10 minutes", icon=":material/more_time:", key=f"extend_{run.budget_seconds}"):
        steering.extend()
    offered = {FAMILY_LABELS[name]: (name,) for name in run.families or SEARCHED}
    if len(offered) > 1:
        choices: dict[str, tuple[str, ...]] = {_ALL: (), **offered} if run.only_families else dict(offered)
        chosen = st.menu_button("Only this kind", list(choices), icon=":material/filter_alt:", key="only_kind")
        if chosen is not None:
            steering.restrict(choices[chosen])
