"""Steps in words: in full for who reads the recipe, and without any value for lists and the audit log."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.datasets.recipe.conditions import describe_condition

_ORDERS = {"day": "day first", "month": "month first", "iso": "year-month-day"}
_LISTED = 5


def describe_step(step: Mapping[str, Any]) -> str:
    """What the step does, in one sentence without its reason: "Leave out the rows where “age” is more than 120."."""
    match step["kind"]:
        case "exclude_rows" if "condition" in step:
            return f"Leave out the rows where {describe_condition(step['condition'])}."
        case "merge_spellings":
            old, new = list(step["mapping"]), sorted(set(step["mapping"].values()))
            return f"In “{step['column']}”, write {_listed(old)} as {_listed(new)}."
        case "replace_with_missing":
            return f"In “{step['column']}”, read {_listed(step['values'])} as missing."
        case "clip":
            return f"In “{step['column']}”, {_edges(step)}."
        case "derive":
            return f"Add “{step['column']}” = {step['formula']}."
    return f"{name_step(step)}."


def name_step(step: Mapping[str, Any]) -> str:
    """What the step does, without a value from the table and without a full stop."""
    column = f"“{step['column']}”" if "column" in step else ""
    match step["kind"]:
        case "exclude_rows":
            if "rows" in step:
                return f"Leave out {counted(len(step['rows']), 'row')} picked by hand"
            return f"Leave out rows by a condition on “{step['condition']['column']}”"
        case "drop_duplicates":
            return "Keep one of rows that are equal in every column"
        case "trim_text":
            return f"Remove spaces around the text in {_listed(step['columns'])}"
        case "merge_spellings":
            return f"Write {counted(len(step['mapping']), 'spelling')} in {column} alike"
        case "replace_with_missing":
            return f"Read {counted(len(step['values']), 'value')} in {column} as missing"
        case "to_number":
            comma = ", with a comma as decimal sign" if step.get("decimal_comma") else ""
            return f"Read {column} as numbers{comma}; other cells become missing"
        case "to_date":
            return f"Read {column} as dates, {_ORDERS[step['order']]}; other cells become missing"
        case "to_text":
            return f"Keep {column} as text"
        case "clip":
            return f"Hold {column} within its limits"
        case "hash_column":
            return f"Hash the values of {column} with a key"
        case "derive":
            return f"Add {column}, computed by a formula"
        case _:
            return f"Set the value of {column} in {counted(len(step['values']), 'row')}"


def _edges(step: Mapping[str, Any]) -> str:
    words = []
    if step.get("low") is not None:
        words.append(f"raise what lies below {step['low']:,.12g} to it")
    if step.get("high") is not None:
        words.append(f"lower what lies above {step['high']:,.12g} to it")
    return " and ".join(words)


def _listed(values: Sequence[object]) -> str:
    shown = [f"“{value}”" if isinstance(value, str) else f"{value:,.12g}" for value in values[:_LISTED]]
    more = len(values) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def counted(number: int, noun: str) -> str:
    """“1 row”, “3,000 rows”."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
