"""Read models: what a run produced, how good it is, what drives it, and from which score on to act.

What drives a model is not given to everybody at once: see `hides_explanation`. Every model is read through `_view`, so
that pages, programs and jobs cannot differ.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlmodel import Session, col, select

from db.artifacts import get_artifact_store
from db.settings import get_database_settings
from db.tables import Expectation, Job, Model, Project, Run, ThresholdChoice, User
from services.audit.actor import SYSTEM, Actor
from services.automl.family_names import family_label
from services.automl.project_file import run_project, write_project
from services.automl.queries import get_run
from services.automl.queries.goals import find_goal
from services.automl.queries.runs import visible_run
from services.datasets.queries import get_dataset
from services.datasets.tables import stored_types_of
from services.errors import ConflictError, NotFoundError
from services.models.explained import read_explanation
from services.models.report import Evaluation, Explanation, MoneyReport
from services.models.script_facts import KIND as SCRIPT
from services.models.signature import Signature
from services.people.permissions import Permission, is_allowed
from services.projects.queries import authorize_project

UNKNOWN_MODEL = "There is no such model, or you are not a member of its project."


@dataclass(frozen=True, slots=True)
class ThresholdView:
    """From which score on to act, in one immutable version; version 1 is what the run proposed."""

    id: str
    version: int
    threshold: float
    reason: str
    created_by: str
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model with its evaluation, explanation and current threshold. `created_by` started the run that found it.

    There is no `explanation` (and no plain rule beside the model, which would tell the same) for who is to say first
    what they expect.
    """

    id: str
    project_id: str
    run_id: str
    number: int
    name: str
    task: str
    family: str
    metric: str
    digest: str
    pipeline_sha256: str
    onnx_sha256: str | None
    onnx_reason: str | None
    signature: Signature
    evaluation: Evaluation
    evaluation_sha256: str
    explanation: Explanation | None
    explanation_sha256: str
    threshold: ThresholdView | None
    created_by: str
    created_by_name: str
    created_at: datetime

    @property
    def has_onnx(self) -> bool:
        """Whether a verified ONNX twin answers in the web process."""
        return self.onnx_sha256 is not None


def get_model(session: Session, *, actor: Actor, model_id: str) -> ModelView:
    """One model.

    Raises
    ------
    NotFoundError
        There is no such model, or the actor is not a member of its project.
    """
    row = session.get(Model, model_id)
    if row is None:
        raise NotFoundError(UNKNOWN_MODEL)
    authorize_project(
        session, actor=actor, project_id=row.project_id, permission=Permission.SEE_PROJECT, unknown=UNKNOWN_MODEL
    )
    return _view(session, row, actor)


def list_models(session: Session, *, actor: Actor, project_id: str) -> list[ModelView]:
    """The models of a project, newest first."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = select(Model).where(Model.project_id == project_id).order_by(col(Model.number).desc())
    return [_view(session, row, actor) for row in session.exec(statement)]


def list_model_labels(session: Session, *, actor: Actor, project_id: str) -> dict[str, str]:
    """What to call the models of a project by their ids, newest first, where nothing else of them is asked."""
    authorize_project(session, actor=actor, project_id=project_id, permission=Permission.SEE_PROJECT)
    statement = select(Model.id, Model.number, Model.family).where(Model.project_id == project_id)
    found = session.exec(statement.order_by(col(Model.number).desc()))
    return {model_id: f"Model {number}, {family_label(family)}" for model_id, number, family in found}


def find_run_model(session: Session, *, actor: Actor, run_id: str) -> ModelView | None:
    """The model a run produced, the latest of one that was continued; None while it has none."""
    visible_run(session, actor, run_id)
    row = session.exec(select(Model).where(Model.run_id == run_id).order_by(col(Model.generation).desc())).first()
    return _view(session, row, actor) if row else None


def find_model_by_name(session: Session, name: str) -> ModelView | None:
    """The model of this name, whoever asks: the caller checks what the asker may do. Never with its explanation."""
    row = session.exec(select(Model).where(Model.name == name)).first()
    return _view(session, row, None) if row else None


def hides_explanation(session: Session, actor: Actor, model: Model) -> bool:
    """Whether the actor must say what they expect of a model before they may see what drives it.

    Whoever may judge an explanation is asked first, once for each model, and may skip that with a reason. Not asked are
    who started the run, who reads without judging, and the portal itself. Internal: the actor may see the model.
    """
    if not is_allowed(actor, Permission.JUDGE) or session.get_one(Run, model.run_id).created_by == actor.user_id:
        return False
    said = select(Expectation.id).where(Expectation.model_id == model.id, Expectation.user_id == actor.user_id)
    return session.exec(said).first() is None


def get_project_file(session: Session, *, actor: Actor, run_id: str) -> str:
    """The project file of a run: what makes it again with one command.

    Raises
    ------
    NotFoundError
        There is no such run, or the actor is not a member of its project.
    ConflictError
        The run was made elsewhere: what decides its models is not known here.
    """
    run = get_run(session, actor=actor, run_id=run_id)
    if run.imported:
        raise ConflictError("The run was made elsewhere, so there is no file that makes it again here.")
    dataset = get_dataset(session, actor=actor, dataset_id=run.dataset_id)
    model = find_run_model(session, actor=actor, run_id=run_id)
    money = find_goal(session, actor=actor, run_id=run_id)
    with get_artifact_store().open_verified(dataset.table_sha256) as table:
        types = stored_types_of(table)
    name = f"{session.get_one(Project, run.project_id).slug} {run.number}"
    score = model.evaluation.score.value if model else None
    return write_project(run_project(run, dataset, types, name=name, money=money, holdout_score=score))


def find_training_script(session: Session, *, actor: Actor, model_id: str) -> bytes | None:
    """The script that makes a model again without the portal; None until a worker has written it."""
    model = get_model(session, actor=actor, model_id=model_id)
    written = select(Job).where(Job.kind == SCRIPT, Job.subject_id == model.id, Job.state == "done")
    job = session.exec(written.order_by(col(Job.finished_at).desc()).limit(1)).first()
    return get_artifact_store().get(job.result["script_sha256"]) if job is not None and job.result else None


def count_openings(session: Session, run_id: str) -> int:
    """How many models were judged on the rows that a run keeps aside. Internal: the caller may see the run.

    They are the same where data, seed and wishes for the split are, whatever is learned from, or the hash of the split.
    """
    mine = session.get_one(Run, run_id)
    kept = select(Run.dataset_version_id, Run.seed, Run.split, Run.circumstances).join(
        Model, col(Model.run_id) == Run.id
    )
    sha256, wishes = _split_of(mine.circumstances), (mine.dataset_version_id, mine.seed, mine.split or {})
    return sum(
        (dataset_id, seed, split or {}) == wishes or (sha256 is not None and _split_of(circumstances) == sha256)
        for dataset_id, seed, split, circumstances in session.exec(kept.where(Run.project_id == mine.project_id))
    )


def list_thresholds(session: Session, *, actor: Actor, model_id: str) -> list[ThresholdView]:
    """Every threshold ever chosen for a model, newest first."""
    get_model(session, actor=actor, model_id=model_id)
    return _thresholds(session, model_id)


def _view(session: Session, row: Model, actor: Actor | None) -> ModelView:
    run = session.get_one(Run, row.run_id)
    is_hidden = actor is None or hides_explanation(session, actor, row)
    evaluation = _read_evaluation(_storage_url(), row.evaluation_sha256)
    thresholds = _thresholds(session, row.id, limit=1)
    return ModelView(
        id=row.id,
        project_id=row.project_id,
        run_id=row.run_id,
        number=row.number,
        name=row.name,
        task=row.task,
        family=row.family,
        metric=row.metric,
        digest=row.digest,
        pipeline_sha256=row.pipeline_sha256,
        onnx_sha256=row.onnx_sha256,
        onnx_reason=row.onnx_reason,
        signature=Signature.from_document(row.signature),
        evaluation=replace(evaluation, plain=None) if is_hidden else evaluation,
        evaluation_sha256=row.evaluation_sha256,
        explanation=None if is_hidden else read_explanation(row.explanation_sha256),
        explanation_sha256=row.explanation_sha256,
        threshold=thresholds[0] if thresholds else None,
        created_by=run.created_by,
        created_by_name=_name_of(session, run.created_by),
        created_at=row.created_at,
    )


def _split_of(circumstances: Mapping[str, Any] | None) -> Any:
    """The hash of what is learned from and judged on; None before the rows were dealt."""
    return (circumstances or {}).get("split", {}).get("sha256")


def _thresholds(session: Session, model_id: str, limit: int | None = None) -> list[ThresholdView]:
    statement = (
        select(ThresholdChoice)
        .where(ThresholdChoice.model_id == model_id)
        .order_by(col(ThresholdChoice.version).desc())
        .limit(limit)
    )
    return [threshold_view(session, row) for row in session.exec(statement)]


def threshold_view(session: Session, row: ThresholdChoice) -> ThresholdView:
    """The row as a page sees it."""
    return ThresholdView(
        id=row.id,
        version=row.version,
        threshold=row.threshold,
        reason=row.reason,
        created_by=row.created_by,
        created_by_name=_name_of(session, row.created_by),
        created_at=row.created_at,
    )


def _name_of(session: Session, user_id: str) -> str:
    if user_id == SYSTEM.user_id:
        return SYSTEM.name
    user = session.get(User, user_id)
    return user.name if user else "somebody"


def _storage_url() -> str:
    return get_database_settings().storage_url


def read_evaluation(digest: str) -> Evaluation:
    """What was measured of a model, by the hash of the file. Internal: the caller may see the model."""
    return _read_evaluation(_storage_url(), digest)


def read_money(digest: str) -> MoneyReport | None:
    """The money of an evaluation without its curves, for who reads hundreds. Internal: the caller may see the model."""
    money = _read_json(digest).get("money")
    return None if money is None else MoneyReport.from_document(money)


@lru_cache(maxsize=64)
def _read_evaluation(_storage: str, digest: str) -> Evaluation:
    return Evaluation.from_document(_read_json(digest))


def _read_json(digest: str) -> dict[str, Any]:
    """Content-addressed, so the answer for a digest never changes and may be kept."""
    document: dict[str, Any] = json.loads(get_artifact_store().get(digest))
    return document
