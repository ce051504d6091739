"""Apply a recipe to a table. Pure: the same table, steps and key give the same table, to the last bit."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from services.datasets.recipe import rewriting
from services.datasets.recipe.conditions import matches
from services.datasets.recipe.derivation import derived
from services.datasets.recipe.errors import StepNotPossibleError
from services.datasets.recipe.steps import DERIVE, columns_of
from services.datasets.recipe.words import counted, name_step


@dataclass(frozen=True, slots=True)
class StepEffect:
    """What one step did: rows left out, cells that differ from before, and those of them that became missing."""

    n_rows: int = 0
    n_cells: int = 0
    n_missing: int = 0

    @property
    def changes_nothing(self) -> bool:
        """Whether the table is as it was."""
        return self == StepEffect()

    @property
    def words(self) -> str:
        """“left out 3 rows”, “changed 120 cells, 4 of them became missing”."""
        parts = [f"left out {counted(self.n_rows, 'row')}"] if self.n_rows else []
        if self.n_cells:
            missing = f", {self.n_missing:,} of them became missing" if self.n_missing else ""
            parts.append(f"changed {counted(self.n_cells, 'cell')}{missing}")
        return " and ".join(parts) or "changed nothing"

    def document(self) -> dict[str, int]:
        """Plain data, as stored."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class AppliedRecipe:
    """The table that the steps made, indexed by the row numbers of the base, and the effect of each step."""

    table: pd.DataFrame
    effects: tuple[StepEffect, ...]


def apply_recipe(base: pd.DataFrame, steps: Sequence[Mapping[str, Any]], *, key: bytes = b"") -> pd.DataFrame:
    """The table that the steps make of the base; its index holds the row numbers of the base.

    Parameters
    ----------
    base
        As `tables.read_table` returns it. It is not changed.
    steps
        As `steps.checked_step` returns them.
    key
        For `hash_column` only, which raises `ValueError` without one.

    Raises
    ------
    StepNotPossibleError
        The table does not allow a step; the sentence names the step.
    """
    return apply_with_effects(base, steps, key=key).table


def apply_with_effects(base: pd.DataFrame, steps: Sequence[Mapping[str, Any]], *, key: bytes = b"") -> AppliedRecipe:
    """As `apply_recipe`, with what each step did."""
    table = base.set_axis(pd.RangeIndex(len(base)), axis="index")
    effects = []
    for number, step in enumerate(steps, start=1):
        try:
            table, effect = _applied(table, step, len(base), key)
        except StepNotPossibleError as error:
            raise StepNotPossibleError(f"Step {number} ({name_step(step)}) is not possible: {error.sentence}") from None
        effects.append(effect)
    return AppliedRecipe(table, tuple(effects))


def _applied(
    table: pd.DataFrame, step: Mapping[str, Any], n_base_rows: int, key: bytes
) -> tuple[pd.DataFrame, StepEffect]:
    for column in columns_of(step):
        if column not in table:
            raise StepNotPossibleError(f"The table has no column called “{column}”.")
    _check_rows(step, n_base_rows)
    if step["kind"] in ("exclude_rows", "drop_duplicates"):
        kept = table[~_rows_left_out(table, step)]
        return kept, StepEffect(n_rows=len(table) - len(kept))
    changed = _rewritten(table, step, key)
    effects = [_difference(table.get(name), cells) for name, cells in changed.items()]
    total = StepEffect(n_cells=sum(e.n_cells for e in effects), n_missing=sum(e.n_missing for e in effects))
    return table.assign(**changed), total


def _rows_left_out(table: pd.DataFrame, step: Mapping[str, Any]) -> "pd.Series[bool]":
    if step["kind"] == "drop_duplicates":
        return table.duplicated()
    if "condition" in step:
        return matches(table, step["condition"])
    return pd.Series(table.index.isin(step["rows"]), index=table.index)


def _rewritten(table: pd.DataFrame, step: Mapping[str, Any], key: bytes) -> dict[str, "pd.Series[Any]"]:
    if step["kind"] == "trim_text":
        return {column: rewriting.trimmed(table[column]) for column in step["columns"]}
    column = step["column"]
    if step["kind"] == DERIVE:
        if column in table:
            raise StepNotPossibleError(f"The table already has a column called “{column}”.")
        return {column: derived(table, step["formula"]).rename(column)}
    cells = table.get(column)
    if cells is None:  # `set_values` makes its column
        cells = pd.Series(pd.NA, index=table.index, name=column, dtype="str")
    match step["kind"]:
        case "merge_spellings":
            new = rewriting.merged(cells, step["mapping"])
        case "replace_with_missing":
            new = rewriting.emptied(cells, step["values"])
        case "to_number":
            new = rewriting.numbers(cells, decimal_comma=step.get("decimal_comma", False))
        case "to_date":
            new = rewriting.dates(cells, step["order"])
        case "to_text":
            new = rewriting.texts(cells)
        case "clip":
            new = rewriting.clipped(cells, step.get("low"), step.get("high"))
        case "hash_column":
            new = rewriting.hashed(cells, key)
        case _:
            new = rewriting.filled(cells, step["values"])
    return {column: new}


def _check_rows(step: Mapping[str, Any], n_base_rows: int) -> None:
    rows = [int(row) for row in step["values"]] if step["kind"] == "set_values" else step.get("rows", ())
    beyond = sum(row >= n_base_rows for row in rows)
    if beyond:
        raise StepNotPossibleError(
            f"The table has {n_base_rows:,} rows; {beyond:,} of the row numbers lie beyond them."
        )


def _difference(before: "pd.Series[Any] | None", after: "pd.Series[Any]") -> StepEffect:
    """How many cells differ. Where the kind of the column changed, every present cell does."""
    if before is None:
        return StepEffect(n_cells=int(after.notna().sum()))
    emptied = before.notna() & after.isna()
    if rewriting.is_text(before) != rewriting.is_text(after):
        differs = before.notna()
    else:
        differs = emptied | (after.notna() & (before.isna() | (before != after).fillna(True)))
    return StepEffect(n_cells=int(differs.sum()), n_missing=int(emptied.sum()))
