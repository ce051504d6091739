"""Which rows two versions share, which only one of them has, and which changed: told by a key, or by their cells."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from services.datasets.counted import as_cells, count_values
from services.datasets.kinds import is_named_like_a_key, kind_of
from services.datasets.recipe.rewriting import is_text, texts

SHOWN = 5  # rows of each side that are named
MAX_CHANGED_COLUMNS = 12
_PRIME = np.uint64(0x9E3779B97F4A7C15)
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Hashes = np.ndarray[Any, np.dtype[np.uint64]]


@dataclass(frozen=True, slots=True)
class RowDifferences:
    """Rows of two versions, compared in the columns that both have.

    `key` is the column by which rows are matched; None where no column names the rows of both: rows are then the same
    where every cell is, and a row that changed counts as one gone and one new. `first_only_before` and
    `first_only_after` are positions (from 0) of the first few. `changed_columns` are (name, changed cells), most first.
    """

    n_columns: int
    key: str | None
    n_same: int
    n_changed: int
    n_only_before: int
    n_only_after: int
    changed_columns: tuple[tuple[str, int], ...]
    first_only_before: tuple[int, ...]
    first_only_after: tuple[int, ...]

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        return asdict(self)


def compare_rows(before: pd.DataFrame, after: pd.DataFrame) -> RowDifferences | None:
    """What became of the rows; None where the versions have no column in common."""
    shared = [name for name in after.columns if name in before.columns]
    if not shared:
        return None
    pairs = {name: _alike(before[name], after[name]) for name in shared}
    key = find_key(pairs)
    return _by_cells(pairs) if key is None else _by_key(pairs, key)


def find_key(pairs: dict[str, tuple["pd.Series[Any]", "pd.Series[Any]"]]) -> str | None:
    """The column that names the rows of both tables: complete, without repetition, and meant to name."""
    for name, columns in sorted(pairs.items(), key=lambda pair: not is_named_like_a_key(pair[0])):
        if all(len(cells) and cells.notna().all() and cells.is_unique for cells in columns) and (
            is_named_like_a_key(name) or all(_names_rows(name, cells) for cells in columns)
        ):
            return name
    return None


def _names_rows(name: str, column: "pd.Series[Any]") -> bool:
    cells = as_cells(column)
    return kind_of(name, cells, count_values(cells)) == "identifier"


def _alike(before: "pd.Series[Any]", after: "pd.Series[Any]") -> tuple["pd.Series[Any]", "pd.Series[Any]"]:
    """Both in one type, so that 1 and 1.0, and 1 and its text, are the same."""
    if is_text(before) == is_text(after) and (before.dtype.kind == "M") == (after.dtype.kind == "M"):
        if before.dtype.kind != after.dtype.kind and "f" in (before.dtype.kind, after.dtype.kind):
            return before.astype("float64"), after.astype("float64")
        return before, after
    return texts(before), texts(after)


def _by_key(pairs: dict[str, tuple["pd.Series[Any]", "pd.Series[Any]"]], key: str) -> RowDifferences:
    old, new = (pd.Index(cells) for cells in pairs[key])
    place_of = new.get_indexer(old)  # -1: not there
    is_gone = place_of < 0
    is_new = old.get_indexer(new) < 0
    here, there = np.flatnonzero(~is_gone), place_of[~is_gone]
    is_changed = np.zeros(len(here), dtype=bool)
    changed = []
    for name, (before, after) in pairs.items():
        if name == key:
            continue
        differs = _differ(before.iloc[here], after.iloc[there])
        is_changed |= differs
        if differs.any():
            changed.append((name, int(differs.sum())))
    changed.sort(key=lambda one: -one[1])
    return RowDifferences(
        n_columns=len(pairs),
        key=key,
        n_same=int((~is_changed).sum()),
        n_changed=int(is_changed.sum()),
        n_only_before=int(is_gone.sum()),
        n_only_after=int(is_new.sum()),
        changed_columns=tuple(changed[:MAX_CHANGED_COLUMNS]),
        first_only_before=_first(is_gone),
        first_only_after=_first(is_new),
    )


def _by_cells(pairs: dict[str, tuple["pd.Series[Any]", "pd.Series[Any]"]]) -> RowDifferences:
    old, new = (_hash_rows([columns[side] for columns in pairs.values()]) for side in (0, 1))
    is_gone, is_new = _surplus(old, new), _surplus(new, old)
    return RowDifferences(
        n_columns=len(pairs),
        key=None,
        n_same=int((~is_new).sum()),
        n_changed=0,
        n_only_before=int(is_gone.sum()),
        n_only_after=int(is_new.sum()),
        changed_columns=(),
        first_only_before=_first(is_gone),
        first_only_after=_first(is_new),
    )


def _differ(before: "pd.Series[Any]", after: "pd.Series[Any]") -> Flags:
    gaps = before.isna().to_numpy(), after.isna().to_numpy()
    unequal = np.asarray(before.to_numpy() != after.to_numpy(), dtype=bool)
    found: Flags = (gaps[0] != gaps[1]) | (unequal & ~gaps[0] & ~gaps[1])
    return found


def _hash_rows(columns: Sequence["pd.Series[Any]"]) -> Hashes:
    """One number for each row; two different rows of a million share one with a chance of about 1 in 40 million."""
    rows: Hashes = np.zeros(len(columns[0]), dtype=np.uint64)
    for cells in columns:
        plain = cells + 0.0 if cells.dtype.kind == "f" else cells  # -0.0 is 0.0
        hashes: Hashes = np.asarray(pd.util.hash_pandas_object(plain, index=False), dtype=np.uint64)
        rows = rows * _PRIME + hashes
    return rows


def _surplus(rows: Hashes, others: Hashes) -> Flags:
    """Which rows have no partner among the others; of equal rows, those beyond as many as the others have."""
    values, counts = np.unique(others, return_counts=True)
    partners = pd.Series(counts, index=values).reindex(rows).fillna(0).to_numpy()
    nth = pd.Series(rows).groupby(rows).cumcount().to_numpy()
    found: Flags = nth >= partners
    return found


def _first(flags: Flags) -> tuple[int, ...]:
    return tuple(int(place) for place in np.flatnonzero(flags)[:SHOWN])
