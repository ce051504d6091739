"""Checks: whether a model may be relied on, where it is worst, what people assert of it, and what stress does to it."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.analyses import STATES
from portal.ui.assertions import AssertionActions, draw_assertion_forms, draw_assertions
from portal.ui.change import carry_out, on_press
from portal.ui.examination import PROMISE, draw_checks, draw_slices, draw_stresses
from portal.ui.jobs import job_status
from portal.ui.layout import action_bar, empty_state, head, note, page
from portal.ui.session import reading
from portal.ui.state import asked_or_first, go_to, open_id, open_project, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.examinations.assertions import Assertion
from services.examinations.commands import answer_finding, save_assertion, start_examination, withdraw_assertion
from services.examinations.queries import find_examination, get_examinable, list_assertions
from services.examinations.sentences import explain_verdict, verdict_of
from services.examinations.views import AssertionView, ExaminableView, ExaminationView
from services.jobs.commands import cancel_job
from services.models.queries import list_model_labels
from services.people.permissions import Permission, is_allowed


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, project_id = get_actor(), require_open_id("project")
    with reading() as session:
        models = list_model_labels(session, actor=actor, project_id=project_id)
    open_project(project_id)
    model_id = asked_or_first(open_id("model"), models)
    with page():
        if model_id is None:
            head("Checks", PROMISE)
            empty_state(":material/fact_check:", "No model yet. Once a run has left one, it can be checked here.")
            return
        with reading() as session:
            examinable = get_examinable(session, actor=actor, model_id=model_id)
            view = find_examination(session, actor=actor, model_id=model_id)
            asserted = view.assertions if view else tuple(list_assertions(session, actor=actor, model_id=model_id))
        _draw_model(actor, examinable, view, asserted)


def _draw_model(
    actor: Actor, examinable: ExaminableView, view: ExaminationView | None, asserted: tuple[AssertionView, ...]
) -> None:
    may, last = is_allowed(actor, Permission.EXAMINE), examinable.last
    head(
        "Checks",
        f"{PROMISE}. Of model {examinable.model_number}",
        badges=[STATES[last.state]] if last else [],
        finding=escape_markdown(verdict_of(view)) if view else None,
    )
    if view is not None:
        note(escape_markdown(explain_verdict(view)))
    if last is not None:
        job_status(actor, last, stop=partial(_stop, actor))
    _draw_start(actor, examinable, view, asserted)
    if view is not None:
        draw_checks(view, partial(_answer, actor, view.job.id) if may else None)
        draw_slices(view.report)
    actions = AssertionActions(
        change=partial(_change, actor, examinable.model_id), withdraw=partial(_withdraw, actor, examinable.model_id)
    )
    draw_assertions(asserted, actions if may else None)
    if may:
        draw_assertion_forms(examinable.asked, partial(_save, actor, examinable.model_id))
    if view is not None:
        draw_stresses(view.report)
    if st.button("The model", icon=":material/arrow_back:", type="tertiary", key="back"):
        go_to("model", project=examinable.project_id, model=examinable.model_id)


def _draw_start(
    actor: Actor, examinable: ExaminableView, view: ExaminationView | None, asserted: tuple[AssertionView, ...]
) -> None:
    if examinable.last is not None and examinable.last.is_active:
        return
    if not is_allowed(actor, Permission.EXAMINE):
        if view is None:
            text = "Nobody had this model checked yet. A business stakeholder or a data scientist of the project can."
            empty_state(":material/fact_check:", text)
        return
    n_new = sum(one.result is None for one in asserted)
    title, button = "Check this model", "Check it"
    text = "A worker fits copies of it, each without a part of the rows, and asks them what they never saw."
    if view is not None:
        title, button = "Check it again", "Check it again"
        text = "Needed when the threshold or an assertion has changed." if not n_new else f"{n_new} not checked yet."
    if action_bar(title, text, button, icon=":material/fact_check:", key="examine_now"):
        done = "A worker checks it."
        carry_out(start_examination, done, actor=actor, model_id=examinable.model_id)


def _answer(actor: Actor, examination_id: str, code: str, reason: str) -> None:
    done = "The reason is kept."
    carry_out(answer_finding, done, actor=actor, examination_id=examination_id, code=code, reason=reason)


def _save(actor: Actor, model_id: str, assertion: Assertion) -> None:
    carry_out(save_assertion, "Asserted.", actor=actor, model_id=model_id, assertion=assertion)


def _change(actor: Actor, model_id: str, key: str, version: int, assertion: Assertion) -> None:
    new = {"assertion": assertion, "key": key, "based_on": version}
    carry_out(save_assertion, "Asserted anew.", actor=actor, model_id=model_id, **new)


def _withdraw(actor: Actor, model_id: str, key: str, version: int) -> None:
    carry_out(withdraw_assertion, "Withdrawn.", actor=actor, model_id=model_id, key=key, based_on=version)


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


draw()
