"""A lever: one input the organisation controls, and how far it may be moved."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from services.errors import InvalidInputError
from services.formulas.spelling import LONGEST_TEXT
from services.proposals.texts import NAME_LENGTH, Text, text_problems

LeverKind = Literal["number", "integer", "choice", "yes_no"]
Scope = Literal["per_row", "segment", "global"]
Assignment = Literal["unknown", "randomised", "recorded", "rule", "judgement"]
NUMERIC = ("number", "integer")
MOST_CHOICES = 30
MOST_DECIDING = 20
_LISTS = ("choices", "deciding_columns")
_LATER: dict[
    str, Any
] = {  # said only since levers have them; left out of the content where nothing is said, so that hashes stay
    "direction": None,
    "step": None,
    "scope": "per_row",
    "cost_formula": "",
    "status_quo": "",
    "max_change": None,
    "is_max_change_share": False,
    "assignment": "unknown",
    "deciding_columns": [],
    "chance_column": "",
}


@dataclass(frozen=True, slots=True)
class Lever:
    """One input the organisation controls; an invalid one cannot exist.

    Attributes
    ----------
    kind
        A number is continuous, an integer is whole, a choice is one of some words, yes/no is a switch.
    low, high
        Allowed range of a number, in `unit`; None for the other kinds.
    choices
        Allowed values of a choice; empty for the other kinds.
    unit_cost_amount
        Money it costs to move the lever by one unit, or to use it once.
    controlled_by
        The person or department that decides.
    column
        The column of the data that holds it, once there are data.
    direction
        1 where more of a number can only raise the outcome, -1 where it can only lower it, None where nobody says:
        a model must not contradict it.
    step
        Smallest change of a number, in `unit`; None where any value can be set.
    scope
        Whether it is set for each case, for a group of cases alike, or once for all.
    cost_formula
        Money to move it by one unit in a case, as a safe formula over the columns; takes the place of
        `unit_cost_amount` where given.
    status_quo
        What it is set to today, as a safe formula over the columns, or one of the choices; empty: as observed.
    max_change
        Farthest it may be moved from the status quo, in `unit`, or as a share of the status quo where
        `is_max_change_share`; None where the range alone limits it.
    assignment
        How its values came into the data; decides what may be said of its effect (see `causal`).
    deciding_columns
        Where it is said to be recorded: the columns of the data by which it was decided, all of them.
    chance_column
        Where it was set at random: the column with the chance of what a case got, where that was recorded; else empty.
    """

    name: str
    kind: LeverKind
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    unit_cost_amount: float = 0.0
    controlled_by: str = ""
    column: str | None = None
    direction: int | None = None
    step: float | None = None
    scope: Scope = "per_row"
    cost_formula: str = ""
    status_quo: str = ""
    max_change: float | None = None
    is_max_change_share: bool = False
    assignment: Assignment = "unknown"
    deciding_columns: tuple[str, ...] = ()
    chance_column: str = ""

    def __post_init__(self) -> None:
        problems = [*_problems(self)]
        if problems:
            raise InvalidInputError(*problems)

    @property
    def is_numeric(self) -> bool:
        """Whether it is set to a number, whole or not."""
        return self.kind in NUMERIC

    @property
    def formulas(self) -> dict[str, str]:
        """What is written as a formula, by the name people know it by."""
        status_quo = self.status_quo if self.kind != "choice" else ""
        formulas = {"unit cost": self.cost_formula, "status quo": status_quo}
        return {name: text for name, text in formulas.items() if text}

    @property
    def allowed(self) -> str:
        """What it may be set to, in words: "0 to 30%", "mail, phone or visit", "yes or no"."""
        if self.is_numeric:
            return (
                f"{self.low:,.12g} to {self.high:,.12g}{'' if self.unit.startswith('%') else ' '}{self.unit}".rstrip()
            )
        if self.kind == "choice":
            return f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
        return "yes or no"

    def document(self) -> dict[str, Any]:
        """The content as plain data. What nobody said is left out where levers of before could not say it."""
        names = ("low", "high", "unit_cost_amount", "step", "max_change")
        numbers = {name: _plain(getattr(self, name)) for name in names}
        document = asdict(self) | numbers | {name: list(getattr(self, name)) for name in _LISTS}
        return {name: value for name, value in document.items() if name not in _LATER or value != _LATER[name]}


def _problems(lever: Lever) -> Iterator[str]:
    if not lever.name.strip():
        yield "Give the lever a name: what can you change?"
    yield from text_problems(_texts(lever))
    if lever.kind not in get_args(LeverKind):
        yield "Say whether the lever is a number, a choice or yes/no."
    elif lever.is_numeric:
        yield from _range_problems(lever)
    elif lever.kind == "choice":
        yield from _choice_problems(lever)
    if lever.direction is not None and (lever.direction not in (-1, 1) or not lever.is_numeric):
        yield "Only a number can be said to only raise or only lower the outcome."
    if not _is_number(lever.unit_cost_amount) or lever.unit_cost_amount < 0:
        yield "The unit cost of the lever must be a number, 0 or more."
    yield from _assignment_problems(lever)
    yield from _change_problems(lever)


def _texts(lever: Lever) -> dict[str, Text]:
    return {
        "The name of the lever": Text(lever.name),
        "The unit of the lever": Text(lever.unit),
        "Who controls the lever": Text(lever.controlled_by),
        "The column of the lever": Text(lever.column or ""),
        "The unit cost of the lever": Text(lever.cost_formula, LONGEST_TEXT),
        "The column of the lever's chances": Text(lever.chance_column),
        "The longest column that decided the lever": Text(max(lever.deciding_columns, key=len, default="")),
        "One of the columns that decided the lever": Text("".join(lever.deciding_columns), MOST_DECIDING * NAME_LENGTH),
        "The status quo of the lever": Text(lever.status_quo, LONGEST_TEXT),
        "The longest choice of the lever": Text(max(lever.choices, key=len, default="")),
        "One of the choices of the lever": Text("".join(lever.choices), longest=MOST_CHOICES * NAME_LENGTH),
    }


def _range_problems(lever: Lever) -> Iterator[str]:
    if not (_is_number(lever.low) and _is_number(lever.high)):
        yield "A number needs its lowest and highest allowed value."
    elif lever.low == lever.high:
        yield (
            f"The lowest and the highest allowed value are both {lever.low:,.12g}, so there is nothing to decide. "
            "Give a range, or leave this lever out."
        )
    elif lever.low > lever.high:  # type: ignore[operator]  # both are numbers here
        yield "The lowest allowed value of the lever must be below the highest."
    elif lever.kind == "integer" and not (float(lever.low).is_integer() and float(lever.high).is_integer()):  # type: ignore[arg-type]
        yield "A whole number needs whole limits."


def _assignment_problems(lever: Lever) -> Iterator[str]:
    if lever.scope not in get_args(Scope):
        yield "Say whether the lever is set for each case, for a group of cases, or once for all."
    if lever.assignment not in get_args(Assignment):
        yield "Say how the lever was set in the data: at random, by a rule, by judgement, or unknown."
    yield from _source_problems(lever)
    if lever.kind == "choice" and lever.status_quo and lever.status_quo not in lever.choices:
        yield "Today's value of the lever must be one of its choices; leave it empty where it differs by case."


def _source_problems(lever: Lever) -> Iterator[str]:
    """Of what the data say about how it was set."""
    names = [name.strip() for name in lever.deciding_columns]
    if lever.assignment == "recorded" and not any(names):
        yield "Name the columns that decided the lever, or say that it was set in another way."
    elif names and lever.assignment != "recorded":
        yield "Columns that decided the lever are named only where all of them are in the data."
    if len(names) > MOST_DECIDING:
        yield f"At most {MOST_DECIDING} columns that decided the lever can be named."
    if len(set(names) - {""}) < len(names):
        yield "Name each column that decided the lever once, and none without a name."
    if lever.column and lever.column in names:
        yield f"“{lever.column}” holds the lever itself, so it cannot have decided it."
    if lever.chance_column and lever.assignment != "randomised":
        yield "Chances are recorded only of a lever that was set at random."
    if lever.chance_column and lever.chance_column == lever.column:
        yield f"“{lever.column}” holds the lever itself, so it cannot hold its chances."


def _change_problems(lever: Lever) -> Iterator[str]:
    numbers = {"step": lever.step, "farthest change": lever.max_change}
    for name, value in numbers.items():
        if value is None:
            continue
        if not lever.is_numeric:
            yield f"Only a number has a {name}."
        elif not _is_number(value) or value <= 0:
            yield f"The {name} of the lever must be more than 0; leave it empty where there is none."
        elif name == "step" and _has_range(lever) and value > lever.high - lever.low:  # type: ignore[operator]
            yield "The step of the lever is larger than its whole range."
        elif name == "step" and lever.kind == "integer" and not float(value).is_integer():
            yield "A whole number moves by a whole step."


def _has_range(lever: Lever) -> bool:
    return _is_number(lever.low) and _is_number(lever.high)


def _choice_problems(lever: Lever) -> Iterator[str]:
    if len({choice.strip() for choice in lever.choices} - {""}) != len(lever.choices) or len(lever.choices) < 2:
        yield "A choice needs at least two different values."
    elif len(lever.choices) > MOST_CHOICES:
        yield f"A choice may have at most {MOST_CHOICES} values."


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _plain(value: float | None) -> float | None:
    return None if value is None else value + 0.0
