"""Columns of cells as they stand in a file: held in memory while they are few, else on disk, one column at a time."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

SPILL_BYTES = 700 * 1024**2  # of cells; typing and describing them takes about twice as much again


class CellStore:
    """A table of text that grows by batches. `kinds` says per column of what kinds its cells are, where a format knows.

    A null is a cell that the format itself calls missing; an empty cell of text is an empty string.
    """

    def __init__(self, names: Sequence[str], scratch: Path, *, spill_bytes: int = SPILL_BYTES) -> None:
        self.names = list(names)
        self.n_rows = 0
        self.n_bytes = 0
        self._batches: list[pa.RecordBatch] = []
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
            for earlier in self._batches:
                self._writer.write_batch(earlier)
            self._batches = []
        if self._writer is None:
            self._batches.append(batch)
        else:
            self._writer.write_batch(batch)

    def finish(self) -> None:
        """No more rows will come."""
        if self._writer is not None:
            self._writer.close()

    def column(self, position: int) -> pa.ChunkedArray:
        """All cells of one column."""
        if not self.is_on_disk:
            return pa.chunked_array([batch.column(position) for batch in self._batches], type=pa.string())
        options = pa.ipc.IpcReadOptions(included_fields=[position], use_threads=False)
        with pa.OSFile(str(self._path)) as file, pa.ipc.open_file(file, options=options) as reader:
            found = [reader.get_batch(number).column(0) for number in range(reader.num_record_batches)]
        return pa.chunked_array(found, type=pa.string())

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, batch by batch."""
        if not self.is_on_disk:
            yield from self._batches
            return
        with pa.OSFile(str(self._path)) as file, pa.ipc.open_file(file) as reader:
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)

    def forget(self) -> None:
        """Give the memory back."""
        self._batches = []
