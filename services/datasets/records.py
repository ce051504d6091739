"""The exact way through delimited text: Python's strict reader, record by record, with every structural fault.

It is slower than the fast way of `formats.delimited` and is taken where that one meets anything unusual.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from services.datasets.cells import CellStore
from services.datasets.choices import FaultyRows
from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MAX_CELL_BYTES
from services.datasets.set_aside import SetAside

_BATCH_CELLS = 500_000
_MAX_LISTED_NAMES = 5


def read_records(
    path: Path,
    start: int,
    separator: str,
    store: CellStore,
    *,
    first_line: int,
    max_rows: int,
    faulty_rows: FaultyRows,
    folder: Path,
    say: Callable[[int], None],
) -> int:
    """Fill the store with the records of a text from the byte `start` on, which is the beginning of `first_line`.

    Returns
    -------
    int
        The number of faulty rows that were set aside, in `set_aside.csv` with the lines they began in.

    Raises
    ------
    UnreadableFileError
        A quote is opened and never closed, a cell is too long, or the rows are too many.
    ChoiceNeededError
        There are faulty rows and nobody has said yet what shall become of them.
    """
    with path.open("rb") as raw, SetAside(folder, n_cells=len(store.names)) as faults:
        raw.seek(start)
        good = _good_records(raw, separator, store.names, first_line, faults)
        _fill(store, good, max_rows, lambda: say(raw.tell()))
        return faults.settle(faulty_rows, store.n_rows)


def _good_records(
    raw: BinaryIO, separator: str, names: Sequence[str], first_line: int, faults: SetAside
) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_CELL_BYTES)
    text = TextIOWrapper(raw, encoding="utf-8", newline="")
    reader = csv.reader(text, delimiter=separator, strict=True)
    listed = f" ({', '.join(f'“{name}”' for name in names)})" if len(names) <= _MAX_LISTED_NAMES else ""
    before = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            text.detach()
            return
        except csv.Error as error:
            _check_one_line(str(error), first_line + before, reader.line_num - before)
            sentence = "has a quote that is closed in the middle of a cell."
            faults.add(first_line + before, "a quote closed in the middle of a cell", [], sentence=sentence)
        else:
            if len(record) == len(names):
                yield record
            elif record:
                values = "1 value" if len(record) == 1 else f"{len(record):,} values"
                sentence = f"has {values}, but the header names {len(names):,} columns{listed}."
                faults.add(first_line + before, values, record, sentence=sentence)
        before = reader.line_num


def _fill(store: CellStore, records: Iterator[list[str]], max_rows: int, say: Callable[[], None]) -> None:
    size = max(1, _BATCH_CELLS // len(store.names))
    batch: list[list[str]] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            _append(store, batch, max_rows)
            batch = []
            say()
    if batch:
        _append(store, batch, max_rows)
    store.finish()


def _append(store: CellStore, batch: list[list[str]], max_rows: int) -> None:
    store.append([pa.array(column, type=pa.string()) for column in zip(*batch, strict=True)])
    if store.n_rows > max_rows:
        raise UnreadableFileError(f"The file has more than {max_rows:,} rows. Upload a sample of them.")


def _check_one_line(cause: str, line: int, n_lines: int) -> None:
    """Only a fault that ends in its own line leaves no doubt where the next row begins."""
    if "field larger" in cause:
        raise UnreadableFileError(
            f"Line {line:,} has a cell of more than 1 MB, or a quote that is opened and not closed. Correct that line."
        )
    if n_lines != 1 or "unexpected end" in cause:
        raise UnreadableFileError(
            f"In line {line:,} a quote is opened and not closed as it should be. Correct that line and upload again."
        )
