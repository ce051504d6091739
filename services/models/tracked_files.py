"""The files of the model of a run, as they go to a tracking server: pipeline, twin, schema, script, card, project."""

from typing import Any

from sqlmodel import Session, select

from db.artifacts import get_artifact_store
from db.tables import DatasetVersion, Model, Run
from services.audit.actor import Actor
from services.audit.canonical import canonical_json
from services.automl.queries import get_run
from services.automl.tracking.documents import is_run_id
from services.automl.tracking.execution import take_from_server, write_to_server
from services.automl.tracking.file_names import CARD, PIPELINE, PROJECT, SCHEMA, SCRIPT, TWIN
from services.automl.tracking.files import Files, RunFile
from services.automl.views import RunView
from services.errors import NotFoundError
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
_NOT_YOURS = (
    "The files of the run are those of a model of a project that you are not a member of. They were not taken over, "
    "all else was."
)
_NOT_YET = (
    "The files of the model tell what drives it, and you are still to say under Explain what you expect to. They were "
    "not taken over, all else was."
)
_NO_SCRIPT = (
    "Nobody has had the training script written yet. Ask for it on the page of the model and export again: what is "
    "there already stays."
)


def write_run_to_server(request: JobRequest, report: Report) -> dict[str, Any]:
    """automl.export: the run, its variants and, where that was asked for, the files of its model."""
    return write_to_server(request, report, files_of_run)


def take_run_from_server(request: JobRequest, report: Report) -> dict[str, Any]:
    """automl.import: a run of the server, with the files of its model where who asks may have them."""
    return take_from_server(request, report, refuse_files)


def refuse_files(session: Session, actor: Actor, run_id: str) -> str | None:
    """Why the actor may not have the files of the models of a run from elsewhere; None where they may.

    The portal asks the server with its own credential, which reads the files of every project. What is no run here
    is one of another portal: whoever may ask that server decides about it.
    """
    if not is_run_id(run_id) or session.get(Run, run_id) is None:
        return None
    try:
        get_run(session, actor=actor, run_id=run_id)
    except NotFoundError:
        return _NOT_YOURS
    models = session.exec(select(Model).where(Model.run_id == run_id))
    return _NOT_YET if any(hides_explanation(session, actor, model) for model in models) else None


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
