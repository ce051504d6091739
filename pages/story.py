"""Story: why one case is decided as it is, how close that was, and what the model would say otherwise."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.change import carry_out, on_press, show_refused
from portal.ui.jobs import job_status
from portal.ui.layout import empty_state, head, note, page
from portal.ui.session import reading
from portal.ui.state import open_project, require_open_id
from portal.ui.stories import CHANGED, LOST, draw_ways
from portal.ui.story import call_badges, draw_story
from services.audit.actor import Actor
from services.jobs.commands import cancel_job
from services.stories.commands import request_story
from services.stories.queries import ASKED_FIRST, get_case_story, get_stories
from services.stories.views import CaseStoryView, StoriesView, Teller

PROMISE = "Why one case is decided as it is, how close that was, and who was wrong about one like it"


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, model_id = get_actor(), require_open_id("model")
    with reading() as session:
        view = get_stories(session, actor=actor, model_id=model_id)
    open_project(view.project_id)
    with page():
        if view.teller is None:
            head("Story of one case", PROMISE)
            empty_state(":material/psychology:", ASKED_FIRST)
        else:
            _draw_case(actor, view, view.teller)
        draw_ways(view, "shapes", "Behind the explanation", ":material/show_chart:")


def _draw_case(actor: Actor, view: StoriesView, teller: Teller) -> None:
    top = st.container()  # the head tells what the choice below it gives
    examples = {example.row_number: example.label for example in teller.explanation.examples}
    row = int(
        st.number_input(
            "Row of the data",
            min_value=1,
            value=next(iter(examples), 1),
            step=1,
            key="row",
            bind="query-params",
            width=220,
        )
    )
    if examples:
        note("Examples: " + ", ".join(f"row {number:,} ({label.lower()})" for number, label in examples.items()))
    with reading() as session:
        case = get_case_story(session, actor=actor, model_id=view.model_id, row=row)
    with top:
        head(
            "Story of one case",
            f"{PROMISE}. With model {view.number}",
            badges=call_badges(case.story) if case.story is not None else [],
        )
    show_refused()
    if case.story is None or case.has_other_basis:
        _draw_question(actor, view, case)
    if case.story is not None:
        draw_story(case.story, teller)


def _draw_question(actor: Actor, view: StoriesView, case: CaseStoryView) -> None:
    if case.job is not None:
        job_status(actor, case.job, stop=partial(_stop, actor))
        if case.job.is_active:
            return
    if case.has_other_basis:
        note(CHANGED, "orange")
    elif case.is_lost:
        note(LOST, "orange")
    if case.row > case.n_rows:
        note(f"The data have {case.n_rows:,} rows. Choose one of them.", "orange")
    elif not view.may_ask and case.story is None:
        note("This case has not been told yet. Who may judge the model can ask for it.")
    elif view.may_ask and st.button("Tell this case", type="primary", icon=":material/person_search:", key="tell"):
        carry_out(request_story, "A worker tells the case.", actor=actor, model_id=view.model_id, row=case.row)


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


draw()
