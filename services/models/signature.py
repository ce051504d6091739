"""What a model takes and gives, and the check that rows fit before they are scored. Loads no machine learning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from services.automl.columns import MISSING_TOKENS, to_model_values
from services.errors import InvalidInputError
from services.models.report import Document

_MAX_ROWS_NAMED = 5
_MARGIN = 0.1  # of the range seen in training


@dataclass(frozen=True)
class SignatureColumn(Document):
    """One input of a model.

    Attributes
    ----------
    kind
        "number", "category", "text" or "date".
    nullable
        Whether the value was ever missing in training; a model predicts without it either way.
    categories
        Values seen in training, most frequent first; empty unless a category.
    low, high
        Range seen in training; None unless a number, or a date in days since 1970-01-01.
    example
        A typical value, as somebody would enter it.
    """

    name: str
    kind: str
    nullable: bool
    categories: tuple[str, ...]
    low: float | None
    high: float | None
    example: str | float | None


@dataclass(frozen=True)
class Signature(Document):
    """The contract of a model.

    Attributes
    ----------
    classes
        Class labels in the order of the model's probabilities; empty for a regression.
    positive_label
        The class a yes-or-no model gives the probability of: the last of `classes`.
    onnx_inputs
        Columns that the ONNX twin takes, in the order of its inputs; empty where there is no twin.
    """

    columns: tuple[SignatureColumn, ...]
    task: str
    classes: tuple[str, ...]
    positive_label: str | None
    target: str
    onnx_inputs: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in order."""
        return tuple(column.name for column in self.columns)


def validate_rows(signature: Signature, columns: Mapping[str, Sequence[Any]]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The rows as the model takes them, and warnings about values unlike those of training.

    Parameters
    ----------
    columns
        Values of each column, one list per column: numbers or text that spells them, ISO dates, text; None, NaN, a
        blank or a token such as "NA" is a missing value.

    Returns
    -------
    frame
        In the order of the signature: float64 for numbers and dates (days since 1970-01-01), pandas `str` for text.
    warnings
        One sentence for each column that has something unusual.

    Raises
    ------
    InvalidInputError
        One sentence for each fault; they name columns and row numbers (from 1), never values.
    """
    _check_names(signature, columns)
    _check_lengths(columns)
    faults: list[str] = []
    warnings: list[str] = []
    typed: dict[str, pd.Series[Any]] = {}
    for column in signature.columns:
        given = pd.Series(list(columns[column.name]), dtype=object)
        typed[column.name] = values = _typed(column, given)
        faults += _faults(column, given, values)
        warnings += _warnings(column, values)
    if faults:
        raise InvalidInputError(*faults)
    return pd.DataFrame(typed), tuple(warnings)


def name_rows(positions: Sequence[int]) -> str:
    """“row 1”, “rows 1, 3 and 7 more”, from positions that count from 0."""
    named = ", ".join(str(position + 1) for position in positions[:_MAX_ROWS_NAMED])
    more = f" and {len(positions) - _MAX_ROWS_NAMED:,} more" if len(positions) > _MAX_ROWS_NAMED else ""
    return f"row{'s' if len(positions) > 1 else ''} {named}{more}"


def _check_names(signature: Signature, columns: Mapping[str, Sequence[Any]]) -> None:
    absent = [name for name in signature.names if name not in columns]
    unknown = [name for name in columns if name not in signature.names]
    faults = []
    if absent:
        faults.append(f"The model needs {_listed(absent)}, which the rows do not have. Add {_them(absent)}.")
    if unknown:
        faults.append(f"The model does not know {_listed(unknown)}. Leave {_them(unknown)} out.")
    if faults:
        raise InvalidInputError(*faults)


def _check_lengths(columns: Mapping[str, Sequence[Any]]) -> None:
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise InvalidInputError("The columns have different numbers of rows. Give each column one value per row.")
    if lengths == {0}:
        raise InvalidInputError("There are no rows to predict. Give at least one.")


def _typed(column: SignatureColumn, given: "pd.Series[Any]") -> "pd.Series[Any]":
    """Each value as text first, so that 1, 1.0 and "1" are the same in every kind of column."""
    return to_model_values(given.map(_as_text).astype("str"), column.kind)


def _as_text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def _faults(column: SignatureColumn, given: "pd.Series[Any]", values: "pd.Series[Any]") -> list[str]:
    if column.kind not in ("number", "date"):
        return []
    wrong = values.isna() & ~given.map(_is_missing).astype(bool)
    if not bool(wrong.any()):
        return []
    meant = "a number" if column.kind == "number" else "a date such as 2024-12-31"
    return [f"“{column.name}” is not {meant} in {name_rows(_positions(wrong))}. Correct it, or leave it empty."]


def _is_missing(value: Any) -> bool:
    text = _as_text(value)
    return text is None or text.strip().lower() in MISSING_TOKENS


def _warnings(column: SignatureColumn, values: "pd.Series[Any]") -> list[str]:
    missing = values.isna()
    found = []
    if not column.nullable and bool(missing.any()):
        found.append(f"“{column.name}” is missing in {name_rows(_positions(missing))}; it never was in training.")
    if column.kind == "category":
        unseen = ~missing & ~values.isin(column.categories)
        if bool(unseen.any()):
            found.append(f"“{column.name}” has a value in {name_rows(_positions(unseen))} that training never saw.")
    outside = _outside(column, values)
    if bool(outside.any()):
        found.append(f"“{column.name}” lies outside the range of training in {name_rows(_positions(outside))}.")
    return found


def _outside(column: SignatureColumn, values: "pd.Series[Any]") -> "pd.Series[Any]":
    if column.kind not in ("number", "date") or column.low is None or column.high is None:
        return pd.Series(False, index=values.index)
    margin = _MARGIN * (column.high - column.low)
    return (values < column.low - margin) | (values > column.high + margin)


def _positions(flags: "pd.Series[Any]") -> list[int]:
    return [int(position) for position in flags.to_numpy().nonzero()[0]]


def _listed(names: Sequence[str]) -> str:
    named = ", ".join(f"“{name}”" for name in names[:_MAX_ROWS_NAMED])
    more = f" and {len(names) - _MAX_ROWS_NAMED} more" if len(names) > _MAX_ROWS_NAMED else ""
    return f"the column{'s' if len(names) > 1 else ''} {named}{more}"


def _them(names: Sequence[str]) -> str:
    return "them" if len(names) > 1 else "it"
