"""What an accepted file must have become, told by Python's own strict readers: the oracle of "no silent change"."""

import csv
import io
import json
import math
from datetime import datetime
from typing import Any

import pandas as pd

from services.datasets.choices import ReadingChoices
from services.datasets.dates import _FORMATS
from services.datasets.inference import MISSING_TOKENS
from services.datasets.numbers import INFINITIES
from services.datasets.outcome import ReadingReport

_MARKS = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def find_changes(content: bytes, choices: ReadingChoices, report: ReadingReport, frame: pd.DataFrame) -> list[str]:
    """What an accepted delimited text says otherwise than the table, one line each; empty if nothing."""
    text = _decode(content, choices.encoding)
    names, records, n_faulty = _records(text, report.separator)
    names = [choices.renames.get(position, name).strip() for position, name in enumerate(names)]
    found = []
    if list(frame.columns) != names:
        found.append(f"names {list(frame.columns)} for {names}")
    if len(frame) != len(records) or report.n_rows != len(records):
        return [*found, f"{len(frame)} rows for {len(records)}"]
    if n_faulty != report.n_set_aside:
        found.append(f"{report.n_set_aside} rows set aside for {n_faulty}")
    for position, column in enumerate(report.columns):
        cells = [record[position] for record in records]
        kept = choices.missing_tokens.get(column.name, ())
        for row, (cell, value) in enumerate(zip(cells, frame.iloc[:, position], strict=True), start=1):
            if not _agrees(cell, value, column.type, column.reason, report.decimal_sign, kept):
                found.append(f"row {row} of column {position + 1} ({column.type}): {value!r} for {cell!r}")
                break
    return found


def find_changes_in_lines(
    content: bytes, choices: ReadingChoices, report: ReadingReport, frame: pd.DataFrame
) -> list[str]:
    """The same for JSON lines."""
    good = []
    for line in _decode(content, choices.encoding).split("\n"):
        if not line.strip():
            continue
        try:
            pairs = json.loads(line, object_pairs_hook=list, parse_int=str, parse_float=str, parse_constant=_refuse)
        except (ValueError, RecursionError):
            continue
        if _is_flat(pairs):
            good.append(dict(pairs))
    if len(good) != len(frame):
        return [f"{len(frame)} rows for {len(good)}"]
    found = []
    names = list(dict.fromkeys(name for record in good for name in record))
    for name, column in zip(names, report.columns, strict=True):
        for row, (record, value) in enumerate(zip(good, frame[column.name], strict=True), start=1):
            cell = record.get(name)
            if isinstance(cell, bool):
                cell = str(cell).lower()
            if cell is None:
                same = bool(pd.isna(value))
            else:
                same = (isinstance(value, str) and value == cell) or _agrees(
                    cell, value, column.type, column.reason, ".", ()
                )
            if not same:
                found.append(f"row {row} of {column.name!r} ({column.type}): {value!r} for {cell!r}")
                break
    return found


def _refuse(_name: str) -> None:
    raise ValueError


def _is_flat(pairs: Any) -> bool:
    """An object without objects or lists in it, without repeated names, and of characters that can be written."""
    if not isinstance(pairs, list) or any(not (isinstance(pair, tuple) and len(pair) == 2) for pair in pairs):
        return False
    if len({name for name, _ in pairs}) != len(pairs) or any(isinstance(value, list) for _, value in pairs):
        return False
    words = [word for pair in pairs for word in pair if isinstance(word, str)]
    return all("\0" not in word and word == word.encode(errors="replace").decode() for word in words)


def _decode(content: bytes, chosen: str | None) -> str:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name)
    return content.decode("utf-8-sig" if chosen in (None, "utf-8") else str(chosen))


def _records(text: str, separator: str) -> tuple[list[str], list[list[str]], int]:
    """The header, the rows as wide as it, and how many are not."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names: list[str] = []
    good: list[list[str]] = []
    n_faulty = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return names, good, n_faulty
        except csv.Error:
            n_faulty += 1
            continue
        if not names:
            names = record
        elif len(record) == len(names):
            good.append(record)
        elif record:
            n_faulty += 1


def _agrees(cell: str, value: Any, kind: str, reason: str, decimal_sign: str, kept: Any) -> bool:
    bare = cell.strip()
    tokens = [token for token in MISSING_TOKENS if token not in kept]
    if pd.isna(value):
        if kind == "number" and (bare in INFINITIES or _is_infinite(bare, decimal_sign)):
            return True
        return bare == "" or bare in tokens
    if kind == "text":
        return bool(value == cell)
    if kind == "date":
        moments = (_moment(bare, spelling) for spelling, words in _FORMATS.items() if f"({words})" in reason)
        return any(moment == value for moment in moments)
    number = _number(bare, decimal_sign)
    return number is not None and float(value) == number and (kind != "whole number" or int(bare) == int(value))


def _number(bare: str, decimal_sign: str) -> float | None:
    try:
        return float(bare if decimal_sign == "." else bare.replace(",", "."))
    except ValueError:
        return None


def _is_infinite(bare: str, decimal_sign: str) -> bool:
    number = _number(bare, decimal_sign)
    return number is not None and math.isinf(number)


def _moment(bare: str, spelling: str) -> datetime | None:
    try:
        return datetime.strptime(bare, spelling)  # noqa: DTZ007 - tables hold moments without a zone
    except ValueError:
        return None
