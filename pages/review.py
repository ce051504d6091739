"""Review: read the evidence of one question, and answer it with a signature that binds exactly that evidence."""

from functools import partial

import streamlit as st

from portal.ui.actor import get_actor
from portal.ui.badges import REVIEW, RISK
from portal.ui.change import show_refusal
from portal.ui.evidence import draw_evidence, open_section
from portal.ui.layout import head, note, page
from portal.ui.session import reading, transaction
from portal.ui.sign_off import draw_changes, draw_consequences, draw_decision_form, draw_people, short_hash
from portal.ui.state import flash, go_to, open_project, require_open_id
from portal.ui.text import escape_markdown
from services.audit.actor import Actor
from services.datasets.queries import list_descriptions
from services.errors import PortalError
from services.models.naming import names_for
from services.models.queries import ModelView, get_model
from services.reviews.commands import decide, record_opening, revoke, withdraw_review
from services.reviews.queries import get_review
from services.reviews.views import ReviewView

_SIGNED = {
    "approve": "Signed. The model answers from now on.",
    "request_changes": "Signed. They see what to change.",
    "reject": "Signed. The model stays blocked.",
}


def draw() -> None:
    """The page, after the shell has let the person in."""
    actor = get_actor()
    review, model, names = _load(actor)
    open_project(review.project_id)
    if _record(actor, review, open_section()):
        review, model, names = _load(actor)
    with page():
        _draw_head(review)
        if review.is_waiting:
            draw_consequences(review)
        left, right = st.columns([1.75, 1], gap="large")
        with left.container(gap="medium"):
            draw_evidence(review, model, names, partial(_record, actor, review))
            draw_changes(review)
        with right.container(gap="medium"):
            draw_people(review)
            _draw_actions(actor, review)


def _load(actor: Actor) -> tuple[ReviewView, ModelView, dict[str, str]]:
    with reading() as session:
        review = get_review(session, actor=actor, review_id=require_open_id("review"))
        dictionary = list_descriptions(session, actor=actor, project_id=review.project_id)
        model = get_model(session, actor=actor, model_id=review.model_id)
    return review, model, names_for(model.signature, dictionary)


def _draw_head(review: ReviewView) -> None:
    head(
        escape_markdown(review.question),
        f"{escape_markdown(review.project_name)} · asked by {escape_markdown(review.requested_by_name)}"
        f" on {review.requested_at:%-d %B} · round {review.round}",
        badges=[RISK[review.risk_tier], REVIEW[review.state]],
        finding=_finding(review),
    )


def _finding(review: ReviewView) -> str | None:
    if review.state != "stale":
        return None
    was = "approval" if review.recorded_state == "approved" else "question"
    return f"This {was} is stale: {escape_markdown(review.changed_words)}"


def _draw_actions(actor: Actor, review: ReviewView) -> None:
    if review.recorded_state == "in_approval":
        draw_decision_form(review, partial(_decide, actor, review))
    else:
        note(f"This round bound evidence `{short_hash(review.manifest_sha256)}`.")
    if review.may_withdraw and st.button("Withdraw the question", icon=":material/undo:", width="stretch"):
        _withdraw(actor, review)
    if review.may_revoke:
        _draw_revocation(actor, review)
    if st.button("Open the model", icon=":material/lightbulb:", type="tertiary"):
        go_to("model", project=review.project_id, model=review.model_id)


def _draw_revocation(actor: Actor, review: ReviewView) -> None:
    with st.form(f"revocation_{review.id}"):
        st.markdown("**Take the approval back**")
        note("Predictions stop with the next request.")
        reason = st.text_area("Reason", height=92, max_chars=2_000, key=f"revocation_reason_{review.id}")
        is_sent = st.form_submit_button("Revoke the approval", width="stretch", icon=":material/block:")
    if is_sent:
        _revoke(actor, review, reason)


def _record(actor: Actor, review: ReviewView, section: str) -> bool:
    if not review.may_decide or section in review.opened:
        return False
    try:
        with transaction() as session:
            return record_opening(session, actor=actor, review_id=review.id, section=section)
    except PortalError:
        return False  # another window was faster: it is recorded


def _decide(actor: Actor, review: ReviewView, verdict: str, reason: str) -> None:
    try:
        with transaction() as session:
            decide(
                session,
                actor=actor,
                review_id=review.id,
                verdict=verdict,
                reason=reason,
                manifest_sha256=review.manifest_sha256,
            )
    except PortalError as error:
        show_refusal(error)
        return
    flash(_SIGNED[verdict])
    st.rerun()


def _withdraw(actor: Actor, review: ReviewView) -> None:
    try:
        with transaction() as session:
            withdraw_review(session, actor=actor, review_id=review.id)
    except PortalError as error:
        show_refusal(error)
        return
    flash("Withdrawn. Ask again when you are ready.")
    st.rerun()


def _revoke(actor: Actor, review: ReviewView, reason: str) -> None:
    try:
        with transaction() as session:
            revoke(session, actor=actor, review_id=review.id, reason=reason)
    except PortalError as error:
        show_refusal(error)
        return
    flash("Revoked. The model answers no more.")
    st.rerun()


draw()
