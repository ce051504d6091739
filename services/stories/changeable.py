"""What of a case may be set otherwise: declared levers within their limits, and columns people say they can change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.datasets.dictionary import DictionaryLine
from services.models.signature import Signature, SignatureColumn
from services.proposals.lever import MOST_CHOICES, Lever
from services.simulation.usable_levers import examine_levers

CHANGEABLE = ("lever", "influenced")


@dataclass(frozen=True, slots=True)
class Changeable:
    """A column that may be set otherwise, as a lever; `is_declared` says whether the objective names it as one."""

    lever: Lever
    is_declared: bool


def changeable_columns(
    declared: Iterable[Lever],
    dictionary: Mapping[str, DictionaryLine],
    signature: Signature,
    recipe: Sequence[Mapping[str, Any]],
) -> tuple[Changeable, ...]:
    """Usable levers of the objective first, then what the dictionary says we decide or influence.

    A column that the data compute from others, or from which they compute one, is left out: it cannot be set alone.
    """
    own = [replace(lever, status_quo="", cost_formula="") for lever in declared]
    usable = [
        found.lever
        for found in examine_levers(own, signature, recipe)
        if found.is_usable and found.lever.scope == "per_row"
    ]
    named = {lever.column for lever in own}
    others = [
        lever
        for column in signature.columns
        if column.name not in named
        and (line := dictionary.get(column.name)) is not None
        and line.description.actionability in CHANGEABLE
        and (lever := _lever_of(column)) is not None
    ]
    allowed = [found.lever for found in examine_levers(others, signature, recipe) if found.is_usable]
    return (*(Changeable(lever, True) for lever in usable), *(Changeable(lever, False) for lever in allowed))


def _lever_of(column: SignatureColumn) -> Lever | None:
    """A column as a lever within what was seen; None where nothing can be chosen."""
    name = column.name[:80]
    if column.kind == "number" and column.low is not None and column.high is not None and column.low < column.high:
        return Lever(name, "number", low=column.low, high=column.high, column=column.name)
    choices = tuple(dict.fromkeys(choice for choice in column.categories if choice.strip()))[:MOST_CHOICES]
    if column.kind == "category" and len(choices) > 1:
        return Lever(name, "choice", choices=choices, column=column.name)
    return None
