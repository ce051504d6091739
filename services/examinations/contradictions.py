"""Conditions that no row can meet together: "tenure is less than 5" and "tenure is more than 24"."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from services.datasets.recipe.conditions import as_moment, describe_condition

Condition = Mapping[str, Any]
_LOWEST, _HIGHEST = float("-inf"), float("inf")
_BOUNDED = {"less", "more", "between", "before", "after"}


def find_contradiction(conditions: Sequence[Condition]) -> str:
    """Which two conditions exclude each other, in a sentence; empty where none do."""
    for one, other in combinations(conditions, 2):
        if one["column"] == other["column"] and _excludes(one, other):
            return (
                f"No row can meet both: {describe_condition(one)}, and {describe_condition(other)}. "
                "Change one of the two."
            )
    return ""


def _excludes(one: Condition, other: Condition) -> bool:
    kinds = {one["operator"], other["operator"]}
    if "is_missing" in kinds:
        return kinds != {"is_missing"}  # a missing cell meets “is missing” only
    if kinds == {"is"}:
        return _key(one["value"]) != _key(other["value"])
    if kinds == {"is", "is_not"}:
        return _key(one["value"]) == _key(other["value"])
    if kinds == {"is", "contains"}:
        whole, part = (one, other) if one["operator"] == "is" else (other, one)
        return str(part["value"]).casefold() not in str(whole["value"]).casefold()
    if kinds <= _BOUNDED | {"is"}:
        return _apart(one, other)
    return False


def _apart(one: Condition, other: Condition) -> bool:
    """Whether the two intervals have nothing in common."""
    spans = [_span(condition) for condition in (one, other)]
    if any(span is None for span in spans):
        return False
    (low, is_low_in), (high, is_high_in) = _tightest([span for span in spans if span is not None])
    return low > high or (low == high and not (is_low_in and is_high_in))


def _tightest(spans: Sequence[tuple[float, bool, float, bool]]) -> tuple[tuple[float, bool], tuple[float, bool]]:
    """The highest lower end and the lowest upper end; of equal ends the one that leaves the value out."""
    low = max(((span[0], span[1]) for span in spans), key=lambda end: (end[0], not end[1]))
    high = min(((span[2], span[3]) for span in spans), key=lambda end: (end[0], end[1]))
    return low, high


def _span(condition: Condition) -> tuple[float, bool, float, bool] | None:
    """Lowest value, whether it is in, highest value, whether it is in; None where the values have no order."""
    values = condition["value"] if condition["operator"] == "between" else [condition["value"]]
    numbers = [_number(value) for value in values]
    if any(number is None for number in numbers):
        return None
    first, last = float(numbers[0] or 0.0), float(numbers[-1] or 0.0)
    match condition["operator"]:
        case "less" | "before":
            return _LOWEST, False, first, False
        case "more" | "after":
            return first, False, _HIGHEST, False
        case _:
            return first, True, last, True


def _key(value: object) -> float | str:
    number = _number(value)
    return str(value) if number is None else number


def _number(value: object) -> float | None:
    """A number, or a moment as nanoseconds."""
    try:
        return float(str(value))
    except ValueError:
        try:
            return float(as_moment(value).value)
        except (ValueError, OverflowError):
            return None
