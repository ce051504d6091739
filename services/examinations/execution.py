"""The work of an examination: read the model and its data, examine in a child process, keep what was found."""

import json
from typing import Any

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import ModelAssertion
from services.audit.actor import SYSTEM
from services.audit.canonical import canonical_json
from services.audit.commands import record_event
from services.automl.preparation import Preparation
from services.datasets.queries import get_dataset
from services.examinations.assertions import Asked, Assertion
from services.examinations.examining import Known, examine
from services.examinations.queries import get_asked
from services.examinations.sentences import describe_short
from services.jobs.handler import JobRequest, Report
from services.jobs.watched_child import Say, compute_watched
from services.models.queries import count_openings, get_model
from services.models.run_data import load_preparation


def run_examination(request: JobRequest, report: Report) -> dict[str, Any]:
    """model.examine: checks, worst slices, assertions and stress tests of a model, kept as one report."""
    report(None, "Reading the model and its data")
    model_id, threshold = str(request.request["model_id"]), request.request["threshold"]
    store = get_artifact_store()
    with reading() as session:
        get_model(session, actor=request.actor, model_id=model_id)  # still a member of the project
        model = get_model(session, actor=SYSTEM, model_id=model_id)  # with what drives it: queries withhold it
        dataset = get_dataset(session, actor=request.actor, dataset_id=str(request.request["dataset_id"]))
        asked = get_asked(session, actor=request.actor, model_id=model_id)
        assertions = {
            key: Assertion.from_document(session.get_one(ModelAssertion, key).document)
            for key in request.request["assertion_ids"]
        }
        n_openings = count_openings(session, model.run_id)
    pipeline = store.get(model.pipeline_sha256)
    known = Known(
        family=model.family,
        evaluation=model.evaluation,
        drivers=tuple(driver.column for driver in model.explanation.drivers) if model.explanation else (),
        n_openings=n_openings,
        has_twin=model.has_onnx,
        twin_reason=model.onnx_reason,
        threshold=None if threshold is None or model.task != "binary" else float(threshold),
        file_bytes=len(pipeline),
    )
    preparation = load_preparation(model.run_id, report.find_interruption)
    document = compute_watched(
        _work, pipeline, preparation, store.get(dataset.table_sha256), known, asked, assertions, report=report
    )
    digest = store.put(canonical_json(document))
    result = {"model_id": model.id, "sentence": describe_short(document), "report_sha256": digest}
    with transaction() as session:
        report.settle(session, result)
        record_event(
            session,
            actor=request.actor,
            action="examination.finished",
            object_type="model",
            object_id=model.id,
            project_id=request.project_id,
            after={"examination_id": request.id, "report_sha256": digest},
        )
    return result


def _work(
    pipeline: bytes,
    preparation: Preparation,
    table: bytes,
    known: Known,
    asked: Asked,
    assertions: dict[str, Assertion],
    say: Say,
) -> dict[str, Any]:
    """In a child: the report as it will be stored."""
    from services.datasets.tables import read_table
    from services.models.pipeline_file import load_pipeline

    found = examine(load_pipeline(pipeline), preparation, read_table(table), known, asked, assertions, say)
    document = found.document()
    json.dumps(document, allow_nan=False)
    return document
