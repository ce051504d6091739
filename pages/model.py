"""Model: whether to rely on it. What it is worth, how good it is, what drives it, and how it was made."""

from dataclasses import replace
from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import REVIEW, Badge
from portal.ui.change import carry_out, on_press, show_refusal
from portal.ui.evaluation import draw_need, draw_scores, draw_truth, summarise
from portal.ui.expectation import draw_asked_first
from portal.ui.explanation import draw_drivers, draw_whole_and_row
from portal.ui.layout import action_bar, head, metric_row, note, page
from portal.ui.model_making import draw_making, draw_ways_on
from portal.ui.outcomes import draw_money, draw_no_threshold, draw_outcomes
from portal.ui.session import reading, transaction
from portal.ui.state import flash, go_to, open_project, require_open_id
from portal.ui.text import escape_markdown
from portal.ui.threshold import draw_threshold_choice, draw_threshold_history
from services.audit.actor import Actor
from services.automl.family_names import family_label
from services.automl.queries import get_run
from services.automl.queries.goals import find_goal
from services.datasets.queries import list_descriptions
from services.errors import PortalError
from services.jobs.commands import cancel_job
from services.models.commands import choose_threshold, request_training_script
from services.models.naming import Names, name_evaluation, name_signature, names_for
from services.models.outcomes import Outcome, outcome_at
from services.models.queries import ModelView, ThresholdView, get_model, list_thresholds
from services.models.sentences import describe_worth
from services.people.permissions import Permission, is_allowed
from services.reviews.commands import request_review
from services.reviews.queries import find_model_review
from services.reviews.views import ReviewView

NOT_ASKED = Badge("No sign-off", "gray")
SETTLED = {"in_approval": "This model waits for a decision", "approved": "This model may be used"}


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor, model_id = get_actor(), require_open_id("model")
    with reading() as session:
        model = get_model(session, actor=actor, model_id=model_id)
        run = get_run(session, actor=actor, run_id=model.run_id)
        review = find_model_review(session, actor=actor, model_id=model_id)
        thresholds = list_thresholds(session, actor=actor, model_id=model_id)
        goal = find_goal(session, actor=actor, run_id=model.run_id)
        dictionary = list_descriptions(session, actor=actor, project_id=model.project_id)
    names = names_for(model.signature, dictionary)
    named = replace(
        model,
        signature=name_signature(model.signature, names),
        evaluation=name_evaluation(model.evaluation, names),
    )
    open_project(model.project_id)
    outcome = outcome_at(model.evaluation, model.threshold.threshold if model.threshold else None)
    with page():
        _draw_head(named, review, outcome)
        metric_row(summarise(model.evaluation, outcome))
        _draw_next_step(actor, named, review)
        if outcome is not None:
            _draw_money(actor, named, outcome, thresholds, goal.pays_from if goal else None)
        draw_no_threshold(model.task)
        _draw_explanation(model, names)
        for draw_part in (draw_need, draw_truth, draw_scores):
            draw_part(named.evaluation)
        write = partial(carry_out, request_training_script, "A worker writes it.", actor=actor, model_id=model.id)
        draw_making(actor, model, run, write=write, stop=partial(_stop, actor))


def _draw_explanation(model: ModelView, names: Names) -> None:
    if model.explanation is None:
        draw_asked_first(model)
        return
    draw_drivers(model.explanation, names)
    if st.button("Judge what drives it", icon=":material/psychology:", key="explain"):
        go_to("explain", project=model.project_id, model=model.id)
    draw_whole_and_row(model.explanation, names)


def _draw_head(model: ModelView, review: ReviewView | None, outcome: Outcome | None) -> None:
    day, who = f"{model.created_at.day} {model.created_at:%B}", escape_markdown(model.created_by_name)
    head(
        f"Model {model.number}",
        f"{family_label(model.family)}, found on {day} in a run by {who}",
        badges=[REVIEW[review.state] if review else NOT_ASKED],
        finding=escape_markdown(describe_worth(model.evaluation, model.signature, outcome)),
    )


def _draw_next_step(actor: Actor, model: ModelView, review: ReviewView | None) -> None:
    if review is not None and review.state in SETTLED:
        question = escape_markdown(review.question)
        if action_bar(SETTLED[review.state], question, "Open the sign-off", icon=":material/verified:", key="see"):
            go_to("review", project=model.project_id, review=review.id)
    elif is_allowed(actor, Permission.REQUEST_REVIEW):
        _draw_request(actor, model)
    is_approved = review is not None and review.state == "approved"
    if is_approved and is_allowed(actor, Permission.PREDICT) and st.button("Try it", icon=":material/bolt:", key="try"):
        go_to("deployment", project=model.project_id, model=model.id)
    draw_ways_on(model)


def _draw_request(actor: Actor, model: ModelView) -> None:
    with st.form("request", border=True):
        with st.container(gap=None):
            st.markdown("**Before it is used, somebody who did not make it signs**")
            note("They see the objective, the money, the data, this page, and decide with a reason.")
        suggested = f"May model {model.number} decide where we act on {model.signature.target}?"
        question = st.text_input("The question to decide, answered by yes or no", suggested, key="question")
        if st.form_submit_button("Ask for sign-off", type="primary", icon=":material/verified:", key="request_now"):
            try:
                with transaction() as session:
                    review = request_review(session, actor=actor, model_id=model.id, question=question)
                    review_id = review.id
            except PortalError as error:
                show_refusal(error)
                return
            flash("The sign-off is asked for.")
            go_to("review", project=model.project_id, review=review_id)


def _draw_money(
    actor: Actor, model: ModelView, outcome: Outcome, thresholds: list[ThresholdView], pays_from: float | None
) -> None:
    draw_money(model.evaluation, outcome)
    draw_outcomes(outcome, model.signature)
    if is_allowed(actor, Permission.CHOOSE_THRESHOLD):
        choose = partial(_choose_threshold, actor, model.id)
        draw_threshold_choice(model.evaluation, model.signature, outcome, pays_from=pays_from, choose=choose)
    draw_threshold_history(thresholds)


def _choose_threshold(actor: Actor, model_id: str, threshold: float, reason: str) -> None:
    done = "The threshold is chosen. A sign-off that bound the old one is stale."
    carry_out(choose_threshold, done, actor=actor, model_id=model_id, threshold=threshold, reason=reason)


def _stop(actor: Actor, job_id: str) -> None:
    on_press(cancel_job, actor=actor, job_id=job_id)


draw()
