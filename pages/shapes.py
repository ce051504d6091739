"""Shapes: what stands behind an explanation, and whether it would be the same for another model."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import Badge
from portal.ui.change import carry_out, on_press, show_refused
from portal.ui.jobs import job_status
from portal.ui.layout import empty_state, head, note, page
from portal.ui.session import reading
from portal.ui.shapes import draw_behind
from portal.ui.state import open_project, require_open_id
from portal.ui.stories import CHANGED, LOST, draw_ways
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.automl.family_names import family_label
from services.interpretations.sentences import NOT_A_CAUSE
from services.jobs.commands import cancel_job
from services.stories.commands import request_look
from services.stories.queries import ASKED_FIRST, get_stories
from services.stories.sentences import describe_behind
from services.stories.views import StoriesView

PROMISE = "How predictions change along each driver, and whether another model would say the same"
UNASKED = "Nobody has looked behind this explanation yet. Who may judge it can ask."
STEADY = Badge("Steady", "green", ":material/check:")
UNSTEADY = Badge("Unsteady", "orange", ":material/warning:")


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, model_id = get_actor(), require_open_id("model")
    with reading() as session:
        view = get_stories(session, actor=actor, model_id=model_id)
    open_project(view.project_id)
    with page():
        _draw_head(view)
        show_refused()
        if view.teller is None:
            empty_state(":material/psychology:", ASKED_FIRST)
        else:
            _draw_job(actor, view)
            if view.told is not None:
                draw_behind(view.told.behind, view.teller)
                note(NOT_A_CAUSE)
        draw_ways(view, "story", "The story of one case", ":material/person_search:")


def _draw_head(view: StoriesView) -> None:
    badges: list[Badge] = []
    finding = None
    if view.told is not None and view.teller is not None:
        badges = [UNSTEADY if view.told.behind.stability.is_amber else STEADY]
        finding = escape_markdown(f"{describe_behind(view.told.behind, view.teller)}.")
    sentence = f"{PROMISE}. Model {view.number}, {family_label(view.family)}"
    head("Shapes", sentence, badges=badges, finding=finding)


def _draw_job(actor: Actor, view: StoriesView) -> None:
    if view.job is not None:
        job_status(actor, view.job, stop=partial(_stop, actor))
    if view.job is not None and view.job.is_active:
        return
    if view.told is not None and view.has_other_basis:
        note(CHANGED, "orange")
    elif view.told is not None:
        return
    if view.is_lost:
        note(LOST, "orange")
    if not view.may_ask:
        if view.told is None:
            empty_state(":material/show_chart:", UNASKED)
        return
    note(
        "A worker draws the shapes of the eight strongest drivers, finds pairs and groups of columns, and fits the "
        "model anew twice for each part of the rows to see whether the order of the drivers stays. It takes a minute "
        "for a small model, and longer for a large one. Of the rows kept aside it looks only at those that are shown "
        "as examples already, and never at what came of them."
    )
    if st.button("Look behind the explanation", type="primary", icon=":material/show_chart:", key="look"):
        carry_out(request_look, "A worker looks behind it.", actor=actor, model_id=view.model_id)


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


draw()
