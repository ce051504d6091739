"""Read whether a model may answer, decided afresh at every look: a change blocks with the next request."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db.artifacts import ArtifactDamagedError, ArtifactMissingError, get_artifact_store
from db.tables import DatasetVersion, Decision, Deployment, Model, Review, Run, ThresholdChoice, User
from services.audit.actor import Actor
from services.audit.canonical import sha256_of
from services.datasets.profile import TableProfile
from services.datasets.recipe.new_rows import derived_columns, steps_on_cells
from services.datasets.recipe.steps import Step
from services.deployments.asked_columns import asked_signature
from services.deployments.errors import ModelDamagedError, PredictionBlockedError
from services.errors import NotFoundError
from services.models.queries import UNKNOWN_MODEL
from services.models.signature import Signature
from services.people.permissions import Permission
from services.projects.queries import authorize_project
from services.reviews.manifest import DEPLOYMENT_GATE, diff, from_document
from services.reviews.queries import get_evidence
from services.reviews.rules import ReviewState, Verdict

_NOT_APPROVED = {  # by the state of the newest round
    None: "Nobody has been asked to approve this model. Ask for a sign-off on its page.",
    ReviewState.IN_APPROVAL: "The sign-off of this model waits for a decision.",
    ReviewState.CHANGES_REQUESTED: "The sign-off of this model ended with a request for changes.",
    ReviewState.REJECTED: "The release of this model was rejected.",
    ReviewState.WITHDRAWN: "The request to release this model was withdrawn. Ask for a new sign-off.",
    ReviewState.REVOKED: "The approval of this model was revoked. Ask for a new sign-off.",
    ReviewState.SUPERSEDED: "No approval of this model is in effect. Ask for a new sign-off.",
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a model may answer at this moment, and why (not), in one sentence."""

    model_id: str
    model_name: str
    project_id: str
    digest: str
    is_allowed: bool
    reason: str
    review_id: str | None = None
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What scoring needs of a model: nothing here can change while it answers.

    `steps` are those of the data it learned from that rewrite or derive cells of its columns, `asked` its signature as
    callers see it; None where that is its own.
    """

    id: str
    name: str
    number: int
    project_id: str
    digest: str
    pipeline_sha256: str
    onnx_sha256: str | None
    signature: Signature
    threshold: float | None
    steps: tuple[Step, ...] = ()
    asked: Signature | None = None

    @property
    def takes(self) -> Signature:
        """What a caller gives: derived columns are computed here."""
        return self.asked or self.signature


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """One line of the ledger: which model was released when and by whom."""

    model_id: str
    model_name: str
    review_id: str
    released_by_name: str
    released_at: datetime
    ended_at: datetime | None


def find_allowance(session: Session, *, model_name: str) -> Allowance:
    """Whether a model may answer now: an approval exists, nobody took it back, and its manifest is still true.

    Nothing is cached: the evidence is compared at every call.

    Raises
    ------
    NotFoundError
        There is no such model.
    """
    model = _get_model(session, model_name)
    approval = _find_approval(session, model)
    if approval is None:
        return _blocked(model, _NOT_APPROVED[_newest_state(session, model)])
    review, decision = approval
    current = get_evidence(session, model)
    if current.sha256 != review.manifest_sha256:
        changes = "; ".join(change.sentence for change in diff(from_document(review.manifest), current))
        return _blocked(model, f"The approval is stale: {changes}. Ask for a new sign-off.")
    approver = session.get_one(User, decision.user_id).name
    return Allowance(
        model_id=model.id,
        model_name=model.name,
        project_id=model.project_id,
        digest=model.digest,
        is_allowed=True,
        reason=f"Approved by {approver} on {decision.decided_at.day} {decision.decided_at:%B}.",
        review_id=review.id,
        approved_at=decision.decided_at,
    )


def get_project_id(session: Session, *, model_name: str) -> str:
    """Whose model it is. Internal: the caller checks that it may be known.

    Raises
    ------
    NotFoundError
        There is no such model.
    """
    return _get_model(session, model_name).project_id


def get_allowance(session: Session, *, actor: Actor, model_name: str) -> Allowance:
    """As `find_allowance`, for a person: a model of a project they are not in does not exist for them."""
    allowance = find_allowance(session, model_name=model_name)
    authorize_project(
        session, actor=actor, project_id=allowance.project_id, permission=Permission.SEE_PROJECT, unknown=UNKNOWN_MODEL
    )
    return allowance


def get_served_model(session: Session, *, actor: Actor, model_name: str) -> ServedModel:
    """A model as it may be asked by this person.

    Raises
    ------
    NotFoundError
        There is no such model, or the actor is not a member of its project.
    PredictionBlockedError
        No approval covers the model as it is now; the sentence says why.
    ModelDamagedError
        The stored digest does not match the files it names.
    """
    allowance = find_allowance(session, model_name=model_name)
    authorize_project(
        session, actor=actor, project_id=allowance.project_id, permission=Permission.PREDICT, unknown=UNKNOWN_MODEL
    )
    if not allowance.is_allowed:
        raise PredictionBlockedError(f"Predictions of {model_name} are blocked. {allowance.reason}")
    return _served(session, session.get_one(Model, allowance.model_id))


def get_simulated_model(session: Session, *, actor: Actor, model_id: str) -> ServedModel:
    """A model as it may be asked what levers would change in cases of its own data, also before it is approved.

    Nothing else may be asked of it so: who uses it for new cases takes `get_served_model`.
    """
    model = session.get(Model, model_id)
    if model is None:
        raise NotFoundError(UNKNOWN_MODEL)
    authorize_project(
        session, actor=actor, project_id=model.project_id, permission=Permission.SIMULATE, unknown=UNKNOWN_MODEL
    )
    return _served(session, model)


def get_signature(session: Session, *, actor: Actor, model_name: str) -> tuple[Signature, int]:
    """What callers give a model and what it gives, and its number, also before it is approved."""
    model = _get_seen_model(session, actor, model_name)
    _, asked = _asked(session, model, Signature.from_document(model.signature))
    return asked, model.number


def list_steps_before(session: Session, *, actor: Actor, model_name: str) -> tuple[Step, ...]:
    """What is done to the cells of a row before the model sees them, also before it is approved."""
    model = _get_seen_model(session, actor, model_name)
    return _asked(session, model, Signature.from_document(model.signature))[0]


def list_deployments(session: Session, *, actor: Actor, project_id: str) -> list[DeploymentView]:
    """The ledger of a project, newest release first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = (
        select(Deployment, Model.name, User.name)
        .join(Model, col(Model.id) == Deployment.model_id)
        .join(User, col(User.id) == Deployment.released_by)
        .where(Deployment.project_id == project_id)
        .order_by(col(Deployment.released_at).desc())
    )
    return [
        DeploymentView(row.model_id, model_name, row.review_id, person, row.released_at, row.ended_at)
        for row, model_name, person in session.exec(statement)
    ]


def read_artifact(sha256: str) -> bytes:
    """A stored file of a model, verified against its digest.

    Raises
    ------
    ModelDamagedError
        It is missing or was changed.
    """
    try:
        return get_artifact_store().get(sha256)
    except (ArtifactMissingError, ArtifactDamagedError):
        raise ModelDamagedError(
            "A file of this model is missing or was changed after it was stored. It is not used: restore a backup."
        ) from None


def _get_model(session: Session, name: str) -> Model:
    model = session.exec(select(Model).where(Model.name == name)).first()
    if model is None:
        raise NotFoundError(UNKNOWN_MODEL)
    return model


def _get_seen_model(session: Session, actor: Actor, name: str) -> Model:
    """The model, for somebody of its project; whether it may answer is not asked, which takes longest."""
    model = _get_model(session, name)
    see = Permission.SEE_PROJECT
    authorize_project(session, actor=actor, project_id=model.project_id, permission=see, unknown=UNKNOWN_MODEL)
    return model


def _find_approval(session: Session, model: Model) -> tuple[Review, Decision] | None:
    """The approved round in effect and the decision that made it so; a state without its decision does not count."""
    statement = (
        select(Review, Decision)
        .join(Decision, col(Decision.review_id) == Review.id)
        .where(Review.model_id == model.id, Review.gate == DEPLOYMENT_GATE, Review.state == ReviewState.APPROVED)
        .where(Decision.verdict == Verdict.APPROVE, col(Decision.manifest_sha256) == Review.manifest_sha256)
        .order_by(col(Review.round).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def _newest_state(session: Session, model: Model) -> ReviewState | None:
    statement = select(Review.state).where(Review.model_id == model.id, Review.gate == DEPLOYMENT_GATE)
    state = session.exec(statement.order_by(col(Review.round).desc()).limit(1)).first()
    return ReviewState(state) if state and state != ReviewState.APPROVED else None


def _blocked(model: Model, reason: str) -> Allowance:
    return Allowance(model.id, model.name, model.project_id, model.digest, is_allowed=False, reason=reason)


def _served(session: Session, model: Model) -> ServedModel:
    signature = Signature.from_document(model.signature)
    parts = {"pipeline": model.pipeline_sha256, "onnx": model.onnx_sha256, "signature": signature.document()}
    if sha256_of(parts) != model.digest:
        raise ModelDamagedError("The files of this model are not the ones that were registered. It is not used.")
    steps, asked = _asked(session, model, signature)
    choice = session.exec(
        select(ThresholdChoice.threshold)
        .where(ThresholdChoice.model_id == model.id)
        .order_by(col(ThresholdChoice.version).desc())
        .limit(1)
    ).first()
    return ServedModel(
        id=model.id,
        name=model.name,
        number=model.number,
        project_id=model.project_id,
        digest=model.digest,
        pipeline_sha256=model.pipeline_sha256,
        onnx_sha256=model.onnx_sha256,
        signature=signature,
        threshold=choice,
        steps=steps,
        asked=asked,
    )


def _asked(session: Session, model: Model, signature: Signature) -> tuple[tuple[Step, ...], Signature]:
    """What is done to the cells of a row before the model sees them, and what a caller has to give for that."""
    of_run = (col(Run.dataset_version_id) == DatasetVersion.id, Run.id == model.run_id)
    recipe = session.exec(select(DatasetVersion.recipe).join(Run, of_run[0]).where(of_run[1])).one()
    steps = steps_on_cells(recipe, signature.names)
    if not derived_columns(steps):  # a profile is large: it is read for those only
        return steps, signature
    profile = session.exec(select(DatasetVersion.profile).join(Run, of_run[0]).where(of_run[1])).one()
    return steps, asked_signature(signature, steps, TableProfile.from_document(dict(profile)).columns)
