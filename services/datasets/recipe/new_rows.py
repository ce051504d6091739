"""The steps of a recipe on rows that belong to no version: those a model is asked about.

Steps that rewrite cells are taken again, so that a value may be given as its source spells it. Steps that leave rows
out are not: whoever asks about a row gets an answer. Steps that set values name rows of one table, and are not either.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from services.datasets.inference import MISSING_TOKENS
from services.datasets.profile import label_of
from services.datasets.recipe import rewriting
from services.datasets.recipe.conditions import as_moment
from services.datasets.recipe.derivation import derived
from services.datasets.recipe.errors import StepNotPossibleError
from services.datasets.recipe.steps import DERIVE, Step, columns_of

_CELL_KINDS = frozenset(
    {"trim_text", "merge_spellings", "replace_with_missing", "to_number", "to_date", "to_text", "clip", "hash_column"}
)
_EXACT = 2**53  # whole numbers below are the same as a double


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows as a version would hold them, one list for each column.

    `unread` has, by column, the positions (from 0) of cells that a step was to read as a number or a date and could
    not: they are missing, as such cells are in the version.
    """

    columns: dict[str, list[Any]]
    unread: dict[str, tuple[int, ...]]


def steps_on_cells(recipe: Sequence[Mapping[str, Any]], columns: Collection[str]) -> tuple[Step, ...]:
    """The steps that rewrite or derive cells of these columns, each with those columns only, in their order.

    What a derived column is computed from counts as one of them.
    """
    columns = {*columns, *(name for step in _derivations(recipe, columns) for name in columns_of(step))}
    steps = []
    for step in recipe:
        if step["kind"] == DERIVE and step["column"] in columns:
            steps.append(dict(step))
            continue
        touched = [column for column in columns_of(step) if column in columns]
        if step["kind"] in _CELL_KINDS and touched:
            steps.append({**step, "columns": touched} if "columns" in step else dict(step))
    return tuple(steps)


def derived_columns(steps: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The columns that steps compute, so that nobody needs to give them."""
    return tuple(step["column"] for step in steps if step["kind"] == DERIVE)


def _derivations(recipe: Sequence[Mapping[str, Any]], columns: Collection[str]) -> tuple[Mapping[str, Any], ...]:
    """The steps that compute these columns, and those that compute what they are computed from."""
    wanted, found = set(columns), []
    for step in reversed(recipe):
        if step["kind"] == DERIVE and step["column"] in wanted:
            wanted |= set(columns_of(step))
            found.append(step)
    return tuple(found)


def spelled_as_text(steps: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The columns whose source holds text that a step reads as numbers or dates."""
    return frozenset(step["column"] for step in steps if step["kind"] in ("to_number", "to_date"))


def prepare_rows(
    columns: Mapping[str, Sequence[Any]],
    steps: Sequence[Mapping[str, Any]],
    *,
    known: Mapping[str, Collection[str]],
    dates: Collection[str] = (),
    numbers: Collection[str] = (),
    key: bytes = b"",
) -> NewRows:
    """The rows after the steps.

    Parameters
    ----------
    columns
        Numbers, truth, text, ISO dates or None. Columns that no step is about come back as they are.
    steps
        As `steps_on_cells` gives them.
    known
        By column, the categories of the version. What is one of them already is not hashed a second time.
    dates
        Columns that hold dates in the version.
    numbers
        Columns that hold numbers in the version: what a formula takes is of that kind, however it was given.
        Derived columns always do.
    key
        Of the steps that hash.
    """
    cells = {
        name: _cells(name, values) for name, values in columns.items() if any(name in columns_of(s) for s in steps)
    }
    given, is_number = {*columns}, {*numbers, *derived_columns(steps)}
    unread: dict[str, set[int]] = {}
    for step in steps:
        if step["kind"] == DERIVE:
            if step["column"] not in given and all(name in cells for name in columns_of(step)):
                inputs = {name: _of_kind(cells[name], name, is_number=name in is_number) for name in columns_of(step)}
                cells[step["column"]] = derived(pd.DataFrame(inputs), step["formula"])
            continue
        for name in columns_of(step):
            if name not in cells:
                continue
            before = cells[name]
            after = _rewritten(before, step, known.get(name, ()), key, is_date=name in dates)
            if step["kind"] in ("to_number", "to_date"):
                unread.setdefault(name, set()).update(_lost(before, after))
            cells[name] = after
    return NewRows(
        {name: list(values) for name, values in columns.items() if name not in cells}
        | {name: _values(values) for name, values in cells.items()},
        {name: tuple(sorted(positions)) for name, positions in unread.items() if positions},
    )


def _of_kind(cells: "pd.Series[Any]", name: str, *, is_number: bool) -> "pd.Series[Any]":
    """A source of a formula as the version holds it.

    Raises
    ------
    StepNotPossibleError
        It holds numbers there, and here something else.
    """
    if not is_number:
        return rewriting.texts(cells)
    numbers = rewriting.numbers(cells, decimal_comma=False)
    if lost := _lost(cells, numbers):
        raise StepNotPossibleError(f"“{name}” is not a number in row {lost[0] + 1}. Correct it, or leave it empty.")
    return numbers


def _cells(name: str, values: Sequence[Any]) -> "pd.Series[Any]":
    """Numbers where all that is there are numbers a double holds exactly, else text."""
    present = [value for value in values if not _is_gap(value)]
    if present and all(isinstance(value, int | float) and abs(value) < _EXACT for value in present):
        return pd.Series([None if _is_gap(value) else float(value) for value in values], dtype="float64", name=name)
    return pd.Series([None if _is_gap(value) else _as_text(value) for value in values], dtype="str", name=name)


def _is_gap(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _as_text(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else label_of(value)


def _rewritten(
    cells: "pd.Series[Any]", step: Mapping[str, Any], known: Collection[str], key: bytes, *, is_date: bool
) -> "pd.Series[Any]":
    match step["kind"]:
        case "trim_text":
            return rewriting.trimmed(rewriting.texts(cells))
        case "merge_spellings":
            return rewriting.merged(rewriting.texts(cells), step["mapping"])
        case "replace_with_missing":
            return _emptied(cells, step["values"], is_date=is_date)
        case "to_number":
            return rewriting.numbers(cells, decimal_comma=step.get("decimal_comma", False))
        case "to_date":
            return rewriting.dates(rewriting.texts(cells), step["order"])
        case "to_text":
            return rewriting.texts(cells)
        case "clip":
            return _clipped(cells, step)
        case _:
            text = rewriting.texts(cells)
            return text.where(text.isin(list(known)) | text.isna(), rewriting.hashed(text, key))


def _emptied(cells: "pd.Series[Any]", values: list[Any], *, is_date: bool) -> "pd.Series[Any]":
    """Dates are given as text, in more than one spelling of the same moment."""
    left = rewriting.emptied(cells, values)
    if not (is_date and rewriting.is_text(left)):
        return left
    wanted = []
    for value in values:
        try:
            wanted.append(as_moment(value))
        except (ValueError, OverflowError, StepNotPossibleError):
            continue
    return left.mask(rewriting.dates(left, "iso").isin(wanted))


def _clipped(cells: "pd.Series[Any]", step: Mapping[str, Any]) -> "pd.Series[Any]":
    """Numbers within their limits, whether they come as numbers or as text; what is no number stays as it is."""
    numbers = rewriting.numbers(cells, decimal_comma=False)
    held = rewriting.clipped(numbers, step.get("low"), step.get("high"))
    if rewriting.is_number(cells):
        return held
    return cells.where(held.isna(), rewriting.texts(held.astype("float64")))


def _lost(before: "pd.Series[Any]", after: "pd.Series[Any]") -> list[int]:
    """Positions that were there, also not as a word for missing, and are gone."""
    if not rewriting.is_text(before):
        return []
    said = before.notna() & ~before.str.strip().isin([*MISSING_TOKENS, ""])
    return [int(position) for position in (said & after.isna()).to_numpy().nonzero()[0]]


def _values(cells: "pd.Series[Any]") -> list[Any]:
    if cells.dtype.kind == "M":
        return [None if pd.isna(moment) else moment.isoformat() for moment in cells]
    return [None if _is_gap(value) or value is pd.NA else value for value in cells.tolist()]
