"""Run: watch a search while it works, steer it, and take its best model further."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import RUN
from portal.ui.cache import RunPicture, read_run
from portal.ui.change import carry_out, on_press
from portal.ui.kept import kept
from portal.ui.layout import head, page, section
from portal.ui.leaderboard import draw_leaderboard
from portal.ui.podium import draw_podium
from portal.ui.run_after import draw_after, draw_next_step
from portal.ui.run_control import Steering, Turn, draw_control
from portal.ui.run_details import draw_details
from portal.ui.run_numbers import draw_run_figures
from portal.ui.session import transaction
from portal.ui.state import flash, open_project, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.automl.commands import ask_run, continue_run, extend_run, request_export, restrict_run, resume_run
from services.automl.family_names import describe_families
from services.automl.turns.commands import set_run_priority
from services.automl.turns.priorities import priorities_to_give
from services.automl.turns.rule import Priority
from services.automl.turns.views import TurnView
from services.automl.views import ENDED_STATES, RunView
from services.errors import PortalError
from services.jobs.commands import cancel_job
from services.people.permissions import Permission, is_allowed

REFRESH_SECONDS = 2


def draw() -> None:
    """The page, after the shell has let the person in. A run that has ended stays as it is and needs no timer."""
    actor, run_id = get_actor(), require_open_id("run")
    picture = read_run(actor, run_id)
    open_project(picture.run.project_id)
    if picture.run.is_active:
        st.fragment(_draw_live, run_every=REFRESH_SECONDS)(run_id)
    else:
        with page():
            _draw_run(actor, picture)


def _draw_live(run_id: str) -> None:
    """Everything on the page. The timer reruns only this, without the shell, so the person is checked here again."""
    try:
        actor = get_actor()
        picture = read_run(actor, run_id)
    except PortalError:
        st.rerun()  # the shell says why
    if not picture.run.is_active:
        st.rerun()  # the timer stops with the run
    with page():
        _draw_run(actor, picture)


def _draw_run(actor: Actor, picture: RunPicture) -> None:
    run = picture.run
    goes_on = " You may close this page; the run goes on." if run.is_active else ""
    started = f"{run.created_at.day} {run.created_at:%B, %H:%M} UTC"
    sentence = (
        f"{'Imported' if run.imported else 'Started'} {started} by {escape_markdown(run.created_by_name)}.{goes_on}"
    )
    head(f"Model run {run.number}", sentence, badges=[RUN[run.state]])
    steering = _steering(actor, run) if is_allowed(actor, Permission.START_RUN) else None
    draw_control(run, steering, _turn(actor, picture.turn, run.id) if picture.turn else None)
    if picture.model is not None:
        draw_next_step(picture.model)
    draw_figures = partial(draw_run_figures, run)
    if not run.is_active:  # it stays as it is: drawn once, played back from then on
        shown = (run.id, run.state, run.generation, run.n_complete, run.n_failed)
        draw_figures = partial(kept, draw_figures, of=("figures", *shown))
    draw_figures()
    if run.complete_trials:
        draw_details(run, picture.events)
        draw_podium(run)
        if run.state in ENDED_STATES:
            export = partial(carry_out, request_export, "A worker writes it.", actor=actor, run_id=run.id)
            draw_after(run, actor, export=export, stop=partial(_stop, actor))
        else:
            _draw_table(run)


def _steering(actor: Actor, run: RunView) -> Steering:
    steer: dict[str, Any] = {"actor": actor, "run_id": run.id}
    return Steering(
        pause=lambda: _do(lambda s: ask_run(s, wish="pause", **steer), "The run is pausing."),
        resume=lambda: _do(lambda s: resume_run(s, **steer), "The run goes on where it was paused."),
        stop=lambda: _do(lambda s: ask_run(s, wish="stop", **steer), "The search ends; the best model is kept."),
        cancel=lambda: _do(lambda s: ask_run(s, wish="cancel", **steer), "Cancelled."),
        extend=lambda: _do(
            lambda s: extend_run(s, based_on=run.budget_seconds, **steer), "The search has ten more minutes."
        ),
        go_on=lambda: _do(lambda s: continue_run(s, **steer), "The search goes on for ten minutes at most."),
        restrict=lambda names: _do(
            lambda s: restrict_run(s, families=names, **steer),
            f"From the next variant on, only {describe_families(names)} is tried."
            if names
            else "Every kind of model is tried again.",
        ),
    )


def _turn(actor: Actor, view: TurnView, run_id: str) -> Turn:
    def give(priority: Priority) -> None:
        _do(
            lambda s: set_run_priority(s, actor=actor, run_id=run_id, priority=priority), f"It has {priority} priority."
        )

    return Turn(view, priorities_to_give(actor, view.priority), give)


def _do(command: Callable[[Any], object], said: str) -> None:
    """Carry a press out. A refusal is a toast: the timer would wipe away what stands on the page."""
    try:
        with transaction() as session:
            command(session)
    except PortalError as error:
        st.toast(error.sentence, icon=":material/block:", duration="long")
        return
    flash(said)
    st.rerun()


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


def _draw_table(run: RunView) -> None:
    with section(
        "Leaderboard", "Judged on rows each model had not seen; the best is checked once more on rows kept aside"
    ):
        draw_leaderboard(run)


draw()
