"""Fairness: how a model treats groups of people, what was agreed before, and what treating them alike would cost."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.analyses import STATES
from portal.ui.change import carry_out, on_press, show_refusal
from portal.ui.fairness import ASKED_IS_NOT_SIGNED, PROMISE, ask_columns, draw_checks, draw_history, draw_tolerance
from portal.ui.fairness_findings import draw_findings
from portal.ui.jobs import job_status
from portal.ui.layout import empty_state, head, note, page, section
from portal.ui.session import reading, transaction
from portal.ui.state import asked_or_first, flash, go_to, open_id, open_project, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.errors import InvalidInputError, PortalError
from services.fairness.commands import agree_tolerance, start_assessment
from services.fairness.queries import get_assessment, get_fairness, list_assessments
from services.fairness.request import AssessmentRequest
from services.fairness.sentences import finding_of
from services.fairness.views import AssessmentView, FairnessView
from services.jobs.commands import cancel_job
from services.models.queries import list_model_labels
from services.people.permissions import Permission, is_allowed

CHANGED_SINCE = (
    "The threshold, the tolerance or what wrong numbers cost has changed since. Compare again to see what holds now."
)
SIGNED = (
    "A sign-off of this model is asked for or given. What a new comparison or tolerance says is evidence: the model "
    "must then be signed again, and does not answer before that."
)


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, view = get_actor(), None
    assessment_id = st.query_params.get("assessment")  # not kept in the tab: without it the latest is shown
    with reading() as session:
        if assessment_id:
            view = get_assessment(session, actor=actor, assessment_id=assessment_id)
        project_id = view.job.project_id if view else require_open_id("project")
        models = list_model_labels(session, actor=actor, project_id=project_id)
        model_id = asked_or_first(view.request.model_id if view else open_id("model"), models)
    open_project(project_id)
    with page():
        if model_id is None:
            head("Fairness", PROMISE)
            empty_state(
                ":material/diversity_3:", "No model yet. Once a run has left one, its groups can be compared here."
            )
            return
        _draw_model(actor, model_id, view)


def _draw_model(actor: Actor, model_id: str, view: AssessmentView | None) -> None:
    with reading() as session:
        fairness = get_fairness(session, actor=actor, model_id=model_id)
        lines = list_assessments(session, actor=actor, model_id=model_id)
        if view is None and lines:
            view = get_assessment(session, actor=actor, assessment_id=lines[0].id)
            st.query_params["assessment"] = view.id  # so that the address can be shared
    report = view.report if view else None
    head(
        "Fairness",
        f"{PROMISE}. With model {fairness.model_number}",
        badges=[STATES[view.job.state]] if view else [],
        finding=escape_markdown(finding_of(report)) if report else None,
    )
    if view is not None:
        job_status(actor, view.job, stop=partial(_stop, actor))
        if view.is_older:
            note(CHANGED_SINCE, "orange")
    if report is not None and view is not None:
        draw_findings(view.id, report, hides_drivers=view.hides_drivers)
    may_agree = is_allowed(actor, Permission.AGREE_TOLERANCE)
    has_seen = any(line.state == "done" for line in lines)
    draw_tolerance(fairness, partial(_agree, actor, fairness) if may_agree else None, has_seen=has_seen)
    _draw_question(actor, fairness, view)
    draw_checks(fairness.checks)
    if len(lines) > 1:
        with section("Comparisons of this model", "The newest first; the address of each can be shared"):
            draw_history(lines, view.id if view else None, fairness.project_id)
    if st.button("The model", icon=":material/arrow_back:", type="tertiary", key="back"):
        go_to("model", project=fairness.project_id, model=model_id)


def _draw_question(actor: Actor, fairness: FairnessView, view: AssessmentView | None) -> None:
    if fairness.obstacle:
        empty_state(":material/diversity_3:", escape_markdown(fairness.obstacle))
        return
    if not is_allowed(actor, Permission.ASSESS_FAIRNESS):
        note("A business stakeholder, a data scientist or a manager of the project asks for a comparison.")
        return
    title = "Compare again, or other groups" if view else "Whose treatment is compared?"
    text = "By what the model says of rows it did not learn from, with the threshold and the tolerance in force"
    with section(title, text):
        if fairness.has_sign_off:
            note(SIGNED, "orange")
        if is_allowed(actor, Permission.DECIDE):
            note(ASKED_IS_NOT_SIGNED)
        asked = ask_columns(fairness, view.request if view else None)
    if isinstance(asked, InvalidInputError):
        show_refusal(asked)
    elif asked is not None:
        _start(actor, fairness.project_id, asked)


def _start(actor: Actor, project_id: str, asked: AssessmentRequest) -> None:
    try:
        with transaction() as session:
            assessment_id = start_assessment(session, actor=actor, request=asked).id
    except PortalError as error:
        show_refusal(error)
        return
    flash("A worker compares the groups.")
    go_to("fairness", project=project_id, assessment=assessment_id)


def _agree(actor: Actor, fairness: FairnessView, harm: str, largest_gap: float, reason: str) -> None:
    carry_out(
        agree_tolerance,
        "The largest gap is agreed.",
        actor=actor,
        project_id=fairness.project_id,
        harm=harm,
        largest_gap=largest_gap,
        reason=reason,
        based_on=fairness.tolerance.version if fairness.tolerance else 0,
    )


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


draw()
