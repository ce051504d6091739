"""Conditions on rows: a column, an operator, a value. The text of a condition is plain text, never a pattern."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.recipe.errors import InvalidStepError, StepNotPossibleError

Condition = dict[str, Any]

OPERATORS = {
    "is": "is",
    "is_not": "is not",
    "less": "is less than",
    "more": "is more than",
    "between": "is between",
    "contains": "contains",
    "is_missing": "is missing",
    "before": "is before",
    "after": "is after",
}
MAX_VALUE_LENGTH = 1_000
_NUMBER, _DATE, _TEXT = "number", "date", "text"
_KINDS = {
    "is": (_NUMBER, _DATE, _TEXT),
    "is_not": (_NUMBER, _DATE, _TEXT),
    "less": (_NUMBER,),
    "more": (_NUMBER,),
    "between": (_NUMBER, _DATE),
    "contains": (_TEXT,),
    "is_missing": (_NUMBER, _DATE, _TEXT),
    "before": (_DATE,),
    "after": (_DATE,),
}


def checked_condition(raw: object) -> Condition:
    """The condition with a known operator and a value that fits it; `between` has a list of two.

    Raises
    ------
    InvalidStepError
        A part is missing, unknown, or of the wrong form.
    """
    if not isinstance(raw, Mapping) or not set(raw) <= {"column", "operator", "value"}:
        raise InvalidStepError("A condition has a column, an operator and a value, and nothing else.")
    column, operator, value = raw.get("column"), raw.get("operator"), raw.get("value")
    if not isinstance(column, str) or not column:
        raise InvalidStepError("Say which column the condition is about.")
    if operator not in OPERATORS:
        raise InvalidStepError(f"Choose how to compare: {', '.join(OPERATORS.values())}.")
    if operator == "is_missing":
        return {"column": column, "operator": operator}
    if operator == "between":
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise InvalidStepError("“Between” needs two values: the lowest and the highest.")
        return {"column": column, "operator": operator, "value": [_checked_value(one) for one in value]}
    return {"column": column, "operator": operator, "value": _checked_value(value)}


def describe_condition(condition: Mapping[str, Any]) -> str:
    """In words: "“age” is more than 120"."""
    words = f"“{condition['column']}” {OPERATORS[condition['operator']]}"
    if condition["operator"] == "is_missing":
        return words
    if condition["operator"] == "between":
        low, high = condition["value"]
        return f"{words} {_spell(low)} and {_spell(high)}"
    return f"{words} {_spell(condition['value'])}"


def matches(frame: pd.DataFrame, condition: Mapping[str, Any]) -> "pd.Series[bool]":
    """Which rows the condition is true of.

    A missing cell matches “is missing” only. Text is compared exactly, except that `contains` ignores capitals.
    `between` includes both ends; `before` and `after` exclude the moment itself.

    Raises
    ------
    StepNotPossibleError
        The column is not in the table, or its kind does not allow the operator or the value.
    """
    column, operator = condition["column"], condition["operator"]
    if column not in frame:
        raise StepNotPossibleError(f"The table has no column called “{column}”.")
    cells = frame[column]
    kind = _kind_of(cells)
    if kind not in _KINDS[operator]:
        raise StepNotPossibleError(f"“{column}” holds {_PLURALS[kind]}: “{OPERATORS[operator]}” cannot be asked of it.")
    if operator == "is_missing":
        return _flags(cells.isna(), cells)
    if operator == "contains":
        return _contains(cells, condition["value"])
    found = _compared(cells, operator, _typed(condition["value"], kind, column))
    return _flags(found & cells.notna(), cells)


_PLURALS = {_NUMBER: "numbers", _DATE: "dates", _TEXT: "text"}


def _flags(found: Any, cells: "pd.Series[Any]") -> "pd.Series[bool]":
    return pd.Series(np.asarray(found, dtype=bool), index=cells.index)


def _compared(cells: Any, operator: str, value: Any) -> Any:
    match operator:
        case "is":
            return cells == value
        case "is_not":
            return cells != value
        case "less" | "before":
            return cells < value
        case "more" | "after":
            return cells > value
        case _:
            return (cells >= value[0]) & (cells <= value[1])


def _contains(cells: "pd.Series[Any]", value: object) -> "pd.Series[bool]":
    """Compared by Arrow as a literal, in time that grows with the length of the text only."""
    text = pa.chunked_array([pa.array(cells, type=pa.string(), from_pandas=True)])
    found = pc.fill_null(pc.match_substring(text, str(value), ignore_case=True), False)
    return _flags(found, cells)


def _kind_of(cells: "pd.Series[Any]") -> str:
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return _NUMBER
    return _DATE if cells.dtype.kind == "M" else _TEXT


def _typed(value: Any, kind: str, column: str) -> Any:
    if isinstance(value, list):
        low, high = (_typed(one, kind, column) for one in value)
        if low > high:
            raise StepNotPossibleError(f"The lowest value for “{column}” lies above the highest.")
        return low, high
    if kind == _TEXT:
        return _label(value)
    try:
        return _as_number(value) if kind == _NUMBER else as_moment(value)
    except (ValueError, OverflowError):
        wanted = "a number" if kind == _NUMBER else "a date such as 2024-12-31"
        raise StepNotPossibleError(f"“{column}” holds {_PLURALS[kind]}: compare it with {wanted}.") from None


def _as_number(value: Any) -> float | int:
    if isinstance(value, int):
        return value
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return int(number) if number.is_integer() else number


def as_moment(value: object) -> pd.Timestamp:
    """A moment without a time zone from ISO text; `ValueError` where it is not one."""
    moment = datetime.fromisoformat(str(value))
    return pd.Timestamp(moment.replace(tzinfo=None))


def _checked_value(value: object) -> str | int | float:
    if isinstance(value, str):
        if len(value) > MAX_VALUE_LENGTH:
            raise InvalidStepError(f"The value has {len(value):,} characters; {MAX_VALUE_LENGTH:,} are enough.")
        if value:
            return value
    elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    raise InvalidStepError("Compare with a number or with text. For empty cells choose “is missing”.")


def _label(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _spell(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else f"{value:,.12g}" if isinstance(value, float) else str(value)
