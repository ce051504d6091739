"""Proposed fixes in the one spelling that recipes and pages read."""

from typing import Any

Fix = dict[str, Any]


def leave_out(column: str, reason: str, label: str = "Leave it out") -> Fix:
    """Keep the column, but never show it to a model; `reason` goes into the record."""
    return {"kind": "exclude_column", "label": label, "column": column, "reason": reason}


def step(label: str, kind: str, reason: str, **fields: object) -> Fix:
    """One step of a recipe: `kind` and its fields as `services.datasets.recipe` reads them; None is left away."""
    given = {name: value for name, value in fields.items() if value is not None}
    return {"kind": "step", "label": label, "step": {"kind": kind, "reason": reason, **given}}
