"""Keep what a run found as a model, and choose from which score on to act."""

import math
from dataclasses import replace
from typing import Protocol

from sqlmodel import Session, col, func, select

from db.artifacts import get_artifact_store
from db.tables import Model, Project, Run, ThresholdChoice
from services.audit.actor import SYSTEM, Actor
from services.audit.canonical import canonical_json, sha256_of
from services.audit.commands import record_event
from services.automl.queries import UNKNOWN_RUN
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.jobs.commands import enqueue_job
from services.jobs.views import JobView
from services.models.queries import UNKNOWN_MODEL, ThresholdView, get_model, threshold_view
from services.models.report import Evaluation, Explanation
from services.models.script_facts import KIND as SCRIPT
from services.models.signature import Signature
from services.people.permissions import Permission
from services.projects.queries import authorize_project

REASON_LENGTH = 500
_PROPOSED = "Proposed by the run: it earned the most on rows the model was not fitted on."


class FinishedParts(Protocol):
    """What is kept of a finished model (`services.models.finishing.FinishedModel` has more)."""

    @property
    def family(self) -> str:
        """The kind of model."""

    @property
    def threshold(self) -> float | None:
        """From which score on to act; None where the answer is not yes or no."""

    @property
    def evaluation(self) -> Evaluation:
        """How good it is on rows kept aside."""

    @property
    def explanation(self) -> Explanation:
        """What drives it."""

    @property
    def signature(self) -> Signature:
        """What it takes and gives."""

    @property
    def onnx(self) -> bytes | None:
        """Its verified ONNX twin."""

    @property
    def onnx_reason(self) -> str | None:
        """Why there is no twin."""

    @property
    def row_effects(self) -> bytes | None:
        """What each column did to each explained row."""

    @property
    def pipeline_file(self) -> bytes:
        """The fitted pipeline, as stored."""


def register_model(session: Session, *, actor: Actor = SYSTEM, run_id: str, finished: FinishedParts) -> Model:
    """Keep the model of a run, with the threshold it proposes. Registering a run's model again changes nothing.

    A run that was continued after its end has another model for each time it ended.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(UNKNOWN_RUN)
    project = authorize_project(
        session, actor=actor, project_id=run.project_id, permission=Permission.START_RUN, unknown=UNKNOWN_RUN
    )
    session.refresh(project, with_for_update=True)  # one registration at a time numbers the next model
    known = session.exec(select(Model).where(Model.run_id == run_id, Model.generation == run.generation)).first()
    if known is not None:
        return known
    model = _new_model(session, run, finished)
    session.add(model)
    session.flush()
    if finished.threshold is not None:
        session.add(_threshold_row(model.id, 1, finished.threshold, _origin(finished), actor))
    record_event(
        session,
        actor=actor,
        action="model.registered",
        object_type="model",
        object_id=model.id,
        project_id=model.project_id,
        after={"name": model.name, "digest": model.digest, "run_id": run_id, "threshold": finished.threshold},
    )
    return model


def choose_threshold(session: Session, *, actor: Actor, model_id: str, threshold: float, reason: str) -> ThresholdView:
    """Act from another score on. Each choice is a new version; choosing the current one again makes none.

    Raises
    ------
    InvalidInputError
        The threshold is not between 0 and 1, or no reason is given.
    ConflictError
        The model does not answer yes or no.
    """
    model = session.get(Model, model_id, with_for_update=True)
    if model is None:
        raise NotFoundError(UNKNOWN_MODEL)
    authorize_project(
        session, actor=actor, project_id=model.project_id, permission=Permission.CHOOSE_THRESHOLD, unknown=UNKNOWN_MODEL
    )
    reason = _checked_choice(model, threshold, reason)
    current = _current_threshold(session, model_id)
    if current is not None and current.threshold == threshold:
        return threshold_view(session, current)
    row = _threshold_row(model_id, current.version + 1 if current else 1, threshold, reason, actor)
    session.add(row)
    session.flush()
    record_event(
        session,
        actor=actor,
        action="threshold.chosen",
        object_type="model",
        object_id=model_id,
        project_id=model.project_id,
        before={"threshold": current.threshold, "version": current.version} if current else None,
        after={"threshold": threshold, "version": row.version},
        reason=reason,
    )
    return threshold_view(session, row)


def request_training_script(session: Session, *, actor: Actor, model_id: str) -> JobView:
    """Ask a worker for the script that makes a model again without the portal."""
    model = get_model(session, actor=actor, model_id=model_id)
    return enqueue_job(
        session,
        actor=actor,
        project_id=model.project_id,
        kind=SCRIPT,
        request={"model_id": model.id},
        subject_id=model.id,
        permission=Permission.SEE_PROJECT,
    )


def _new_model(session: Session, run: Run, finished: FinishedParts) -> Model:
    store = get_artifact_store()
    signature = finished.signature.document()
    pipeline_sha256 = store.put(finished.pipeline_file)
    onnx_sha256 = store.put(finished.onnx) if finished.onnx is not None else None
    explanation = finished.explanation
    if finished.row_effects is not None:
        explanation = replace(explanation, rows_sha256=store.put(finished.row_effects))
    number = _next_number(session, run.project_id)
    return Model(
        project_id=run.project_id,
        run_id=run.id,
        generation=run.generation,
        number=number,
        name=f"{session.get_one(Project, run.project_id).slug}-{number}",
        task=run.task,
        family=finished.family,
        metric=run.metric,
        pipeline_sha256=pipeline_sha256,
        onnx_sha256=onnx_sha256,
        onnx_reason=finished.onnx_reason,
        signature=signature,
        evaluation_sha256=store.put(canonical_json(finished.evaluation.document())),
        explanation_sha256=store.put(canonical_json(explanation.document())),
        digest=sha256_of({"pipeline": pipeline_sha256, "onnx": onnx_sha256, "signature": signature}),
    )


def _next_number(session: Session, project_id: str) -> int:
    return (session.exec(select(func.max(Model.number)).where(Model.project_id == project_id)).one() or 0) + 1


def _origin(finished: FinishedParts) -> str:
    money = finished.evaluation.money
    return money.threshold_origin if money else _PROPOSED


def _threshold_row(model_id: str, version: int, threshold: float, reason: str, actor: Actor) -> ThresholdChoice:
    return ThresholdChoice(
        model_id=model_id, version=version, threshold=threshold, reason=reason, created_by=actor.user_id
    )


def _current_threshold(session: Session, model_id: str) -> ThresholdChoice | None:
    statement = select(ThresholdChoice).where(ThresholdChoice.model_id == model_id)
    return session.exec(statement.order_by(col(ThresholdChoice.version).desc()).limit(1)).first()


def _checked_choice(model: Model, threshold: float, reason: str) -> str:
    if model.task != "binary":
        raise ConflictError("This model does not answer yes or no, so it has no threshold.")
    if not math.isfinite(threshold) or not 0 <= threshold <= 1:
        raise InvalidInputError("The threshold is a probability: choose a number from 0 to 1.")
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInputError("Say in a sentence why this threshold is right; the people who sign will read it.")
    if len(reason) > REASON_LENGTH:
        raise InvalidInputError(f"The reason has {len(reason)} characters; {REASON_LENGTH} are enough.")
    return reason
