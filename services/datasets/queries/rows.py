"""Read a few rows of a version, and how many fit a condition, without loading its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlmodel import Session

from db.artifacts import get_artifact_store
from services.audit.actor import Actor
from services.datasets.base_rows import leaves_rows_out, number_rows
from services.datasets.queries.versions import get_dataset
from services.datasets.recipe.conditions import checked_condition
from services.datasets.row_window import count_matches, read_picked, read_window
from services.datasets.views import Dataset

MAX_NUMBERED_BYTES = 8_000_000  # of the base table as Parquet: about half a second


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows of a version in their order.

    `numbers` are their rows in the base table, by which a step names them; None where that cannot be said quickly:
    the recipe leaves rows out of a base of more than `MAX_NUMBERED_BYTES`.
    """

    table: pd.DataFrame
    start: int
    n_rows: int
    numbers: tuple[int, ...] | None


def get_rows(session: Session, *, actor: Actor, dataset_id: str, start: int, n: int, columns: Sequence[str]) -> RowPage:
    """At most `n` rows from position `start` (0-based) on.

    Raises
    ------
    NotFoundError
        There is no such version, or the actor is not a member of its project.
    ColumnMissingError
        The version has no such column.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    with get_artifact_store().open_verified(dataset.table_sha256) as path:
        found = read_window(path, start, n, columns)
    return RowPage(found.table, found.start, found.n_rows, _numbers(dataset, found.start, len(found.table)))


def get_rows_at(
    session: Session, *, actor: Actor, dataset_id: str, positions: Sequence[int], columns: Sequence[str]
) -> pd.DataFrame:
    """A few rows of the version by their positions (from 0).

    Raises
    ------
    NotFoundError
        There is no such version, or the actor is not a member of its project.
    ColumnMissingError
        The version has no such column.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    with get_artifact_store().open_verified(dataset.table_sha256) as path:
        return read_picked(path, positions, columns)


def count_rows(session: Session, *, actor: Actor, dataset_id: str, condition: Mapping[str, Any]) -> tuple[int, int]:
    """How many rows of the version fit a condition of the recipe's kind, and how many rows it has.

    Raises
    ------
    InvalidStepError, StepNotPossibleError
        The condition is not clear, or its column does not allow it.
    """
    dataset = get_dataset(session, actor=actor, dataset_id=dataset_id)
    condition = checked_condition(condition)
    dataset.get_column(condition["column"])
    with get_artifact_store().open_verified(dataset.table_sha256) as path:
        return count_matches(path, condition)


def _numbers(dataset: Dataset, start: int, n: int) -> tuple[int, ...] | None:
    if not leaves_rows_out(dataset.recipe):
        return tuple(range(start, start + n))
    store = get_artifact_store()
    if store.size(dataset.base_sha256) > MAX_NUMBERED_BYTES:
        return None
    numbers = number_rows(dataset.n_rows, dataset.recipe, store.get(dataset.base_sha256))
    return tuple(int(row) for row in numbers[start : start + n])
