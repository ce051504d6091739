"""Score a whole table, piece by piece, and write the result as a file that a spreadsheet opens without running it."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from services.datasets.recipe.rewriting import texts
from services.deployments.answers import Answers
from services.errors import InvalidInputError
from services.models.signature import Signature

MAX_BATCH_ROWS = 100_000
ROWS_PER_PIECE = 5_000
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet takes for a formula, or hides one behind

Predict = Callable[[Mapping[str, Sequence[Any]]], tuple[Answers, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that were scored: how far the table is now, what was unusual, and the rows with their answers."""

    n_done: int
    warnings: tuple[str, ...]
    rows: pd.DataFrame


def check_table(signature: Signature, table: pd.DataFrame) -> None:
    """Refuse a table that cannot be scored before any of it is.

    Raises
    ------
    InvalidInputError
        There are no rows, too many, or columns of the model are missing.
    """
    absent = [name for name in signature.names if name not in table.columns]
    if absent:
        named = ", ".join(f"“{name}”" for name in absent[:5]) + (" and more" if len(absent) > 5 else "")
        raise InvalidInputError(
            f"The table lacks {named}. Add what the model needs; other columns are kept as they are."
        )
    if len(table) == 0:
        raise InvalidInputError("The table has no rows.")
    if len(table) > MAX_BATCH_ROWS:
        raise InvalidInputError(f"The table has {len(table):,} rows; at most {MAX_BATCH_ROWS:,} are scored at a time.")


def score_table(signature: Signature, table: pd.DataFrame, predict: Predict) -> Iterator[Piece]:
    """Score `table` in pieces of `ROWS_PER_PIECE`; columns the model does not know are carried along.

    Raises
    ------
    InvalidInputError
        A value does not fit; row numbers in the sentence count from 1 within the rows the sentence names.
    """
    check_table(signature, table)
    for start in range(0, len(table), ROWS_PER_PIECE):
        rows = table.iloc[start : start + ROWS_PER_PIECE]
        try:
            answers, warnings = predict({name: _values(rows[name]) for name in signature.names})
        except InvalidInputError as error:
            raise InvalidInputError(*_with_place(error, start, len(rows), len(table))) from None
        yield Piece(start + len(rows), warnings, _with_answers(rows, answers))


def to_safe_csv(table: pd.DataFrame) -> bytes:
    """UTF-8 CSV in which no text, header included, begins like a formula: such text gets an apostrophe in front.

    All text is quoted, so that a line break inside a cell starts no new one. Numbers keep their sign. See OWASP,
    "CSV injection".
    """
    safe = pd.DataFrame({neutralise(str(name)): _neutral_column(table[name]) for name in table.columns})
    return safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC).encode("utf-8-sig")


def neutralise(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it."""
    return f"'{text}" if text.lstrip(" \ufeff").startswith(_LIVE) or text.startswith(_LIVE) else text


def _neutral_column(values: "pd.Series[Any]") -> "pd.Series[Any]":
    if not pd.api.types.is_string_dtype(values.dtype) and values.dtype != object:
        return values
    return values.map(lambda value: neutralise(value) if isinstance(value, str) else value)


def _values(values: "pd.Series[Any]") -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = texts(values)
    return [None if value is pd.NaT else value for value in values.tolist()]


def _with_answers(rows: pd.DataFrame, answers: Answers) -> pd.DataFrame:
    found = {_free_name(name, rows.columns): list(values) for name, values in answers.columns()}
    return pd.concat([rows.reset_index(drop=True), pd.DataFrame(found)], axis=1)


def _free_name(name: str, taken: "pd.Index[Any]") -> str:
    return name if name not in taken else _free_name(f"{name}_of_model", taken)


def _with_place(error: InvalidInputError, start: int, n: int, n_all: int) -> list[str]:
    if n == n_all:
        return list(error.problems)
    return [f"In rows {start + 1:,} to {start + n:,}, counted from the first of them: {error.problems[0]}"]
