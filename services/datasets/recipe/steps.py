"""What a step may say: every kind with its parts, checked before anything is computed or stored."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.datasets.recipe.conditions import MAX_VALUE_LENGTH, checked_condition
from services.datasets.recipe.errors import InvalidStepError
from services.errors import InvalidInputError
from services.formulas.reading import read_with_own_names

Step = dict[str, Any]

DERIVE = "derive"
REASON_LENGTH = 300
MAX_STEPS = 500
MAX_ROWS_BY_HAND = 200_000
MAX_VALUES = 10_000
DATE_ORDERS = ("day", "month", "iso")


def checked_steps(raw: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Every step as `checked_step` returns it.

    Raises
    ------
    InvalidStepError
        There are too many steps, or one of them is faulty.
    """
    if len(raw) > MAX_STEPS:
        raise InvalidStepError(
            f"A recipe has at most {MAX_STEPS} steps. Correct the file instead, and upload it again."
        )
    return [checked_step(step) for step in raw]


def checked_step(raw: object) -> Step:
    """The step with its known parts only, each of the right form, in the spelling that is stored.

    Raises
    ------
    InvalidStepError
        The kind is unknown, a part is missing, unknown or of the wrong form, or a reason is needed and missing.
    """
    if not isinstance(raw, Mapping) or raw.get("kind") not in _PARTS:
        raise InvalidStepError(f"A step is one of: {', '.join(_PARTS)}.")
    kind: str = raw["kind"]
    parts = _PARTS[kind]
    unknown = [str(name) for name in raw if name not in {"kind", "reason", *parts}]
    if unknown:
        raise InvalidStepError(f"The step {kind} has no part called {', '.join(sorted(unknown))}.")
    step: Step = {"kind": kind, "reason": checked_reason(raw.get("reason", ""))}
    for name, check in parts.items():
        value = check(raw.get(name), name)
        if value is not None:
            step[name] = value
    _check_together(step)
    return step


def columns_of(step: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns a step needs in the table. A step that sets values makes its column where there is none.

    A step that derives a column needs those of its formula, and makes its own.
    """
    if step["kind"] == "exclude_rows":
        return (step["condition"]["column"],) if "condition" in step else ()
    if step["kind"] == "set_values":
        return ()
    if step["kind"] == DERIVE:
        return read_with_own_names(step["formula"]).names
    return tuple(step["columns"]) if "columns" in step else (step["column"],) if "column" in step else ()


def made_by(step: Mapping[str, Any]) -> str | None:
    """The column that a step may add to the table."""
    return step["column"] if step["kind"] in ("set_values", DERIVE) else None


def names_rows(step: Mapping[str, Any]) -> bool:
    """Whether the step names single rows by number, so that it is true of one table only."""
    return "rows" in step or step["kind"] == "set_values"


def checked_reason(raw: object) -> str:
    """The reason on one line.

    Raises
    ------
    InvalidStepError
        It is not text, or too long.
    """
    if not isinstance(raw, str):
        raise InvalidStepError("The reason of a step is text.")
    reason = " ".join(raw.split())
    if len(reason) > REASON_LENGTH:
        raise InvalidStepError(f"The reason has {len(reason)} characters; {REASON_LENGTH} are enough.")
    return reason


def _check_together(step: Step) -> None:
    match step["kind"]:
        case "exclude_rows":
            if ("rows" in step) == ("condition" in step):
                raise InvalidStepError("Leave rows out either by one condition or by their numbers.")
            if not step["reason"]:
                raise InvalidStepError("Say why these rows are left out; the reason is part of the record.")
        case "derive":
            if not step["reason"]:
                raise InvalidStepError("Say why this column should help; the reason is part of the record.")
            if step["column"] in columns_of(step):
                raise InvalidStepError(f"“{step['column']}” cannot be computed from itself. Give it another name.")
        case "clip":
            low, high = step.get("low"), step.get("high")
            if low is None and high is None:
                raise InvalidStepError(f"Say the lowest or the highest value that “{step['column']}” may have.")
            if low is not None and high is not None and low > high:
                raise InvalidStepError(f"The lowest value of “{step['column']}” lies above the highest.")


def _column(value: object, _part: str) -> str:
    if not isinstance(value, str) or not value or len(value) > MAX_VALUE_LENGTH:
        raise InvalidStepError("Say which column the step is about.")
    return value


def _columns(value: object, part: str) -> list[str]:
    if not isinstance(value, list | tuple) or not value:
        raise InvalidStepError("Say which columns the step is about.")
    return list(dict.fromkeys(_column(one, part) for one in value))


def _condition(value: object, _part: str) -> dict[str, Any] | None:
    return None if value is None else checked_condition(value)


def _rows(value: object, _part: str) -> list[int] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or not value or not all(_is_row(row) for row in value):
        raise InvalidStepError("Rows are named by their numbers in the table as it was read, from 0 on.")
    rows = sorted({int(row) for row in value})
    if len(rows) > MAX_ROWS_BY_HAND:
        raise InvalidStepError(f"At most {MAX_ROWS_BY_HAND:,} rows are picked by hand. Use a condition.")
    return rows


def _mapping(value: object, part: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not value or len(value) > MAX_VALUES:
        raise InvalidStepError(f"Say which spellings become which; at most {MAX_VALUES:,} at once.")
    pairs = {_text(old, part): _text(new, part) for old, new in value.items()}
    return {old: new for old, new in sorted(pairs.items()) if old != new}


def _values(value: object, part: str) -> list[str | int | float]:
    if not isinstance(value, list | tuple) or not value or len(value) > MAX_VALUES:
        raise InvalidStepError(f"Say which values stand for “missing”; at most {MAX_VALUES:,} at once.")
    return [one if _is_number(one) else _text(one, part) for one in value]


def _values_by_row(value: object, part: str) -> dict[str, str | None]:
    if not isinstance(value, Mapping) or not value or len(value) > MAX_ROWS_BY_HAND:
        raise InvalidStepError(f"Say which row gets which value; at most {MAX_ROWS_BY_HAND:,} rows at once.")
    if not all(_is_row(row) for row in value):
        raise InvalidStepError("Rows are named by their numbers in the table as it was read, from 0 on.")
    found = {int(row): None if new is None else _text(new, part) for row, new in value.items()}
    return {str(row): found[row] for row in sorted(found)}


def _order(value: object, _part: str) -> str:
    if value not in DATE_ORDERS:
        raise InvalidStepError("Say how the dates are written: day first, month first, or year-month-day.")
    return str(value)


def _formula(value: object, _part: str) -> str:
    if not isinstance(value, str):
        raise InvalidStepError("Write the formula of the new column, such as charges / calls.")
    try:
        formula = read_with_own_names(value)
    except InvalidInputError as error:
        raise InvalidStepError(*error.problems) from None
    if not formula.names:
        raise InvalidStepError("A new column needs at least one other column in its formula.")
    return formula.text


def _flag(value: object, part: str) -> bool:
    if value is not None and not isinstance(value, bool):
        raise InvalidStepError(f"{part.replace('_', ' ').capitalize()} is yes or no.")
    return bool(value)


def _edge(value: object, part: str) -> float | int | None:
    if value is None:
        return None
    if not _is_number(value):
        raise InvalidStepError(f"The {part}est value is a number.")
    return value  # type: ignore[return-value]


def _text(value: object, _part: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_VALUE_LENGTH:
        raise InvalidStepError(f"A value is text of at most {MAX_VALUE_LENGTH:,} characters.")
    if "\x00" in value:
        raise InvalidStepError("A value cannot hold the character NUL.")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_row(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isdecimal() and len(value) <= 12
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12


_PARTS: dict[str, dict[str, Callable[[object, str], Any]]] = {
    "exclude_rows": {"condition": _condition, "rows": _rows},
    "drop_duplicates": {},
    "trim_text": {"columns": _columns},
    "merge_spellings": {"column": _column, "mapping": _mapping},
    "replace_with_missing": {"column": _column, "values": _values},
    "to_number": {"column": _column, "decimal_comma": _flag},
    "to_date": {"column": _column, "order": _order},
    "to_text": {"column": _column},
    "clip": {"column": _column, "low": _edge, "high": _edge},
    "hash_column": {"column": _column},
    DERIVE: {"column": _column, "formula": _formula},
    "set_values": {"column": _column, "values": _values_by_row},
}
KINDS = tuple(_PARTS)
