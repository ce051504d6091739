"""Delimited text: encoding, separator, names, structure, and then the cells, by the fast way where that is exact."""

import csv
import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from services.datasets.allocation import prepare_for_columns
from services.datasets.cells import CellStore, ReadCells
from services.datasets.encodings import Utf8Text, to_utf8
from services.datasets.errors import UnreadableFileError
from services.datasets.header import check_count, check_names
from services.datasets.limits import MAX_CELL_BYTES
from services.datasets.records import read_records
from services.datasets.separators import find_separator, open_records
from services.datasets.structure import Structure, scan
from services.datasets.task import Task

_MOST_BLOCK_BYTES, _LEAST_BLOCK_BYTES = 16 * 1024**2, 1024**2
_BLOCK_BYTES_A_COLUMN = 32 * 1024  # few columns: a block that stays near the processor
_HEAD_BYTES, _LONGEST_HEAD_BYTES = 1024**2, 32 * 1024**2
_BREAK = re.compile(rb"\r\n|\n|\r")
_MB = 1024**2
_FORMATS = {",": "CSV", ";": "CSV", "\t": "TSV"}


def read_delimited(path: Path, task: Task) -> ReadCells:
    """Read a text file into cells.

    Raises
    ------
    UnreadableFileError, ChoiceNeededError
        As the steps it takes: `encodings`, `separators`, `header`, `records`.
    """
    text = to_utf8(path, task.folder, task.choices.encoding)
    head = _read_head(text)
    if not head.strip():
        raise UnreadableFileError("The file is empty. Upload a table with the column names in its first line.")
    _check_width(head, task)
    separator = find_separator(head, task.choices.separator)
    given, n_lines, n_bytes = _read_header(head, separator)
    names = check_names(given, task.choices.renames)
    say = _progress(task, text.path.stat().st_size)
    first = text.start + n_bytes
    n_set_aside = 0
    store = _read_fast(text.path, first, separator, names, task, say)
    if store is None:
        store = CellStore(names, task.folder)
        n_set_aside = read_records(
            text.path,
            first,
            separator,
            store,
            first_line=n_lines + 1,
            max_rows=task.limits.max_rows,
            faulty_rows=task.choices.faulty_rows,
            folder=task.folder,
            say=say,
        )
    return ReadCells(
        store=store,
        names=tuple(names),
        format=_FORMATS.get(separator, "Delimited text"),
        encoding=text.encoding,
        separator=separator,
        n_set_aside=n_set_aside,
    )


def _read_head(text: Utf8Text) -> bytes:
    """The first megabyte, or more where the first line is longer, cut after a whole character."""
    with text.path.open("rb") as file:
        file.seek(text.start)
        head = file.read(_HEAD_BYTES)
        while not _BREAK.search(head.lstrip()) and len(head) < _LONGEST_HEAD_BYTES and (more := file.read(_HEAD_BYTES)):
            head += more
        if not file.read(1):
            return head
    return head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head.decode(errors="ignore").encode()


def _check_width(head: bytes, task: Task) -> None:
    """So wide a first line is refused before anything splits it."""
    line = _BREAK.split(head.lstrip(b"\r\n"), maxsplit=1)[0]
    if b'"' not in line:
        check_count(max(line.count(sign) for sign in (b",", b";", b"\t", b"|")) + 1, task.limits.max_columns)


def _read_header(head: bytes, separator: str) -> tuple[list[str], int, int]:
    """The names as they stand, how many lines of the file they and blank lines before them take, and how many bytes."""
    reader = open_records(head, separator)
    try:
        names = next(record for record in reader if record)
    except (StopIteration, csv.Error):
        raise UnreadableFileError(
            "In the first line a quote is opened and not closed as it should be. Correct the column names."
        ) from None
    ends = [found.end() for found, _ in zip(_BREAK.finditer(head), range(reader.line_num), strict=False)]
    return names, reader.line_num, ends[-1] if len(ends) == reader.line_num else len(head)


def _read_fast(
    path: Path, start: int, separator: str, names: list[str], task: Task, say: Callable[[int], None]
) -> CellStore | None:
    """The cells; None where the text has anything unusual, so that only the exact way may say what it holds.

    Cells are split while the structure is still looked at: nearly always it is the plainest.
    """
    check_count(len(names), task.limits.max_columns)
    prepare_for_columns(len(names))
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(scan, path, start, separator)
        expected = Structure(is_plain=True, has_breaks_in_cells=False)
        store = _split(path, start, separator, names, task, say, expected, looking)
        structure = looking.result()
    if structure.n_records > task.limits.max_rows:
        raise UnreadableFileError(f"The file has more than {task.limits.max_rows:,} rows. Upload a sample of them.")
    if not structure.is_plain or structure.n_records == 0:
        return None
    if structure.has_breaks_in_cells:
        store = _split(path, start, separator, names, task, say, structure, looking)
    return store if store is not None and store.n_rows == structure.n_records else None


def _split(
    path: Path,
    start: int,
    separator: str,
    names: list[str],
    task: Task,
    say: Callable[[int], None],
    expected: Structure,
    looking: "Future[Structure]",
) -> CellStore | None:
    """The cells of a text of the expected structure; None as soon as it is found to have another one."""
    positions = [str(position) for position in range(len(names))]
    least = max(_LEAST_BLOCK_BYTES, len(names) * _BLOCK_BYTES_A_COLUMN)
    for block_bytes in sorted({min(least, _MOST_BLOCK_BYTES), _MOST_BLOCK_BYTES}):
        store = CellStore(names, task.folder)
        try:
            with pa.OSFile(str(path)) as file:
                file.seek(start)
                reader = pa_csv.open_csv(
                    file,
                    read_options=pa_csv.ReadOptions(block_size=block_bytes, column_names=positions),
                    parse_options=pa_csv.ParseOptions(
                        delimiter=separator, newlines_in_values=expected.has_breaks_in_cells
                    ),
                    convert_options=pa_csv.ConvertOptions(
                        column_types=dict.fromkeys(positions, pa.string()), strings_can_be_null=False, check_utf8=False
                    ),
                )
                for batch in reader:
                    if any(_has_long_cell(column) for column in batch.columns) or _is_otherwise(looking, expected):
                        return None
                    store.append(batch.columns)
                    say(file.tell())
        except pa.ArrowInvalid as error:  # a row of another width, or one longer than a block
            if "block" not in str(error):
                return None
            continue
        store.finish()
        return store
    return None


def _is_otherwise(looking: "Future[Structure]", expected: Structure) -> bool:
    if not looking.done():
        return False
    found = looking.result()
    return (found.is_plain, found.has_breaks_in_cells) != (expected.is_plain, expected.has_breaks_in_cells)


def _has_long_cell(column: pa.Array) -> bool:
    return column.nbytes > MAX_CELL_BYTES and (pc.max(pc.binary_length(column)).as_py() or 0) > MAX_CELL_BYTES


def _progress(task: Task, n_bytes: int) -> Callable[[int], None]:
    def say(done: int) -> None:
        share = done / max(n_bytes, 1)
        task.say(share / 2, f"Read {done / _MB:,.0f} of {n_bytes / _MB:,.0f} MB")

    return say
