"""The work of an analysis: read a version of the data, look in a child process, keep what was found."""

import json
import time
from collections.abc import Mapping
from typing import Any

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from services.audit.commands import record_event
from services.automl.analyses import analyse
from services.automl.analysis_request import AnalysisRequest
from services.datasets.queries import get_dataset
from services.datasets.tables import read_table
from services.jobs.child_process import Limits
from services.jobs.handler import JobRequest, Report
from services.jobs.watched_child import Say, compute_watched

MEMORY_MB = 6_144
_GRACE_SECONDS = 300.0  # a busy machine, a large table: the search keeps its own clock, this ends what hangs


def run_analysis(request: JobRequest, report: Report) -> dict[str, Any]:
    """analyses.run: groups, unusual rows or a forecast, with the files they leave."""
    report(None, "Reading the data")
    store = get_artifact_store()
    with reading() as session:
        dataset = get_dataset(session, actor=request.actor, dataset_id=str(request.request["dataset_id"]))
    seconds = float(request.request["seconds"])
    found = compute_watched(
        _work,
        store.get(dataset.table_sha256),
        dict(request.request["request"]),
        seconds,
        report=report,
        limits=Limits(seconds + _GRACE_SECONDS, MEMORY_MB),
    )
    document = json.loads(found["report"])
    kept = {f"{name}_sha256": store.put(content) for name, content in found.items()}
    result = {"dataset_id": dataset.id, "sentence": document["sentence"], **kept}
    with transaction() as session:
        report.settle(session, result)
        record_event(
            session,
            actor=request.actor,
            action="analysis.finished",
            object_type="analysis",
            object_id=request.id,
            project_id=request.project_id,
            after={"task": request.request["request"]["task"], "dataset_id": dataset.id, **kept},
        )
    return result


def _work(content: bytes, request: Mapping[str, Any], seconds: float, say: Say) -> dict[str, bytes]:
    """In a child: report, table and package, as they will be stored."""
    from services.analyses.package import write_package, write_table
    from services.models.pipeline_file import dump_pipeline

    began = time.monotonic()
    asked, frame = AnalysisRequest.from_document(request), read_table(content)
    found = analyse(frame, asked, seconds_left=lambda: seconds - (time.monotonic() - began), say=say)
    say(0.97, "Writing the files")
    report = json.dumps(found.report, allow_nan=False).encode("utf-8")
    pipeline = dump_pipeline(found.pipeline)
    return {
        "report": report,
        "table": write_table(found.table, frame, asked.task),
        "package": write_package(asked.task, pipeline, found.schema, report, found.files),
    }
