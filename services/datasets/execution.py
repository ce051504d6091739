"""What workers do with tables: apply recipes, run the checks, compare versions. Idempotent; each ends in one effect."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.scratch import scratch_folder
from db.session import reading, transaction
from services.audit.actor import Actor
from services.datasets.commands import MadeTable, save_health, save_recipe
from services.datasets.profile import TableProfile
from services.datasets.queries import find_dataset, get_checkable, get_dataset, list_descriptions, require_room
from services.datasets.rebuilding import compare_tables, examine_table, rebuild_table
from services.datasets.recipe.errors import StepChangesNothingError
from services.datasets.recipe.keys import hashing_key
from services.datasets.views import Dataset
from services.errors import ConflictError
from services.jobs.child_process import Limits, run_in_child
from services.jobs.handler import JobRequest, Report
from services.people.permissions import Permission
from services.projects.queries import authorize_project

LIMITS = Limits(seconds=900, memory_mb=8_192)  # five million rows of 30 columns need 4 to 5 GB


def apply_steps(job: JobRequest, report: Report) -> dict[str, Any]:
    """`dataset.apply`: make the table of a recipe, and save it as the next version in the name of who asked."""
    request = job.request
    with reading() as session:
        parent = _get_editable(session, job.actor, job.subject_id or "")
    with scratch_folder() as folder:
        base, table = Path(folder, "base.parquet"), Path(folder, "table.parquet")
        report(None, "Fetching the table as it was read")
        get_artifact_store().fetch(parent.base_sha256, base)
        report(None, "Taking the steps")
        rebuilt = run_in_child(
            rebuild_table,
            base,
            request["recipe"],
            hashing_key(request["recipe"]),
            parent.notes,
            table,
            limits=LIMITS,
            find_interruption=report.find_interruption,
        )
        if len(request["recipe"]) > len(parent.recipe) and not request["excluded"]:
            _require_effect(parent, request["recipe"], rebuilt.effects)
        n_bytes = table.stat().st_size
        with reading() as session:
            require_room(session, actor=job.actor, project_id=parent.project_id, n_bytes=n_bytes)
        report(None, "Saving the new version")
        made = MadeTable(get_artifact_store().put_file(table), n_bytes, rebuilt.profile)
    with transaction() as session:
        saved = save_recipe(session, actor=job.actor, dataset_id=parent.id, made=made, request=request)
        result = {
            "dataset_id": saved.id,
            "version": saved.version,
            "effects": [effect.document() | {"words": effect.words} for effect in rebuilt.effects],
        }
        report.settle(session, result)
    return result


def examine(job: JobRequest, report: Report) -> dict[str, Any]:
    """`dataset.examine`: run the checks on a version, unless that is done or a newer one is there."""
    with reading() as session:
        dataset, is_needed = get_checkable(session, actor=job.actor, dataset_id=job.subject_id or "")
        latest = find_dataset(session, actor=job.actor, project_id=dataset.project_id)
        lines = list_descriptions(session, actor=job.actor, project_id=dataset.project_id)
    if not is_needed or (latest is not None and latest.id != dataset.id):
        return {"dataset_id": dataset.id, "examined": False}
    with scratch_folder() as folder:
        table = Path(folder, "table.parquet")
        report(None, "Fetching the table")
        get_artifact_store().fetch(dataset.table_sha256, table)
        report(None, "Looking for what deserves a second look")
        document = run_in_child(
            examine_table,
            table,
            dataset.target,
            dataset.positive_label,
            dataset.excluded,
            {column: line.description.document() for column, line in lines.items()},
            TableProfile(dataset.n_rows, dataset.columns, dataset.notes),
            limits=LIMITS,
            find_interruption=report.find_interruption,
        )
    result = {"dataset_id": dataset.id, "examined": True}
    with transaction() as session:
        save_health(session, actor=job.actor, dataset_id=dataset.id, document=_plain(document))
        report.settle(session, result)
    return result


def compare(job: JobRequest, report: Report) -> dict[str, Any]:
    """`dataset.compare`: how far the values of two versions differ, and which rows; the result is the answer."""
    ids = (job.request["before_id"], job.request["after_id"])
    with reading() as session:
        before, after = (get_dataset(session, actor=job.actor, dataset_id=one) for one in ids)
    if before.table_sha256 == after.table_sha256:
        return {"before_id": before.id, "after_id": after.id, "changes": [], "rows": None}
    with scratch_folder() as folder:
        paths = [Path(folder, f"{version.table_sha256}.parquet") for version in (before, after)]
        report(None, "Fetching both tables")
        for version, path in zip((before, after), paths, strict=True):
            get_artifact_store().fetch(version.table_sha256, path)
        report(None, "Comparing column by column")
        found = run_in_child(compare_tables, *paths, limits=LIMITS, find_interruption=report.find_interruption)
    return {"before_id": before.id, "after_id": after.id, **found}


def _get_editable(session: Session, actor: Actor, dataset_id: str) -> Dataset:
    """The version, if it may be changed: asked before the work, and again by the effect."""
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    authorize_project(session, actor=actor, project_id=dataset.project_id, permission=Permission.EDIT_DATA)
    latest = find_dataset(session, actor=actor, project_id=dataset.project_id)
    if latest is None or latest.id != dataset.id:
        raise ConflictError("Somebody changed the data meanwhile. Look at the latest version, then repeat your change.")
    return dataset


def _require_effect(parent: Dataset, recipe: Sequence[Mapping[str, Any]], effects: Sequence[Any]) -> None:
    """Refuse new steps that leave the table as it was: a version with nothing new only confuses."""
    if list(recipe[: len(parent.recipe)]) == list(parent.recipe) and all(
        effect.changes_nothing for effect in effects[len(parent.recipe) :]
    ):
        raise StepChangesNothingError("This would change nothing: no row and no cell is touched. No version was made.")


def _plain(document: Any) -> Any:
    """As JSON takes it: tuples as lists, and what is no number as null."""
    if isinstance(document, Mapping):
        return {str(name): _plain(value) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [_plain(value) for value in document]
    return None if isinstance(document, float) and not math.isfinite(document) else document
