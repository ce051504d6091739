"""Compute a formula for all rows at once. A row without an answer is counted, it never stops the others.

A row has no answer where a value it needs is missing, or where an operation has none: division by zero, the logarithm
of zero, a number beyond the doubles (IEEE 754). `where`, `and` and `or` look only at the side they take, as Python
does, so that `where(calls > 0, cost / calls, 0)` has an answer in every row.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.formulas.formula import Column, Formula, Node, Number, Operation, Word
from services.formulas.reading import LARGEST_EXPONENT
from services.formulas.spelling import unknown_name, written

_NUMBERS_AS_OBJECTS = {"decimal", "integer", "floating", "mixed-integer-float", "boolean"}

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Columns = Mapping[str, Any] | pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """The value of each row.

    Attributes
    ----------
    values
        NaN where a row has none.
    is_valid
        Whether the row has a value.
    """

    values: Floats
    is_valid: Flags

    @property
    def n_invalid(self) -> int:
        """How many rows have no value."""
        return int(self.is_valid.size - np.count_nonzero(self.is_valid))


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """What a part of the formula gives: numbers or words, and where they are."""

    values: NDArray[Any]
    is_valid: Flags
    name: str | None = None

    @property
    def is_text(self) -> bool:
        return self.values.dtype == object


def compute(formula: Formula, columns: Columns, n_rows: int) -> Computed:
    """The formula for each row.

    Parameters
    ----------
    columns
        By name a column of `n_rows` values, or one value for all rows.

    Raises
    ------
    InvalidInputError
        A column is not there, or words stand where numbers are needed.
    """
    with np.errstate(all="ignore"):
        result = _of(formula.root, columns)
    if result.is_text:
        raise _needs_numbers(result)
    is_valid = np.broadcast_to(result.is_valid, (n_rows,)).copy()
    values = np.where(is_valid, np.broadcast_to(result.values, (n_rows,)), np.nan)
    return Computed(values, is_valid)


def compute_one(formula: Formula, values: Mapping[str, Any]) -> float | None:
    """The formula for a single row; None where it has no answer."""
    computed = compute(formula, values, 1)
    return float(computed.values[0]) if computed.is_valid[0] else None


def invalid_sentence(computed: Computed) -> str:
    """What to know of rows without a value; empty where there is none."""
    if not computed.n_invalid:
        return ""
    rows = "row has" if computed.n_invalid == 1 else "rows have"
    return (
        f"{computed.n_invalid:,} of {computed.is_valid.size:,} {rows} no value: something is missing there, "
        "is divided by zero, or is too large."
    )


def _of(node: Node, columns: Columns) -> _Values:
    if isinstance(node, Number):
        return _Values(np.asarray(node.value), np.asarray(True))
    if isinstance(node, Word):
        return _Values(np.asarray(node.value, dtype=object), np.asarray(True))
    if isinstance(node, Column):
        if node.name not in columns:
            raise InvalidInputError(unknown_name(node.name, [str(name) for name in columns]))
        return _column(node.name, columns[node.name])
    operands = [_of(operand, columns) for operand in node.operands]
    if node.kind in {"==", "!="} and any(operand.is_text for operand in operands):
        return _compared_words(node.kind, *operands)
    for operand in operands:
        if operand.is_text:
            raise _needs_numbers(operand)
    return _operated(node, operands)


def _operated(node: Operation, operands: list[_Values]) -> _Values:
    if node.kind == "where":
        return _chosen(*operands)
    if node.kind in {"and", "or"}:
        return _joined(node.kind, operands)
    values = np.asarray(_OPERATIONS[node.kind](*(operand.values for operand in operands)), dtype=np.float64)
    is_valid = np.logical_and.reduce(np.broadcast_arrays(*(operand.is_valid for operand in operands)))
    return _Values(values, is_valid & np.isfinite(values))


def _chosen(test: _Values, then: _Values, otherwise: _Values) -> _Values:
    is_true = test.values != 0
    is_valid = test.is_valid & np.where(is_true, then.is_valid, otherwise.is_valid)
    return _Values(np.where(is_true, then.values, otherwise.values), is_valid)


def _joined(kind: str, operands: list[_Values]) -> _Values:
    """From left to right: what comes after the side that decides is not looked at. The answer is 1 or 0."""
    decides = kind == "or"
    result = _Values((operands[0].values != 0).astype(np.float64), operands[0].is_valid)
    for operand in operands[1:]:
        is_decided = result.is_valid & ((result.values != 0) == decides)
        is_true = np.where(is_decided, decides, operand.values != 0).astype(np.float64)
        result = _Values(is_true, is_decided | (result.is_valid & operand.is_valid))
    return result


def _compared_words(kind: str, left: _Values, right: _Values) -> _Values:
    for side, other in ((left, right), (right, left)):
        if not side.is_text:
            raise InvalidInputError(f"{_named(side)} holds numbers and cannot be compared with {_named(other)}.")
    is_equal = np.asarray(left.values == right.values, dtype=np.bool_)
    return _Values((is_equal == (kind == "==")).astype(np.float64), left.is_valid & right.is_valid)


def _column(name: str, values: Any) -> _Values:
    series = values if isinstance(values, pd.Series) else pd.Series(np.atleast_1d(np.asarray(values)))
    is_valid = series.notna().to_numpy(dtype=np.bool_)
    if series.dtype == object and pd.api.types.infer_dtype(series) in _NUMBERS_AS_OBJECTS:
        series = series.map(float, na_action="ignore").astype(np.float64)
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    if pd.api.types.is_bool_dtype(series.dtype) or pd.api.types.is_numeric_dtype(series.dtype):
        if pd.api.types.is_complex_dtype(series.dtype):
            raise InvalidInputError(f"{written(name)} holds complex numbers, which a formula cannot use.")
        numbers = np.asarray(
            series.astype("Float64").to_numpy(dtype="float64", na_value=float("nan")), dtype=np.float64
        )
        return _Values(numbers, is_valid & np.isfinite(numbers), name)
    if pd.api.types.is_string_dtype(series.dtype) or series.dtype == object:
        words = series.to_numpy(dtype="object")
        return _Values(words, is_valid, name)
    raise InvalidInputError(f"{written(name)} holds dates or times, which a formula cannot use.")


def _needs_numbers(values: _Values) -> InvalidInputError:
    return InvalidInputError(f"{_named(values)} holds words; it can only be compared, by == or !=.")


def _named(values: _Values) -> str:
    return written(values.name) if values.name is not None else "a word" if values.is_text else "a part of the formula"


def _flag(of: Callable[[Floats, Floats], Flags]) -> Callable[..., Floats]:
    return lambda left, right: of(left, right).astype(np.float64)


def _power(number: Floats, exponent: Floats) -> Floats:
    """An exponent beyond the limit has no answer, also where a column holds it."""
    return np.where(np.abs(exponent) <= LARGEST_EXPONENT, np.power(number, exponent), np.nan)


def _clipped(number: Floats, low: Floats, high: Floats) -> Floats:
    """Limits in the wrong order have no answer."""
    return np.where(low <= high, np.clip(number, low, high), np.nan)


def _rounded(number: Floats, digits: Floats | None = None) -> Floats:
    """Halves go to the even neighbour, as in Python (IEEE 754)."""
    return np.round(number, 0 if digits is None else int(digits))


def _smallest(*numbers: Floats) -> Floats:
    return functools.reduce(np.minimum, numbers)


def _largest(*numbers: Floats) -> Floats:
    return functools.reduce(np.maximum, numbers)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": _power,
    "%": np.mod,
    "//": np.floor_divide,
    "negative": np.negative,
    "positive": np.positive,
    "not": lambda number: (number == 0).astype(np.float64),
    "<": _flag(np.less),
    "<=": _flag(np.less_equal),
    ">": _flag(np.greater),
    ">=": _flag(np.greater_equal),
    "==": _flag(np.equal),
    "!=": _flag(np.not_equal),
    "min": _smallest,
    "max": _largest,
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "clip": _clipped,
    "round": _rounded,
}
