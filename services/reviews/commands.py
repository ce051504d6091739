"""Ask for a sign-off, read its evidence, decide on it, take it back."""

from dataclasses import replace

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from db.tables import Decision, Deployment, EvidenceAuthor, EvidenceOpening, Model, Review
from db.types import utc_now
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.models.queries import UNKNOWN_MODEL, hides_explanation
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.reviews import rules
from services.reviews.authorship import authored_words
from services.reviews.errors import AlreadyDecidedError
from services.reviews.manifest import DEPLOYMENT_GATE, Manifest
from services.reviews.queries import (
    get_evidence,
    get_standing,
    list_contributions,
    require_complete_evidence,
)
from services.reviews.rules import ReviewState, Verdict

QUESTION_LENGTH = 160


def request_review(session: Session, *, actor: Actor, model_id: str, question: str) -> Review:
    """Open a round: freeze the manifest of the model and the names of everybody who wrote a part of it.

    An older round of the same model that still waits is superseded.

    Raises
    ------
    EvidenceMissingError
        Objective, payoffs, dataset or threshold are missing, or the model was trained on other data.
    ConflictError
        Exactly this evidence waits for a decision already, or is approved.
    """
    model = _get_model(session, model_id)
    project = authorize_project(
        session, actor=actor, project_id=model.project_id, permission=Permission.REQUEST_REVIEW, unknown=UNKNOWN_MODEL
    )
    question = _clean_question(question)
    require_complete_evidence(session, model)
    manifest = get_evidence(session, model)
    _refuse_repetition(session, model, manifest)
    superseded = _supersede(session, model, ReviewState.IN_APPROVAL)
    review = _insert_round(session, actor, model, question, manifest)
    words = authored_words(list_contributions(session, model, review))
    session.add_all(EvidenceAuthor(review_id=review.id, user_id=user_id, authored=words[user_id]) for user_id in words)
    record_event(
        session,
        actor=actor,
        action="review.requested",
        object_type="review",
        object_id=review.id,
        project_id=project.id,
        after={"question": question, "round": review.round, "manifest": manifest.document(), "superseded": superseded},
        manifest_sha256=manifest.sha256,
    )
    return review


def record_opening(session: Session, *, actor: Actor, review_id: str, section: str) -> bool:
    """Note that the actor opened a section of the evidence. Returns False where there is nothing new to note:
    they opened it before, it is hidden from them, the round is closed, or they do not sign anyway.
    """
    review, standing = get_standing(session, actor=actor, review_id=review_id)
    if section not in rules.SECTIONS:
        raise InvalidInputError("The evidence has no such section.")
    if section == "explanation" and hides_explanation(session, actor, session.get_one(Model, review.model_id)):
        return False  # what is shown in its place is the question what they expect
    if section in standing.opened or rules.find_decision_refusal(standing) is not None:
        return False
    session.add(EvidenceOpening(review_id=review.id, user_id=actor.user_id, section=section))
    _flush_or_conflict(session, "This section was opened in another window at the same moment. Nothing is lost.")
    _record(session, actor, review, "review.evidence_opened", after={"section": section})
    return True


def decide(
    session: Session, *, actor: Actor, review_id: str, verdict: str, reason: str, manifest_sha256: str
) -> Review:
    """Decide on a round, once, on exactly the manifest the actor saw; an approval releases the model.

    Raises
    ------
    NotFoundError, NotAllowedError, SelfApprovalError
        The actor is not a member, does not sign, or wrote a part of the evidence.
    StaleEvidenceError, AlreadyDecidedError
        The evidence changed, or somebody else was faster.
    InvalidInputError
        There is no reason, or evidence is unopened that must be opened at this risk.
    """
    chosen = _parse_verdict(verdict)
    review, standing = get_standing(session, actor=actor, review_id=review_id)
    if refusal := rules.find_decision_refusal(replace(standing, seen_sha256=manifest_sha256), chosen):
        raise refusal
    reason = rules.clean_reason(reason)
    before = review.state
    _settle(session, review, expected=ReviewState.IN_APPROVAL, outcome=rules.OUTCOMES[chosen], seen=manifest_sha256)
    _sign(session, actor, review, chosen, reason)
    superseded = _release(session, actor, review) if chosen == Verdict.APPROVE else []
    _record(
        session,
        actor,
        review,
        f"review.{rules.OUTCOMES[chosen]}",
        before={"state": before},
        after={"state": review.state, "verdict": chosen.value, "superseded": superseded},
        reason=reason,
    )
    return review


def withdraw_review(session: Session, *, actor: Actor, review_id: str, reason: str = "") -> Review:
    """Take back one's own question before anybody decided."""
    review, standing = get_standing(session, actor=actor, review_id=review_id)
    if refusal := rules.find_withdrawal_refusal(standing):
        raise refusal
    _settle(session, review, expected=ReviewState.IN_APPROVAL, outcome=ReviewState.WITHDRAWN)
    _record(session, actor, review, "review.withdrawn", reason=reason.strip() or None)
    return review


def revoke(session: Session, *, actor: Actor, review_id: str, reason: str) -> Review:
    """Take an approval back; the model answers no more from the next request on."""
    review, standing = get_standing(session, actor=actor, review_id=review_id)
    if refusal := rules.find_revocation_refusal(standing):
        raise refusal
    reason = rules.clean_reason(reason)
    _settle(session, review, expected=ReviewState.APPROVED, outcome=ReviewState.REVOKED)
    _sign(session, actor, review, "revoke", reason)
    _end_deployments(session, [review.id])
    _record(session, actor, review, "review.revoked", reason=reason)
    return review


def _get_model(session: Session, model_id: str) -> Model:
    model = session.get(Model, model_id)
    if model is None:
        raise NotFoundError(UNKNOWN_MODEL)
    return model


def _clean_question(question: str) -> str:
    question = " ".join(question.split())
    if not question:
        raise InvalidInputError("Ask a question that can be answered with yes or no.")
    if len(question) > QUESTION_LENGTH:
        raise InvalidInputError(f"The question has {len(question)} characters; {QUESTION_LENGTH} are enough.")
    return question


def _refuse_repetition(session: Session, model: Model, manifest: Manifest) -> None:
    statement = select(Review.state).where(
        Review.model_id == model.id,
        Review.gate == DEPLOYMENT_GATE,
        Review.manifest_sha256 == manifest.sha256,
        col(Review.state).in_([ReviewState.IN_APPROVAL, ReviewState.APPROVED]),
    )
    for state in session.exec(statement):
        waits = state == ReviewState.IN_APPROVAL
        raise ConflictError(f"Exactly this evidence {'waits for a decision' if waits else 'is approved'} already.")


def _supersede(session: Session, model: Model, state: ReviewState, *, keep: str = "") -> list[str]:
    """Close the model's rounds in `state` (but `keep`) in favour of a newer one; their ids."""
    statement = select(Review).where(
        Review.model_id == model.id, Review.gate == DEPLOYMENT_GATE, Review.state == state, Review.id != keep
    )
    older = list(session.exec(statement))
    for review in older:
        _settle(session, review, expected=state, outcome=ReviewState.SUPERSEDED)
    return [review.id for review in older]


def _insert_round(session: Session, actor: Actor, model: Model, question: str, manifest: Manifest) -> Review:
    latest = session.exec(
        select(func.max(Review.round)).where(Review.project_id == model.project_id, Review.gate == manifest.gate)
    ).one()
    review = Review(
        project_id=model.project_id,
        gate=manifest.gate,
        round=(latest or 0) + 1,
        model_id=model.id,
        question=question,
        manifest=manifest.document(),
        manifest_sha256=manifest.sha256,
        requested_by=actor.user_id,
    )
    session.add(review)
    _flush_or_conflict(session, "Somebody else asked for a sign-off at the same moment. Look at theirs first.")
    return review


def _flush_or_conflict(session: Session, sentence: str) -> None:
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError(sentence) from None


def _parse_verdict(verdict: str) -> Verdict:
    try:
        return Verdict(verdict)
    except ValueError:
        raise InvalidInputError("Choose approve, request changes, or reject.") from None


def _settle(
    session: Session, review: Review, *, expected: ReviewState, outcome: ReviewState, seen: str | None = None
) -> None:
    """Move a round on in one statement, so that of several people at the same moment exactly one succeeds."""
    statement = (
        update(Review)
        .where(col(Review.id) == review.id, col(Review.state) == expected)
        .where(col(Review.manifest_sha256) == (seen or review.manifest_sha256))
        .values(state=outcome, decided_at=review.decided_at or utc_now())
    )
    result = session.execute(statement)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise AlreadyDecidedError("Somebody else was faster: this round has moved on. Look at what they decided.")
    session.refresh(review)


def _sign(session: Session, actor: Actor, review: Review, verdict: str, reason: str) -> None:
    session.add(
        Decision(
            review_id=review.id,
            user_id=actor.user_id,
            role_at_time=actor.role,
            verdict=verdict,
            reason=reason,
            manifest_sha256=review.manifest_sha256,
        )
    )
    session.flush()


def _release(session: Session, actor: Actor, review: Review) -> list[str]:
    """Write the approved model into the ledger of deployments, in place of earlier approvals of the same model."""
    model = _get_model(session, review.model_id)
    superseded = _supersede(session, model, ReviewState.APPROVED, keep=review.id)
    _end_deployments(session, superseded)
    session.add(
        Deployment(
            project_id=review.project_id, model_id=review.model_id, review_id=review.id, released_by=actor.user_id
        )
    )
    session.flush()
    return superseded


def _end_deployments(session: Session, review_ids: list[str]) -> None:
    for deployment in session.exec(select(Deployment).where(col(Deployment.review_id).in_(review_ids))):
        deployment.ended_at = utc_now()
        session.add(deployment)
    session.flush()


def _record(
    session: Session,
    actor: Actor,
    review: Review,
    action: str,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
    reason: str | None = None,
) -> None:
    record_event(
        session,
        actor=actor,
        action=action,
        object_type="review",
        object_id=review.id,
        project_id=review.project_id,
        before=before,
        after=after,
        reason=reason,
        manifest_sha256=review.manifest_sha256,
    )
