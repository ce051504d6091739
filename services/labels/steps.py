"""What people decided about rows, as steps of a recipe: readable, reversible, and the same whoever repeats them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Step = dict[str, Any]
MAX_VALUES = 10_000  # rows of one step


def label_steps(column: str, labels: Mapping[int, str], reason: str) -> list[Step]:
    """Steps that write the labels (base row -> class) into the column, which is made where there is none."""
    rows = sorted(labels)
    return [
        {
            "kind": "set_values",
            "column": column,
            "values": {str(row): labels[row] for row in rows[first : first + MAX_VALUES]},
            "reason": reason,
        }
        for first in range(0, len(rows), MAX_VALUES)
    ]


def verdict_steps(column: str, verdicts: Iterable[tuple[int, str, str | None, str]]) -> list[Step]:
    """Steps for (base row, verdict, class, reason): rows that are kept need none; equal reasons share a step."""
    left_out: dict[str, list[int]] = defaultdict(list)
    corrected: dict[str, dict[int, str]] = defaultdict(dict)
    for row, verdict, value, reason in verdicts:
        if verdict == "exclude":
            left_out[reason].append(row)
        elif verdict == "relabel" and value is not None:
            corrected[reason][row] = value
    steps = [step for reason, labels in corrected.items() for step in label_steps(column, labels, reason)]
    steps += [{"kind": "exclude_rows", "rows": sorted(rows), "reason": reason} for reason, rows in left_out.items()]
    return steps


def are_applied(column: str, verdicts: Iterable[tuple[int, str, str | None, str]], recipe: Iterable[Step]) -> bool:
    """Whether a recipe leaves out and relabels at least the rows that the verdicts do."""
    left_out: set[int] = set()
    written: dict[int, str] = {}
    for step in recipe:
        if step["kind"] == "exclude_rows":
            left_out |= set(step.get("rows", ()))
        elif step["kind"] == "set_values" and step["column"] == column:
            written |= {int(row): str(value) for row, value in step["values"].items()}
    return all(
        row in left_out if verdict == "exclude" else written.get(row) == value
        for row, verdict, value, _reason in verdicts
        if verdict != "keep"
    )
