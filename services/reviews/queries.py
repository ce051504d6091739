"""Read rounds of review: the evidence as it is now, as it was signed, and what that means for one person."""

from typing import Any, TypeVar

from sqlmodel import Session, col, select

from db.artifacts import ArtifactDamagedError, ArtifactMissingError
from db.tables import (
    DatasetVersion,
    Decision,
    EvidenceAuthor,
    EvidenceOpening,
    FairnessAssessment,
    FairnessTolerance,
    LeverRow,
    Model,
    ObjectiveVersion,
    Project,
    ProjectMember,
    Review,
    Run,
    ThresholdChoice,
    User,
    ValuationVersion,
)
from services.audit.actor import Actor
from services.errors import NotFoundError, PortalError
from services.fairness.queries import terms_of
from services.interpretations.queries import find_acceptance
from services.interpretations.views import AcceptanceView
from services.models.queries import UNKNOWN_MODEL, read_evaluation
from services.people.permissions import Permission, is_allowed
from services.projects.queries import authorize_project, list_projects
from services.reviews import facts, rules
from services.reviews.authorship import Contribution
from services.reviews.errors import EvidenceMissingError
from services.reviews.manifest import Change, Manifest, bind, diff, from_document
from services.reviews.rules import STALE, ReviewState, Standing
from services.reviews.stakes import Stakes, price
from services.reviews.views import AuthorView, DecisionView, OpeningView, ReviewView
from services.valuation.queries import get_valuation

Version = TypeVar("Version", ObjectiveVersion, ValuationVersion, DatasetVersion, FairnessTolerance)
OfModel = TypeVar("OfModel", ThresholdChoice, FairnessAssessment)
_OF_PROJECT: dict[str, Any] = {
    "objective": ObjectiveVersion,
    "valuation": ValuationVersion,
    "dataset": DatasetVersion,
    "tolerance": FairnessTolerance,
}
_OF_MODEL: dict[str, Any] = {"threshold": ThresholdChoice, "fairness": FairnessAssessment}
_UNKNOWN = "There is no such sign-off, or you are not a member of its project."


def get_review(session: Session, *, actor: Actor, review_id: str) -> ReviewView:
    """One round as the actor sees it.

    Raises
    ------
    NotFoundError
        There is no such round, or the actor is not a member of its project.
    """
    return _view(session, actor, _get_row(session, actor, review_id))


def list_reviews(session: Session, *, actor: Actor) -> list[ReviewView]:
    """The rounds of every project the actor may see, newest first."""
    project_ids = [project.id for project in list_projects(session, actor=actor)]
    statement = select(Review).where(col(Review.project_id).in_(project_ids)).order_by(col(Review.requested_at).desc())
    return [_view(session, actor, review) for review in session.exec(statement)]


def find_model_review(session: Session, *, actor: Actor, model_id: str) -> ReviewView | None:
    """The newest round about a model, None before the first."""
    model = session.get(Model, model_id)
    if model is None:
        raise NotFoundError(UNKNOWN_MODEL)
    authorize_project(
        session, actor=actor, project_id=model.project_id, permission=Permission.SEE_PROJECT, unknown=UNKNOWN_MODEL
    )
    statement = select(Review).where(Review.model_id == model_id).order_by(col(Review.round).desc()).limit(1)
    review = session.exec(statement).first()
    return _view(session, actor, review) if review else None


def get_evidence(session: Session, model: Model) -> Manifest:
    """The manifest of a model as its evidence is at this moment. Internal: the caller has authorised the actor."""
    versions: dict[str, Any] = {
        kind: _latest(session, table, model.project_id) for kind, table in _OF_PROJECT.items()
    } | {"fairness": _latest_of(session, FairnessAssessment, model.id)}
    threshold, tolerance = _latest_of(session, ThresholdChoice, model.id), versions["tolerance"]
    in_force = tolerance.id if tolerance else None, threshold.threshold if threshold else None
    words = facts.OF_ONE_ROW | {
        "objective": lambda row: facts.objective_facts(row, _levers(session, row["id"])),
        "fairness": lambda row: facts.assessment_facts(row, terms_of(session, row, in_force)),
    }
    return bind(
        model.model_dump(),
        {kind: row.model_dump() if row else None for kind, row in versions.items()},
        threshold.model_dump() if threshold else None,
        lambda kind, row: words[kind](row) if kind in words else (),
    )


def require_complete_evidence(session: Session, model: Model) -> None:
    """Raise `EvidenceMissingError` with one sentence for each piece a sign-off of this model would lack."""
    problems: list[str] = []
    if _latest(session, ObjectiveVersion, model.project_id) is None:
        problems.append("Nobody has written the objective yet: say what should get better.")
    if model.task == "binary" and _latest(session, ValuationVersion, model.project_id) is None:
        problems.append("Nobody has said what right and wrong calls are worth: fill in Money.")
    if model.task == "binary" and _latest_of(session, ThresholdChoice, model.id) is None:
        problems.append("No threshold is chosen: choose one on the page of the model.")
    dataset, run = _latest(session, DatasetVersion, model.project_id), session.get_one(Run, model.run_id)
    if dataset is not None and dataset.id != run.dataset_version_id:
        trained_on = session.get_one(DatasetVersion, run.dataset_version_id)
        problems.append(
            f"The model was trained on version {trained_on.version} of the data, and version {dataset.version} is "
            "current: train again, then ask."
        )
    if problems:
        raise EvidenceMissingError(*problems)


def list_contributions(session: Session, model: Model, review: Review) -> list[Contribution]:
    """Every version anybody wrote of this evidence, the run, and the question itself; the portal's own are left out."""
    run = session.get_one(Run, model.run_id)
    found = [
        Contribution("run", run.created_by, 1, run.created_at),
        Contribution("request", review.requested_by, 1, review.requested_at),
    ]
    for kind, of_project in _OF_PROJECT.items():
        rows = session.exec(select(of_project).where(col(of_project.project_id) == model.project_id))
        found += [Contribution(kind, row.created_by, row.version, row.created_at) for row in rows]
    for kind, of_model in _OF_MODEL.items():
        rows = session.exec(select(of_model).where(col(of_model.model_id) == model.id))
        found += [Contribution(kind, row.created_by, row.version, row.created_at) for row in rows]
    return [contribution for contribution in found if contribution.user_id != "system"]


def get_standing(session: Session, *, actor: Actor, review_id: str) -> tuple[Review, Standing]:
    """A round, and the actor before it: the facts every rule is decided on."""
    review = _get_row(session, actor, review_id)
    model = session.get_one(Model, review.model_id)
    return review, _standing(
        session, actor, review, get_evidence(session, model), find_acceptance(session, actor, model)
    )


def _get_row(session: Session, actor: Actor, review_id: str) -> Review:
    review = session.get(Review, review_id)
    if review is None:
        raise NotFoundError(_UNKNOWN)
    authorize_project(
        session, actor=actor, project_id=review.project_id, permission=Permission.SEE_PROJECT, unknown=_UNKNOWN
    )
    return review


def _standing(
    session: Session, actor: Actor, review: Review, current: Manifest, acceptance: AcceptanceView | None
) -> Standing:
    mine = select(EvidenceOpening.section).where(
        EvidenceOpening.review_id == review.id, EvidenceOpening.user_id == actor.user_id
    )
    authored = select(EvidenceAuthor.authored).where(
        EvidenceAuthor.review_id == review.id, EvidenceAuthor.user_id == actor.user_id
    )
    member = select(ProjectMember.id).where(
        ProjectMember.project_id == review.project_id, ProjectMember.user_id == actor.user_id
    )
    is_understood = acceptance is not None and acceptance.is_in_effect
    return Standing(
        state=ReviewState(review.state),
        tier=session.get_one(Project, review.project_id).risk_tier,
        is_member=session.exec(member).first() is not None,
        may_sign=is_allowed(actor, Permission.DECIDE),
        is_requester=review.requested_by == actor.user_id,
        authored=session.exec(authored).first(),
        opened=frozenset(session.exec(mine)),
        frozen_sha256=review.manifest_sha256,
        current_sha256=current.sha256,
        seen_sha256=review.manifest_sha256,
        is_understood=is_understood,
        accepted_it=is_understood and acceptance is not None and acceptance.user_id == actor.user_id,
    )


def _view(session: Session, actor: Actor, review: Review) -> ReviewView:
    project, model = session.get_one(Project, review.project_id), session.get_one(Model, review.model_id)
    frozen, current = from_document(review.manifest), get_evidence(session, model)
    acceptance = find_acceptance(session, actor, model)
    standing = _standing(session, actor, review, current, acceptance)
    state = rules.state_now(review.state, is_changed=standing.is_stale)
    return ReviewView(
        id=review.id,
        project_id=project.id,
        project_name=project.name,
        risk_tier=project.risk_tier,
        gate=review.gate,
        round=review.round,
        model_id=model.id,
        model_name=model.name,
        question=review.question,
        state=state,
        recorded_state=ReviewState(review.state),
        manifest=frozen,
        manifest_sha256=review.manifest_sha256,
        changes=tuple(diff(frozen, current)) if state == STALE else (),
        changes_since_approval=_changes_since_approval(session, review, frozen),
        requested_by=review.requested_by,
        requested_by_name=_name(session, review.requested_by),
        requested_at=review.requested_at,
        decided_at=review.decided_at,
        authors=_authors(session, review.id),
        openings=_openings(session, review.id),
        decisions=_decisions(session, review.id),
        decision_refusal=_sentence(rules.find_decision_refusal(standing)),
        may_withdraw=rules.find_withdrawal_refusal(standing) is None,
        may_revoke=rules.find_revocation_refusal(standing) is None,
        opened=standing.opened,
        stakes=_stakes(session, actor, model, frozen),
        acceptance=acceptance,
        interpretability_refusal=_sentence(rules.find_interpretability_refusal(standing)),
    )


def _changes_since_approval(session: Session, review: Review, frozen: Manifest) -> tuple[Change, ...] | None:
    statement = (
        select(Review)
        .join(Decision, col(Decision.review_id) == Review.id)
        .where(Review.project_id == review.project_id, Review.gate == review.gate, Review.round < review.round)
        .where(Decision.verdict == rules.Verdict.APPROVE)
        .order_by(col(Review.round).desc())
        .limit(1)
    )
    approved = session.exec(statement).first()
    return tuple(diff(from_document(approved.manifest), frozen)) if approved else None


def _authors(session: Session, review_id: str) -> tuple[AuthorView, ...]:
    rows = session.exec(select(EvidenceAuthor).where(EvidenceAuthor.review_id == review_id))
    found = (AuthorView(row.user_id, _name(session, row.user_id), row.authored) for row in rows)
    return tuple(sorted(found, key=lambda author: author.name))


def _openings(session: Session, review_id: str) -> tuple[OpeningView, ...]:
    sections: dict[str, set[str]] = {}
    for row in session.exec(select(EvidenceOpening).where(EvidenceOpening.review_id == review_id)):
        sections.setdefault(row.user_id, set()).add(row.section)
    return tuple(OpeningView(user, _name(session, user), frozenset(opened)) for user, opened in sections.items())


def _decisions(session: Session, review_id: str) -> tuple[DecisionView, ...]:
    statement = select(Decision).where(Decision.review_id == review_id).order_by(col(Decision.decided_at))
    return tuple(
        DecisionView(
            row.user_id, _name(session, row.user_id), row.role_at_time, row.verdict, row.reason, row.decided_at
        )
        for row in session.exec(statement)
    )


def _stakes(session: Session, actor: Actor, model: Model, frozen: Manifest) -> Stakes | None:
    valuation, chosen = frozen.find("valuation"), frozen.find("threshold")
    if valuation is None or chosen is None:
        return None
    assumptions = get_valuation(session, actor=actor, valuation_id=valuation.id).assumptions
    try:
        evaluation = read_evaluation(model.evaluation_sha256)
    except (ArtifactMissingError, ArtifactDamagedError):
        return None  # the list of what waits must open all the same; the page of the model says what is wrong
    return price(evaluation, assumptions, session.get_one(ThresholdChoice, chosen.id).threshold)


def _latest(session: Session, table: type[Version], project_id: str) -> Version | None:
    statement = select(table).where(col(table.project_id) == project_id).order_by(col(table.version).desc()).limit(1)
    return session.exec(statement).first()


def _latest_of(session: Session, table: type[OfModel], model_id: str) -> OfModel | None:
    statement = select(table).where(col(table.model_id) == model_id).order_by(col(table.version).desc()).limit(1)
    return session.exec(statement).first()


def _levers(session: Session, objective_id: str) -> list[dict[str, Any]]:
    statement = select(LeverRow).where(LeverRow.objective_version_id == objective_id).order_by(col(LeverRow.position))
    return [lever.model_dump() for lever in session.exec(statement)]


def _name(session: Session, user_id: str) -> str:
    user = session.get(User, user_id)
    return user.name if user else "The portal"


def _sentence(refusal: PortalError | None) -> str | None:
    return refusal.sentence if refusal else None
