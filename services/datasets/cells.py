"""Columns of cells as they stand in a file: held in memory while they are few, else on disk, one column at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from services.datasets.header import check_count

Given = Literal["text", "numbers", "moments", "strings"]

SPILL_BYTES = 700 * 1024**2  # of cells; typing and describing them takes about twice as much again
_OPEN_CELLS = 500_000  # Python objects before they are packed
_KIND_WORDS = {
    "number": "numbers",
    "text": "text",
    "truth": "values true or false",
    "moment": "dates",
    "time": "times of day or durations",
}


class CellStore:
    """A table of text that grows by batches. `kinds` says per column of what kinds its cells are, where a format knows.

    A null is a cell that the format itself calls missing; an empty cell of text is an empty string.
    """

    def __init__(self, names: Sequence[str], scratch: Path, *, spill_bytes: int = SPILL_BYTES) -> None:
        self.names = list(names)
        self.n_rows = 0
        self.n_bytes = 0
        self._chunks: list[list[pa.Array]] = [[] for _ in self.names]
        self._path = scratch / "cells.arrow"
        self._writer: Any = None
        self._spill_bytes = spill_bytes
        self._schema = pa.schema([(str(position), pa.string()) for position in range(len(self.names))])

    @property
    def is_on_disk(self) -> bool:
        """Whether the cells were too many for memory: then no two columns should be held at once."""
        return self._writer is not None

    def append(self, columns: Sequence[pa.Array]) -> None:
        """Add rows: one array of strings per column."""
        batch = pa.RecordBatch.from_arrays(list(columns), schema=self._schema)
        self.n_rows += batch.num_rows
        self.n_bytes += batch.nbytes
        if self._writer is None and self.n_bytes > self._spill_bytes:
            self._writer = pa.ipc.new_file(str(self._path), self._schema)
            for earlier in zip(*self._chunks, strict=True):
                self._writer.write_batch(pa.RecordBatch.from_arrays(list(earlier), schema=self._schema))
            self._chunks = []
        if self._writer is not None:
            self._writer.write_batch(batch)
            return
        for chunks, column in zip(self._chunks, batch.columns, strict=True):
            chunks.append(column)

    def finish(self) -> None:
        """No more rows will come."""
        if self._writer is not None:
            self._writer.close()

    def take(self, position: int) -> pa.ChunkedArray:
        """All cells of one column; what is held in memory is given up."""
        if not self.is_on_disk:
            found, self._chunks[position] = self._chunks[position], []
            return pa.chunked_array(found, type=pa.string())
        options = pa.ipc.IpcReadOptions(included_fields=[position], use_threads=False)
        with pa.OSFile(str(self._path)) as file, pa.ipc.open_file(file, options=options) as reader:
            found = [reader.get_batch(number).column(0) for number in range(reader.num_record_batches)]
        return pa.chunked_array(found, type=pa.string())

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows of a table on disk, batch by batch."""
        with pa.OSFile(str(self._path)) as file, pa.ipc.open_file(file) as reader:
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)


class MixedCells:
    """Columns of cells of a format that knows kinds (numbers, text, ...), which may appear row by row.

    It has the reading half of `CellStore`. `given` says what each column is, `notes` what is worth saying of it.
    """

    is_on_disk = False

    def __init__(self, max_columns: int) -> None:
        self.n_rows = 0
        self._max_columns = max_columns
        self._positions: dict[str, int] = {}
        self._chunks: list[list[pa.Array]] = []
        self._open: list[list[str | None]] = []
        self._open_rows = 0
        self._counts: list[Counter[str]] = []
        self._first_rows: list[dict[str, int]] = []

    @property
    def names(self) -> list[str]:
        """The columns in the order in which they appeared."""
        return list(self._positions)

    def add_column(self, name: str) -> int:
        """Its position; rows before are missing."""
        position = self._positions[name] = len(self._positions)
        check_count(position + 1, self._max_columns)
        self._chunks.append([pa.nulls(self.n_rows - self._open_rows, pa.string())])
        self._open.append([None] * self._open_rows)
        self._counts.append(Counter())
        self._first_rows.append({})
        return position

    def find(self, name: str) -> int | None:
        """The position of a column."""
        return self._positions.get(name)

    def add_row(self, cells: Iterable[tuple[int, str, str]]) -> None:
        """A row as triples of position, kind and spelling; the rest is missing."""
        self.n_rows += 1
        self._open_rows += 1
        for position, kind, spelling in cells:
            column = self._open[position]
            column.extend([None] * (self._open_rows - 1 - len(column)))
            column.append(spelling)
            self._counts[position][kind] += 1
            self._first_rows[position].setdefault(kind, self.n_rows)
        if self._open_rows * len(self._open) >= _OPEN_CELLS:
            self.close_rows()

    def close_rows(self) -> None:
        """Pack what was added.

        Raises
        ------
        ValueError
            A text cannot be stored: it holds half of a character.
        """
        for position, column in enumerate(self._open):
            column.extend([None] * (self._open_rows - len(column)))
            self._chunks[position].append(pa.array(column, type=pa.string()))
            self._open[position] = []
        self._open_rows = 0

    def take(self, position: int) -> pa.ChunkedArray:
        """All cells of one column, which are given up."""
        found = self.column(position)
        self._chunks[position] = []
        return found

    def column(self, position: int) -> pa.ChunkedArray:
        """All cells of one column."""
        return pa.chunked_array(self._chunks[position], type=pa.string())

    def given(self, position: int) -> Given:
        """What the cells of a column are."""
        kinds = set(self._counts[position])
        if kinds == {"number"}:
            return "numbers"
        if kinds == {"moment"}:
            return "moments"
        return "text" if kinds == {"number", "text"} else "strings"

    def notes(self, position: int) -> list[str]:
        """That a column has cells of several kinds, and where the rarer ones begin."""
        counts, first = self._counts[position], self._first_rows[position]
        if counts and set(counts) <= {"truth", "time"}:
            return [f"Its cells are {' and '.join(_KIND_WORDS[kind] for kind in counts)}, kept as text."]
        if len(counts) < 2:
            return []
        usual, *others = counts.most_common()
        listed = [f"{_KIND_WORDS[kind]} in {n:,} rows (first in row {first[kind]:,})" for kind, n in others]
        return [f"Beside {_KIND_WORDS[usual[0]]} in {usual[1]:,} rows it holds {' and '.join(listed)}."]

    def only(self, positions: Sequence[int]) -> "MixedCells":
        """These columns alone."""
        found = MixedCells(self._max_columns)
        found.n_rows = self.n_rows
        found._chunks = [self._chunks[position] for position in positions]
        return found


@dataclass(frozen=True, slots=True)
class ReadCells:
    """The cells of a file and how they were read; see `ReadingReport` for the words."""

    store: "CellStore | MixedCells"
    names: tuple[str, ...]
    format: str
    given: tuple[Given, ...] = ()
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    n_set_aside: int = 0
    warnings: tuple[str, ...] = ()
