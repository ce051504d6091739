"""Make tables and datasets without reading a file."""

import hashlib
import random
from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlmodel import Session

from db.artifacts import get_artifact_store
from services.audit.actor import Actor
from services.datasets.checks.finding import Finding
from services.datasets.checks.health import HealthDocument
from services.datasets.checks.registry import CHECKS_VERSION
from services.datasets.commands import (
    MadeTable,
    StoredTable,
    choose_target,
    explain_finding,
    request_steps,
    save_health,
    save_recipe,
    undo_step,
    upload_dataset,
)
from services.datasets.profiling import profile_table
from services.datasets.recipe.application import apply_recipe
from services.datasets.tables import read_table, write_table
from services.datasets.upload import ParsedUpload
from services.datasets.views import Dataset


def make_frame(n_rows: int = 200, *, seed: int = 0) -> pd.DataFrame:
    """Customers with an id, two numbers (one with gaps), two categories, and whether they left: Yes or No."""
    draw = random.Random(seed)
    rows = []
    for number in range(n_rows):
        tenure, contract = draw.randint(0, 72), draw.choice(["Month-to-month", "One year", "Two year"])
        risk = 0.65 - tenure / 110 - (0.25 if contract == "Two year" else 0.0)
        rows.append(
            {
                "customerID": f"{number:04d}-{draw.choice('ABCDEF')}X",
                "tenure": tenure,
                "charges": float("nan") if tenure == 0 else round(draw.uniform(18, 120), 2),
                "contract": contract,
                "payment": draw.choice(["Card", "Invoice"]),
                "churn": "Yes" if draw.random() < risk else "No",
            }
        )
    return pd.DataFrame(rows)


def make_upload(frame: pd.DataFrame | None = None, *, file_name: str = "customers.csv") -> ParsedUpload:
    """A file as if it had been read, without the child process."""
    frame = make_frame() if frame is None else frame
    source = frame.to_csv(index=False).encode()
    return ParsedUpload(file_name=file_name, source=source, table=write_table(frame), profile=profile_table(frame))


def make_dataset(
    session: Session,
    actor: Actor,
    project_id: str,
    *,
    frame: pd.DataFrame | None = None,
    target: str | None = "churn",
    file_name: str = "customers.csv",
) -> Dataset:
    """An uploaded table with its target chosen. `actor` is a data scientist and a member of the project."""
    upload = make_upload(frame, file_name=file_name)
    dataset = upload_dataset(session, actor=actor, project_id=project_id, upload=upload)
    if target is None:
        return dataset
    return choose_target(session, actor=actor, dataset_id=dataset.id, column=target)


def make_steps(session: Session, actor: Actor, dataset: Dataset, *steps: Mapping[str, Any]) -> Dataset:
    """The version that the steps make of the latest one, as a worker saves it but without one."""
    requested = request_steps(session, actor=actor, dataset_id=dataset.id, steps=steps)
    if requested.dataset is not None:
        return requested.dataset
    assert requested.job is not None
    made = make_table(dataset, requested.job.request["recipe"])
    return save_recipe(session, actor=actor, dataset_id=dataset.id, made=made, request=requested.job.request)


def make_table(dataset: Dataset, recipe: list[dict[str, Any]]) -> MadeTable:
    """What a worker makes of the base of a version."""
    store = get_artifact_store()
    frame = apply_recipe(read_table(store.get(dataset.base_sha256)), recipe)
    content = write_table(frame)
    return MadeTable(store.put(content), len(content), profile_table(frame))


def make_changed(session: Session, actor: Actor, project_id: str) -> Dataset:
    """A version with one step, after another was taken back; its health is known, one fix is proposed, and one
    finding is explained.
    """
    dataset = make_dataset(session, actor, project_id)
    one = make_steps(session, actor, dataset, {"kind": "to_text", "column": "charges"})
    two = make_steps(session, actor, one, {"kind": "exclude_rows", "rows": [0], "reason": "A test"})
    undone = undo_step(session, actor=actor, dataset_id=two.id, index=1).dataset
    assert undone is not None
    save_health(session, actor=actor, dataset_id=undone.id, document=make_health(make_frame()).document())
    of: dict[str, Any] = {"code": "outliers", "columns": ["charges"], "reason": "Large customers are real"}
    explain_finding(session, actor=actor, dataset_id=undone.id, **of)
    return undone


def make_newer(session: Session, actor: Actor, project_id: str) -> Dataset:
    """Newer data than those that had a step, which can be taken again."""
    make_steps(session, actor, make_dataset(session, actor, project_id), {"kind": "to_text", "column": "charges"})
    upload = make_upload(make_frame(seed=1), file_name="june.csv")
    return upload_dataset(session, actor=actor, project_id=project_id, upload=upload)


def make_stored(upload: ParsedUpload) -> StoredTable:
    """A file that has been read, as a worker hands it over; nothing is stored."""
    source, table = (hashlib.sha256(content).hexdigest() for content in (upload.source, upload.table))
    return StoredTable(upload.file_name, source, table, len(upload.source), len(upload.table), upload.profile)


def make_made() -> MadeTable:
    """What a worker hands over after taking steps; nothing is stored."""
    return MadeTable("1" * 64, 1, profile_table(make_frame()))


def make_health(frame: pd.DataFrame) -> HealthDocument:
    """What checks might say of a table made by `make_frame`: two fixes are proposed, and one check passed."""
    merge = {"kind": "merge_spellings", "column": "payment", "mapping": {"Card": "card"}}
    step = {"kind": "step", "label": "Merge", "step": merge}
    leave = {"kind": "exclude_column", "label": "Leave out", "column": "customerID", "reason": "It names rows"}
    findings = (
        Finding("id_like", "Row names", "finding", "It names rows.", "amber", ("customerID",), fixes=(leave,)),
        Finding("spelling_variants", "Spellings", "finding", "Two are one.", "amber", ("payment",), fixes=(step,)),
        Finding("outliers", "Outliers", "finding", "Some are far out.", "info", ("charges",), fixes=(step,)),
        Finding("constant", "Constant", "passed", "No column is constant."),
    )
    return HealthDocument(CHECKS_VERSION, len(frame), len(frame.columns), len(frame), findings)
