"""Run: watch a search while it works, steer it, and take its best model further."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import RUN
from portal.ui.cache import read_run
from portal.ui.charts import chart
from portal.ui.figures.run import trial_dots
from portal.ui.kept import kept
from portal.ui.layout import action_bar, empty_state, head, metric_row, note, page, section
from portal.ui.leaderboard import draw_leaderboard
from portal.ui.run_numbers import run_numbers
from portal.ui.session import transaction
from portal.ui.state import flash, go_to, open_project, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.automl import sentences
from services.automl.commands import Wish, ask_run, resume_run
from services.automl.views import RunView
from services.errors import PortalError
from services.models.outcomes import outcome_at
from services.models.queries import ModelView
from services.models.sentences import describe_worth
from services.people.permissions import Permission, is_allowed

REFRESH_SECONDS = 2
_SAID = {"pause": "The run is pausing.", "stop": "The search ends; the best model is kept.", "cancel": "Cancelled."}


def draw() -> None:
    """The page, after the shell has let the person in. A run that has ended stays as it is and needs no timer."""
    actor, run_id = get_actor(), require_open_id("run")
    run, model = read_run(actor, run_id)
    open_project(run.project_id)
    if run.is_active:
        st.fragment(_draw_live, run_every=REFRESH_SECONDS)(run_id)
    else:
        with page():
            _draw_run(actor, run, model)


def _draw_live(run_id: str) -> None:
    """Everything on the page. The timer reruns only this, without the shell, so the person is checked here again."""
    try:
        actor = get_actor()
        run, _ = read_run(actor, run_id)
    except PortalError:
        st.rerun()  # the shell says why
    if not run.is_active:
        st.rerun()  # the timer stops with the run
    with page():
        _draw_run(actor, run, None)


def _draw_run(actor: Actor, run: RunView, model: ModelView | None) -> None:
    goes_on = " You may close this page; the run goes on." if run.is_active else ""
    started = f"{run.created_at.day} {run.created_at:%B, %H:%M} UTC"
    sentence = f"Started {started} by {escape_markdown(run.created_by_name)}.{goes_on}"
    head(f"Model run {run.number}", sentence, badges=[RUN[run.state]])
    _draw_control(actor, run)
    if model is not None:
        _draw_next_step(model)
    if run.is_active:
        _draw_findings(run)
    else:
        kept(partial(_draw_findings, run), of=("findings", run.id, run.state, run.n_complete, run.n_failed))


def _draw_control(actor: Actor, run: RunView) -> None:
    with st.container(border=True, gap="small"):
        st.subheader(sentences.describe_phase(run), anchor=False)
        if run.failure:
            st.error(escape_markdown(run.failure), icon=":material/error:")
        st.progress(sentences.progress_of(run), text=sentences.describe_progress(run))
        if run.is_active:
            note(escape_markdown(sentences.describe_worker(run)))
        if is_allowed(actor, Permission.START_RUN) and (run.is_active or run.state == "paused"):
            with st.container(horizontal=True, gap="xsmall"):
                _draw_buttons(actor, run)


def _draw_buttons(actor: Actor, run: RunView) -> None:
    is_searching = run.state in ("queued", "running") and run.wish == "none"
    if run.state == "paused" and st.button("Resume", type="primary", icon=":material/play_arrow:"):
        _resume(actor, run)
    if run.state != "finishing" and run.wish == "none":
        label, kind = "Stop and keep the best", "secondary" if run.state == "paused" else "primary"
        if st.button(label, type=kind, icon=":material/stop:", disabled=run.n_complete == 0):  # type: ignore[arg-type]
            _ask(actor, run, "stop")
    if is_searching and st.button("Pause", icon=":material/pause:"):
        _ask(actor, run, "pause")
    if run.wish != "cancel" and st.button("Cancel", icon=":material/close:", type="tertiary"):
        _ask(actor, run, "cancel")


def _ask(actor: Actor, run: RunView, wish: Wish) -> None:
    try:
        with transaction() as session:
            ask_run(session, actor=actor, run_id=run.id, wish=wish)
    except PortalError as error:
        st.error(error.sentence)
        return
    flash(_SAID[wish])
    st.rerun()


def _resume(actor: Actor, run: RunView) -> None:
    try:
        with transaction() as session:
            resume_run(session, actor=actor, run_id=run.id)
    except PortalError as error:
        st.error(error.sentence)
        return
    flash("The run goes on where it was paused.")
    st.rerun()


def _draw_next_step(model: ModelView) -> None:
    outcome = outcome_at(model.evaluation, model.threshold.threshold if model.threshold else None)
    worth = describe_worth(model.evaluation, model.signature, outcome)
    text = f"{escape_markdown(worth)} See what drives it and from which score on to act."
    if action_bar("The best model is ready", text, "Open the model", icon=":material/lightbulb:", key="see_model"):
        go_to("model", project=model.project_id, model=model.id)


def _draw_findings(run: RunView) -> None:
    metric_row(run_numbers(run))
    finding = sentences.describe_finding(run)
    if not run.complete_trials:
        if not run.trials:
            empty_state(":material/model_training:", "Nothing has been tried yet. Each variant appears here as a dot.")
        return
    with section(finding, "Each dot is one model; higher earns more" if run.has_money else "Each dot is one model"):
        alt = f"{sentences.metric_label(run.metric)} of each variant. {finding}."
        chart(trial_dots(run), alt, key="trial_dots")
    with section(
        "Leaderboard", "Judged on rows each model had not seen; the best is checked once more on rows kept aside"
    ):
        draw_leaderboard(run)


draw()
