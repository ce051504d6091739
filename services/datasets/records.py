"""The exact way through delimited text: Python's strict reader, record by record, with every structural fault.

It is slower than `formats.delimited`'s fast way and is taken where that one meets anything unusual.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from services.datasets.cells import CellStore
from services.datasets.choices import ChoiceNeededError, FaultyRows, Question, clip_preview
from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MAX_CELL_BYTES
from services.datasets.outcome import SET_ASIDE
from services.datasets.safe_cells import neutralize

if TYPE_CHECKING:
    from _csv import Writer

_BATCH_CELLS = 500_000
_SHOWN_FAULTS = 5
_MAX_LISTED_NAMES = 5
_QUOTE_FAULT = "a quote is closed in the middle of a cell"


@dataclass(slots=True)
class Faults:
    """Rows whose structure is not that of the header: how many, the first sentence, and the first few as they stand."""

    count: int = 0
    first: str = ""
    shown: list[tuple[str, ...]] = field(default_factory=list)


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
    faults = Faults()
    names = store.names
    set_aside = folder / SET_ASIDE
    with path.open("rb") as raw, set_aside.open("w", encoding="utf-8", newline="") as kept:
        raw.seek(start)
        out = csv.writer(kept)
        out.writerow(["line", "fault", *(f"cell {number}" for number in range(1, len(names) + 1))])
        good = _good_records(raw, separator, names, first_line, faults, out)
        _fill(store, good, max_rows, lambda: say(raw.tell()))
    if not faults.count:
        set_aside.unlink()
        return 0
    if faulty_rows == "refuse":
        set_aside.unlink()
        raise ChoiceNeededError([_question(faults, store.n_rows)])
    return faults.count


def _good_records(
    raw: object, separator: str, names: Sequence[str], first_line: int, faults: Faults, out: "Writer"
) -> Iterator[list[str]]:
    from io import TextIOWrapper

    csv.field_size_limit(MAX_CELL_BYTES)
    text = TextIOWrapper(raw, encoding="utf-8", newline="")  # type: ignore[arg-type]  # a buffered binary file
    reader = csv.reader(text, delimiter=separator, strict=True)
    n_names = len(names)
    line = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            text.detach()
            return
        except csv.Error as error:
            _check_one_line(str(error), first_line + line, reader.line_num - line)
            _note(faults, out, first_line + line, f"{_QUOTE_FAULT}.", _QUOTE_FAULT, [])
        else:
            if len(record) == n_names:
                yield record
            elif record:
                _note(faults, out, first_line + line, _width_sentence(len(record), names), _width(len(record)), record)
        line = reader.line_num


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


def _note(faults: Faults, out: "Writer", line: int, sentence: str, fault: str, record: list[str]) -> None:
    faults.count += 1
    if faults.count == 1:
        faults.first = (
            f"Line {line:,}: {sentence}" if sentence.startswith(_QUOTE_FAULT) else f"Line {line:,} {sentence}"
        )
    if len(faults.shown) < _SHOWN_FAULTS:
        faults.shown.append((f"line {line:,}", fault, *record[:6]))
    out.writerow([line, fault, *(neutralize(cell) for cell in record)])


def _width(n_fields: int) -> str:
    return "1 value" if n_fields == 1 else f"{n_fields:,} values"


def _width_sentence(n_fields: int, names: Sequence[str]) -> str:
    listed = f" ({', '.join(f'“{name}”' for name in names)})" if len(names) <= _MAX_LISTED_NAMES else ""
    return f"has {_width(n_fields)}, but the header names {len(names):,} columns{listed}."


def _question(faults: Faults, n_good: int) -> Question:
    rows = "the 1 faulty row" if faults.count == 1 else f"the {faults.count:,} faulty rows"
    those = "that line" if faults.count == 1 else "those lines"
    return Question(
        code="faulty_rows",
        field="faulty_rows",
        sentence=f"{faults.first} Correct {those}, or continue without {rows}.",
        options=(("set_aside", f"Continue without {rows}, {n_good:,} remain"),),
        preview=clip_preview(faults.shown),
    )
