"""The files of the model of a run, as they go to a tracking server: pipeline, twin, schema, script, card, project."""

from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.tables import DatasetVersion, Model
from services.audit.actor import Actor
from services.audit.canonical import canonical_json
from services.automl.tracking.execution import write_to_server
from services.automl.tracking.file_names import CARD, PIPELINE, PROJECT, SCHEMA, SCRIPT, TWIN
from services.automl.tracking.files import Files, RunFile
from services.automl.views import RunView
from services.jobs.handler import JobRequest, Report
from services.models.model_card import write_card
from services.models.queries import (
    count_openings,
    find_run_model,
    find_training_script,
    get_project_file,
    hides_explanation,
)

_NO_MODEL = "The run has no model, so there are no files of one."
_HIDDEN = (
    "The files of the model tell what drives it, and you are still to say under Explain what you expect to. They were "
    "not written, all else was."
)
_NO_SCRIPT = (
    "Nobody has had the training script written yet. Ask for it on the page of the model and export again: what is "
    "there already stays."
)


def write_run_to_server(request: JobRequest, report: Report) -> dict[str, Any]:
    """automl.export: the run, its variants and, where that was asked for, the files of its model."""
    return write_to_server(request, report, files_of_run)


def files_of_run(session: Session, actor: Actor, run: RunView) -> Files:
    """The files of the newest model of a run, and what is not among them."""
    model = find_run_model(session, actor=actor, run_id=run.id)
    if model is None:
        return Files((), (_NO_MODEL,))
    if hides_explanation(session, actor, session.get_one(Model, model.id)):
        return Files((), (_HIDDEN,))
    store, problems = get_artifact_store(), []
    card = write_card(
        model,
        run_number=run.number,
        dataset_version=run.dataset_version,
        dataset_sha256=session.get_one(DatasetVersion, run.dataset_id).sha256,
        n_openings=count_openings(session, run.id),
    )
    files = [
        RunFile(PIPELINE, store.get(model.pipeline_sha256)),
        RunFile(SCHEMA, canonical_json(model.signature.document())),
        RunFile(CARD, card.encode()),
        RunFile(PROJECT, get_project_file(session, actor=actor, run_id=run.id).encode()),
    ]
    if model.onnx_sha256 is not None:
        files.append(RunFile(TWIN, store.get(model.onnx_sha256)))
    script = find_training_script(session, actor=actor, model_id=model.id)
    if script is None:
        problems.append(_NO_SCRIPT)
    else:
        files.append(RunFile(SCRIPT, script))
    return Files(tuple(files), tuple(problems))
