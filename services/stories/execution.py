"""The work behind an explanation: read the model and its data, look in a child process, keep what was found."""

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from services.audit.actor import Actor
from services.audit.commands import record_event
from services.automl.preparation import Preparation
from services.errors import ConflictError
from services.jobs.handler import JobRequest, Report
from services.jobs.watched_child import Say, compute_watched
from services.models.queries import ModelView, get_model
from services.models.report import ExampleRow
from services.models.run_data import load_preparation
from services.stories.changeable import Changeable
from services.stories.queries import ASKED_FIRST, find_basis
from services.stories.request import StoryRequest
from services.stories.telling import Asked

CHANGED = "The model or its explanation is no longer what it was when this was asked. Ask again."
CHANGED_BASIS = "What can be changed is no longer what it was when this was asked. Ask again."


@dataclass(frozen=True)
class Known:
    """What the database says of a model that is told of."""

    model: ModelView
    examples: tuple[ExampleRow, ...]
    changeable: tuple[Changeable, ...]
    without: tuple[str, ...]


def look_behind_explanation(request: JobRequest, report: Report) -> dict[str, Any]:
    """explanation.deepen: shapes, clusters, pairs, stability and segments, and the stories of the examples."""
    asked = StoryRequest.from_document(request.request)
    known = _read(request.actor, asked, report)
    rows = tuple(example.row_number for example in known.examples)
    labels = tuple(example.label for example in known.examples)
    content = _compute(known, asked, rows, labels, report)
    return _settle(request, report, known.model, "explanation.deepened", {"report_sha256": _put(content)})


def tell_story_of_case(request: JobRequest, report: Report) -> dict[str, Any]:
    """explanation.tell_case: the story of one row."""
    asked = StoryRequest.from_document(request.request)
    known = _read(request.actor, asked, report)
    assert asked.row is not None  # the command asks about a row
    content = _compute(known, asked, (asked.row,), ("",), report, is_single=True)
    return _settle(request, report, known.model, "explanation.case_told", {"story_sha256": _put(content)})


def _read(actor: Actor, asked: StoryRequest, report: Report) -> Known:
    report(None, "Reading the model and its data")
    with reading() as session:
        return _known(session, actor, asked)


def _known(session: Session, actor: Actor, asked: StoryRequest) -> Known:
    model = get_model(session, actor=actor, model_id=asked.model_id)
    if model.explanation is None:
        raise ConflictError(ASKED_FIRST)
    if not asked.is_about(model.digest, model.explanation_sha256):
        raise ConflictError(CHANGED)
    basis = find_basis(session, actor=actor, model=model)
    if asked.basis not in ("", basis.digest):  # "" was asked before bases were written down
        raise ConflictError(CHANGED_BASIS)
    return Known(model, model.explanation.examples, basis.changeable, basis.without)


def _compute(
    known: Known,
    asked: StoryRequest,
    rows: tuple[int, ...],
    labels: tuple[str, ...],
    report: Report,
    *,
    is_single: bool = False,
) -> bytes:
    model = known.model
    preparation = load_preparation(model.run_id, report.find_interruption)
    threshold = asked.threshold if model.task == "binary" else None
    return compute_watched(
        _work,
        get_artifact_store().get(model.pipeline_sha256),
        model.family,
        preparation,
        Asked(rows, labels, threshold, known.changeable, known.without),
        is_single,
        report=report,
    )


def _work(pipeline: bytes, family: str, preparation: Preparation, asked: Asked, is_single: bool, say: Say) -> bytes:
    """In a child: the report, or the story, as it will be stored."""
    from services.models.pipeline_file import load_pipeline
    from services.stories.deepening import look_behind, tell_case

    find = tell_case if is_single else look_behind
    found = find(load_pipeline(pipeline), family, preparation, asked, say)
    return json.dumps(found.document(), allow_nan=False).encode("utf-8")


def _put(content: bytes) -> str:
    return get_artifact_store().put(content)


def _settle(request: JobRequest, report: Report, model: ModelView, action: str, kept: dict[str, Any]) -> dict[str, Any]:
    result = {"model_id": model.id, **kept}
    with transaction() as session:
        report.settle(session, result)
        record_event(
            session,
            actor=request.actor,
            action=action,
            object_type="model",
            object_id=model.id,
            project_id=request.project_id,
            after={"explanation_sha256": model.explanation_sha256, **kept},
        )
    return result
