"""From file to file, in a child process: apply a recipe, run the checks, compare two tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from services.datasets.distributions import compare_columns
from services.datasets.limits import TABLE_THREADS
from services.datasets.profile import TableProfile
from services.datasets.profiling import profile_table
from services.datasets.recipe.application import StepEffect, apply_with_effects
from services.datasets.recipe.errors import StepNotPossibleError
from services.datasets.row_differences import compare_rows
from services.datasets.tables import read_table_file, write_table_file


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The profile of the table that was written, and the effect of each step."""

    profile: TableProfile
    effects: tuple[StepEffect, ...]


def rebuild_table(
    base: Path, steps: Sequence[Mapping[str, Any]], key: bytes, notes: Sequence[str], table: Path
) -> Rebuilt:
    """Read `base`, apply the steps, write `table`.

    Raises
    ------
    StepNotPossibleError
        The table does not allow a step, or nothing is left of it.
    """
    applied = apply_with_effects(_read(base), steps, key=key)
    if applied.table.empty:
        raise StepNotPossibleError("No row would be left. Choose a narrower condition.")
    write_table_file(applied.table, table)
    return Rebuilt(profile_table(applied.table, notes=notes), applied.effects)


def examine_table(
    table: Path,
    target: str | None,
    positive_label: str | None,
    excluded: Mapping[str, str],
    descriptions: Mapping[str, Mapping[str, str]],
    profile: TableProfile,
) -> dict[str, Any]:
    """What all checks say of the table in the file, as a document."""
    from services.datasets.checks.examination import examine  # loads much that only this needs

    return examine(
        _read(table),
        target=target,
        positive_label=positive_label,
        excluded=excluded,
        descriptions=descriptions,
        profile=profile,
    ).document()


def compare_tables(before: Path, after: Path) -> dict[str, Any]:
    """How far the distribution of every column moved, the one that moved most first, and which rows differ."""
    old, new = _read(before), _read(after)
    rows = compare_rows(old, new)
    return {
        "changes": [change.document() for change in compare_columns(old, new)],
        "rows": rows.document() if rows else None,
    }


def _read(table: Path) -> pd.DataFrame:
    pa.set_cpu_count(TABLE_THREADS)  # of this child process: what a worker sets for models would be one
    return read_table_file(table)
