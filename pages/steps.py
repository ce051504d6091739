"""Steps: how a model came about, hash by hash, and running it again from any step where that makes sense."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import show_refusal
from portal.ui.layout import head, note, page
from portal.ui.session import reading, transaction
from portal.ui.state import flash, go_to, open_project, require_open_id
from portal.ui.steps import draw_hashes, draw_steps
from services.audit.actor import Actor
from services.automl.commands import repeat_run
from services.automl.views import ENDED_STATES, RunView
from services.errors import PortalError
from services.people.permissions import Permission, is_allowed
from services.portfolio.queries import get_run_graph
from services.portfolio.run_graph import RunStep, describe_graph, run_graph

PROMISE = "From the file to the sign-off. Each hash was stored when its step was done"
MORE_VARIANTS = 20


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, run_id = get_actor(), require_open_id("run")
    with reading() as session:
        facts = get_run_graph(session, actor=actor, run_id=run_id)
    run = facts.run
    open_project(run.project_id)
    steps = run_graph(facts)
    may_repeat = is_allowed(actor, Permission.START_RUN) and run.state in ENDED_STATES
    with page():
        head(f"Steps of run {run.number}", PROMISE, finding=describe_graph(steps))
        if facts.source is not None:
            _draw_source(run, facts.source)
        draw_steps(steps, partial(_ask_again, actor, run) if may_repeat else None)
        draw_hashes(steps)


def _draw_source(run: RunView, source: RunView) -> None:
    words = {"split": "with another seed", "search": "from the search on", "finishing": "from the best model on"}
    note(f"It repeats run {source.number} {words.get(run.rerun_from or '', '')}.")
    if st.button(f"See run {source.number}", icon=":material/model_training:", key="source"):
        go_to("run", project=run.project_id, run=source.id)


def _ask_again(actor: Actor, run: RunView, step: RunStep) -> None:
    """What can be changed at this step, and the button that queues the run."""
    with st.popover("Run again from here", icon=":material/replay:"):
        if step.repeats_from == "split":
            note("The same data, the rows dealt anew. The payoffs are those of now.")
            seed = st.number_input("Seed", value=run.seed + 1, min_value=0, step=1, key="seed")
            if st.button("Deal the rows anew", type="primary", key="again_split"):
                _repeat(actor, run, seed=int(seed))
        elif step.repeats_from == "search":
            note("The same rows. What was tried already is taken over, so only further variants take time.")
            n_trials = st.number_input(
                "Variants at most, with those taken over", value=len(run.trials) + MORE_VARIANTS, min_value=1, key="n"
            )
            minutes = st.number_input("Minutes at most", value=run.budget_seconds / 60, format="%g", key="minutes")
            if st.button("Search on", type="primary", key="again_search"):
                _repeat(actor, run, n_trials=int(n_trials), budget_seconds=float(minutes) * 60)
        else:
            note("Nothing new is tried. The best is chosen by the payoffs of now, fitted, checked and explained again.")
            if st.button("Finish again", type="primary", key="again_finishing"):
                _repeat(actor, run)


def _repeat(actor: Actor, run: RunView, **changes: float) -> None:
    step = "split" if "seed" in changes else "search" if "n_trials" in changes else "finishing"
    try:
        with transaction() as session:
            again = repeat_run(session, actor=actor, run_id=run.id, step=step, **changes)  # type: ignore[arg-type]
            number, again_id = again.number, again.id
    except PortalError as error:
        show_refusal(error)
        return
    flash(f"Run {number} is queued.")
    go_to("run", project=run.project_id, run=again_id)


draw()
