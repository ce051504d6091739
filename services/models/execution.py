"""Jobs about a model that exists: the rows it is most wrong about, what cleaner data give, and its training script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.session import reading
from db.tables import Run
from services.audit.actor import Actor
from services.automl.columns import as_numbers, as_words, model_frame
from services.automl.preparation import Preparation
from services.automl.prepared_file import PreparedFile
from services.automl.prepared_tables import get_prepared_tables
from services.datasets.base_rows import leaves_rows_out, number_rows
from services.datasets.queries import Dataset, get_dataset
from services.datasets.tables import read_table, stored_types_of
from services.errors import InvalidInputError
from services.jobs.child_process import Limits, run_in_child
from services.jobs.handler import JobRequest, Report
from services.models.cards import write_cards
from services.models.pipeline_file import load_pipeline
from services.models.queries import ModelView, get_model
from services.models.run_data import describe_preparation, load_preparation
from services.models.script_facts import ScriptFacts
from services.models.top_loss import compare, highest_losses, out_of_fold, row_losses
from services.models.training_script import training_script

LIMITS = Limits(seconds=900, memory_mb=8_192)


@dataclass(frozen=True)
class StoredVersion:
    """A version of the data as bytes; `base` only where its recipe leaves rows out."""

    content: bytes
    base: bytes | None
    recipe: tuple[Mapping[str, Any], ...]
    shown: tuple[str, ...]


def find_top_losses(request: JobRequest, report: Report) -> dict[str, Any]:
    """models.top_loss: rows the model is most wrong about; with `compare_with`, before and after a cleaner version."""
    report(None, "Reading the model and its data")
    with reading() as session:
        model = get_model(session, actor=request.actor, model_id=str(request.request["model_id"]))
        run_dataset = _dataset_of(session, request.actor, model)
    preparation = load_preparation(model.run_id)
    pipeline = get_artifact_store().get(model.pipeline_sha256)
    compare_with = request.request.get("compare_with")
    if compare_with is not None:
        return _compare(request, report, model, preparation, pipeline, run_dataset, str(compare_with))
    report(None, "Asking copies of the model about rows they have not seen")
    found: dict[str, Any] = run_in_child(
        _list_losses,
        pipeline,
        model.family,
        preparation,
        _stored(run_dataset),
        limits=LIMITS,
        find_interruption=report.find_interruption,
    )
    found["cards_sha256"] = get_artifact_store().put(found.pop("cards"))
    return {
        "model_id": model.id,
        "dataset_id": run_dataset.id,
        "column": preparation.target,
        "classes": list(preparation.classes),
        "n_examined": len(preparation.train),
        **found,
    }


def write_training_script(request: JobRequest, report: Report) -> dict[str, Any]:
    """models.script: the script that makes the model again without the portal, as an artefact."""
    report(None, "Reading the model and its data")
    with reading() as session:
        model = get_model(session, actor=request.actor, model_id=str(request.request["model_id"]))
        dataset = _dataset_of(session, request.actor, model)
        run = session.get_one(Run, model.run_id)
        number, environment = run.number, (run.circumstances or {}).get("environment", {})
    store = get_artifact_store()
    with store.open_verified(dataset.table_sha256) as table:
        types = stored_types_of(table)
    money = model.evaluation.money
    facts = ScriptFacts(
        name=model.name,
        run_number=number,
        dataset_version=dataset.version,
        table_sha256=dataset.table_sha256,
        out_of_fold=model.evaluation.cross_validated.value,
        holdout=model.evaluation.score.value,
        stored_types=types,
        versions=dict(environment.get("libraries", {})),
        python=str(environment.get("python", "3.11")),
        n_learned=model.evaluation.n_train,
        threshold=None if money is None else money.threshold,
        yearly_value=None if money is None else money.yearly_value,
    )
    report(None, "Writing down every step and parameter")
    with get_prepared_tables().use(describe_preparation(model.run_id)) as prepared:
        script = run_in_child(
            _write_script,
            store.get(model.pipeline_sha256),
            prepared,
            facts,
            limits=LIMITS,
            find_interruption=report.find_interruption,
        )
    return {"model_id": model.id, "script_sha256": store.put(script)}


def _compare(
    request: JobRequest,
    report: Report,
    model: ModelView,
    preparation: Preparation,
    pipeline: bytes,
    before: Dataset,
    dataset_id: str,
) -> dict[str, Any]:
    with reading() as session:
        after = get_dataset(session, actor=request.actor, dataset_id=dataset_id)
    if after.base_sha256 != before.base_sha256:
        raise InvalidInputError("The versions are of different tables, so their rows cannot be compared.")
    report(None, "Fitting the same model before and after, with the same folds")
    found: dict[str, Any] = run_in_child(
        _compare_versions,
        pipeline,
        model.family,
        preparation,
        _stored(before),
        _stored(after),
        limits=LIMITS,
        find_interruption=report.find_interruption,
    )
    return {"model_id": model.id, "dataset_id": before.id, "compare_with": after.id, "comparison": found}


def _dataset_of(session: Session, actor: Actor, model: ModelView) -> Dataset:
    run = session.get_one(Run, model.run_id)
    return get_dataset(session, actor=actor, dataset_id=run.dataset_version_id)


def _stored(dataset: Dataset) -> StoredVersion:
    store = get_artifact_store()
    return StoredVersion(
        content=store.get(dataset.table_sha256),
        base=store.get(dataset.base_sha256) if leaves_rows_out(dataset.recipe) else None,
        recipe=tuple(dataset.recipe),
        shown=tuple(column.name for column in dataset.columns if column.name not in dataset.excluded),
    )


def _list_losses(pipeline: bytes, family: str, preparation: Preparation, stored: StoredVersion) -> dict[str, Any]:
    """In a child: the suspects and their cards."""
    frame = read_table(stored.content)
    numbers = number_rows(len(frame), stored.recipe, stored.base)
    predictions = out_of_fold(load_pipeline(pipeline), family, preparation)
    y = preparation.train.y
    losses, found = row_losses(y, predictions), highest_losses(y, predictions)
    positions = {int(numbers[preparation.train.positions[i]]): int(preparation.train.positions[i]) for i in found}
    suspects = [
        {
            "row": row,
            "given": _spell(preparation, y[i]),
            "suggested": _spell(preparation, predictions[i].argmax() if predictions.ndim == 2 else predictions[i]),
            "score": round(float(predictions[i, y[i]] if predictions.ndim == 2 else losses[i]), 4),
        }
        for i, row in zip(found, positions, strict=True)
    ]
    shown = [name for name in stored.shown if name != preparation.target]
    return {"suspects": suspects, "cards": write_cards(frame, positions, shown, {})}


def _compare_versions(
    pipeline: bytes, family: str, preparation: Preparation, before: StoredVersion, after: StoredVersion
) -> dict[str, Any]:
    """In a child: before and after, as JSON."""
    n_before = len(read_table(before.content))
    frame = read_table(after.content)
    place_of = {int(row): place for place, row in enumerate(number_rows(len(frame), after.recipe, after.base))}
    numbers = number_rows(n_before, before.recipe, before.base)
    positions = np.array([place_of.get(int(numbers[row]), -1) for row in preparation.train.positions], dtype=np.intp)
    missing = [column.name for column in preparation.columns if column.name not in frame]
    if missing or preparation.target not in frame:
        raise InvalidInputError("The later version lacks columns that the model takes, so they cannot be compared.")
    if preparation.classes:
        codes = {label: code for code, label in enumerate(preparation.classes)}
        y = as_words(frame[preparation.target]).map(codes).fillna(-1).to_numpy(dtype=np.int64)
    else:
        y = as_numbers(frame[preparation.target]).to_numpy(dtype=np.float64)
    x = model_frame(frame, preparation.columns)
    return compare(load_pipeline(pipeline), family, preparation, positions=positions, x=x, y=y).document()


def _spell(preparation: Preparation, value: Any) -> str:
    return preparation.classes[int(value)] if preparation.classes else f"{float(value):.6g}"


def _write_script(pipeline: bytes, prepared: PreparedFile, facts: ScriptFacts) -> bytes:
    """In a child: the script as UTF-8."""
    return training_script(load_pipeline(pipeline), prepared.load(), facts).encode()
