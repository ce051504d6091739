"""Make tables and datasets without reading a file."""

import random
from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlmodel import Session

from db.artifacts import get_artifact_store
from services.audit.actor import Actor
from services.datasets.commands import MadeTable, choose_target, request_steps, save_recipe, upload_dataset
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
