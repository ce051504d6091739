"""JSON lines: one flat object in each line. Numbers keep the spelling they have, text stays text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.datasets.cells import MixedCells, ReadCells
from services.datasets.encodings import to_utf8
from services.datasets.errors import UnreadableFileError
from services.datasets.header import check_names
from services.datasets.limits import MAX_CELL_BYTES
from services.datasets.set_aside import SetAside
from services.datasets.task import Task

_LONGEST_LINE = 32 * 1024**2
_SAY_EVERY = 5_000
_MB = 1024**2


class _Number(str):
    """A number as it is spelled."""

    __slots__ = ()


class _FaultError(Exception):
    """What is wrong with a line: in a few words, and in a sentence that continues "Line n"."""

    def __init__(self, fault: str, sentence: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.sentence = sentence


def _refuse_constant(_name: str) -> None:
    raise ValueError


_DECODER = json.JSONDecoder(
    parse_int=_Number, parse_float=_Number, parse_constant=_refuse_constant, object_pairs_hook=tuple
)
_NO_OBJECT = _FaultError("no object", "is no JSON object such as {“a”: 1}.")


def read_lines(path: Path, task: Task) -> ReadCells:
    """Read JSON lines into cells.

    Raises
    ------
    UnreadableFileError
        The first line is no object, or a line or cell is too long.
    ChoiceNeededError
        Lines are faulty and nobody has said what shall become of them, or names are no names.
    """
    text = to_utf8(path, task.folder, task.choices.encoding)
    cells = MixedCells(task.limits.max_columns)
    n_bytes = text.path.stat().st_size
    with text.path.open("rb") as file, SetAside(task.folder, n_cells=1) as faults:
        file.seek(text.start)
        for number, line in _numbered(file):
            try:
                _add(cells, line, number)
            except _FaultError as error:
                if cells.n_rows == 0 and faults.count == 0 and error is _NO_OBJECT:
                    raise UnreadableFileError(_first_line_sentence(number)) from None
                faults.add(number, error.fault, [line[:1000].decode(errors="replace")], sentence=error.sentence)
            if cells.n_rows > task.limits.max_rows:
                raise UnreadableFileError(f"The file has more than {task.limits.max_rows:,} rows. Upload a sample.")
            if number % _SAY_EVERY == 0:
                task.say(file.tell() / n_bytes / 2, f"Read {file.tell() / _MB:,.0f} of {n_bytes / _MB:,.0f} MB")
        cells.close_rows()
        n_set_aside = faults.settle(task.choices.faulty_rows, cells.n_rows)
    names = check_names(cells.names, task.choices.renames, may_be_data=False)
    return ReadCells(
        store=cells,
        names=tuple(names),
        format="JSON lines",
        given=tuple(cells.given(position) for position in range(len(names))),
        notes={name: cells.notes(position) for position, name in enumerate(names)},
        encoding=text.encoding,
        n_set_aside=n_set_aside,
    )


def _numbered(file: Any) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            raise UnreadableFileError(f"Line {number:,} has more than 32 MB. Write one object in each line.")
        if line.strip():
            yield number, line


def _add(cells: MixedCells, line: bytes, number: int) -> None:
    pairs = _decode(line)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _FaultError("a repeated name", "has an object that repeats a name.")
    for name in found:
        if cells.find(name) is None:
            cells.add_column(name)
    cells.add_row([_cell(cells, name, value, number) for name, value in pairs if value is not None])


def _decode(line: bytes) -> tuple[tuple[str, Any], ...]:
    try:
        found = _DECODER.decode(line.decode().strip())
    except RecursionError:
        raise _FaultError("nested", "has values inside values; only flat objects are read.") from None
    except ValueError:
        raise _NO_OBJECT from None
    if not isinstance(found, tuple):
        raise _NO_OBJECT
    for name, value in found:
        _check(name, value)
    return found


def _check(name: str, value: Any) -> None:
    """Before anything of the line is taken over."""
    if isinstance(value, list | tuple):
        raise _FaultError("nested", "has values inside values; only flat objects are read.")
    for text in (name, value):
        if isinstance(text, str) and not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise _FaultError("half a character", "has a text with half of a character.") from None
        if isinstance(text, str) and "\0" in text:
            raise _FaultError("a NUL character", "has a text with a NUL character.")


def _cell(cells: MixedCells, name: str, value: Any, number: int) -> tuple[int, str, str]:
    position = cells.find(name)
    assert position is not None
    if isinstance(value, bool):
        return position, "truth", "true" if value else "false"
    if len(value) > MAX_CELL_BYTES:
        raise UnreadableFileError(f"Line {number:,} has a cell of more than 1 MB. Shorten it.")
    return position, "number" if isinstance(value, _Number) else "text", value


def _first_line_sentence(number: int) -> str:
    return (
        f"Line {number:,} is no JSON object. JSON lines have one object such as {{“a”: 1}} in each line; "
        "save the table so, or as CSV."
    )
