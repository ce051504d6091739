"""Cells in memory or on disk: the same cells, and the same table in the end."""

from pathlib import Path

import pyarrow as pa
import pytest

from services.datasets import cells as cells_module
from services.datasets.cells import CellStore, MixedCells
from services.datasets.errors import UnreadableFileError
from tests.makers_files import parse
from tests.makers_hostile import PLAIN


def fill(store: CellStore) -> CellStore:
    for start in range(0, 100, 10):
        store.append([pa.array([f"{name}{n}" for n in range(start, start + 10)]) for name in store.names])
    store.finish()
    return store


@pytest.mark.parametrize("spill_bytes", [10**9, 300, 0])
def test_cells_come_back_wherever_they_were(spill_bytes: int, tmp_path: Path) -> None:
    store = fill(CellStore(["a", "b"], tmp_path, spill_bytes=spill_bytes))
    assert store.is_on_disk == (spill_bytes < 10**9)
    assert store.n_rows == 100
    if store.is_on_disk:
        assert sum(batch.num_rows for batch in store.batches()) == 100
    assert store.take(1).to_pylist() == [f"b{n}" for n in range(100)]


def test_cells_that_were_taken_from_memory_are_given_up(tmp_path: Path) -> None:
    store = fill(CellStore(["a", "b"], tmp_path))
    store.take(0)
    assert len(store.take(0)) == 0
    assert len(store.take(1)) == 100


def test_a_table_too_large_for_memory_is_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    text = PLAIN + "K100,,,,\n"
    in_memory = parse(text)
    monkeypatch.setattr(cells_module.CellStore.__init__, "__kwdefaults__", {"spill_bytes": 0})
    on_disk = parse(text)
    assert "cells.arrow" in on_disk.names
    assert on_disk.frame.equals(in_memory.frame)
    assert on_disk.profile == in_memory.profile
    assert on_disk.report == in_memory.report


def test_columns_may_appear_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_module, "_OPEN_CELLS", 2)
    cells = MixedCells(max_columns=2)
    first = cells.add_column("a")
    cells.add_row([(first, "number", "1")])
    cells.add_row([(first, "number", "2")])
    second = cells.add_column("b")
    cells.add_row([(second, "text", "x")])
    cells.close_rows()
    assert cells.column(0).to_pylist() == ["1", "2", None]
    assert cells.column(1).to_pylist() == [None, None, "x"]
    with pytest.raises(UnreadableFileError, match="3 columns"):
        cells.add_column("c")


def test_a_column_of_several_kinds_says_which() -> None:
    cells = MixedCells(max_columns=5)
    position = cells.add_column("a")
    for kind, spelled in (("number", "1"), ("number", "2"), ("moment", "2024-01-01")):
        cells.add_row([(position, kind, spelled)])
    assert cells.given(position) == "strings"
    assert cells.notes(position) == ["Beside numbers in 2 rows it holds dates in 1 rows (first in row 3)."]
