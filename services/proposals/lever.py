"""A lever: one input the organisation controls, and how far it may be moved."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from services.errors import InvalidInputError
from services.proposals.texts import NAME_LENGTH, Text, text_problems

LeverKind = Literal["number", "choice", "yes_no"]
MOST_CHOICES = 30


@dataclass(frozen=True, slots=True)
class Lever:
    """One input the organisation controls; an invalid one cannot exist.

    Attributes
    ----------
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

    def __post_init__(self) -> None:
        problems = [*_problems(self)]
        if problems:
            raise InvalidInputError(*problems)

    @property
    def allowed(self) -> str:
        """What it may be set to, in words: "0 to 30%", "mail, phone or visit", "yes or no"."""
        if self.kind == "number":
            return (
                f"{self.low:,.12g} to {self.high:,.12g}{'' if self.unit.startswith('%') else ' '}{self.unit}".rstrip()
            )
        if self.kind == "choice":
            return f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
        return "yes or no"

    def document(self) -> dict[str, Any]:
        """The content as plain data. A direction is left out where nobody says one, as it was before."""
        numbers = {name: _plain(getattr(self, name)) for name in ("low", "high", "unit_cost_amount")}
        document = asdict(self) | numbers | {"choices": list(self.choices)}
        if self.direction is None:
            del document["direction"]
        return document


def _problems(lever: Lever) -> Iterator[str]:
    if not lever.name.strip():
        yield "Give the lever a name: what can you change?"
    yield from text_problems(_texts(lever))
    if lever.kind not in get_args(LeverKind):
        yield "Say whether the lever is a number, a choice or yes/no."
    elif lever.kind == "number":
        yield from _range_problems(lever)
    elif lever.kind == "choice":
        yield from _choice_problems(lever)
    if lever.direction is not None and (lever.direction not in (-1, 1) or lever.kind != "number"):
        yield "Only a number can be said to only raise or only lower the outcome."
    if not _is_number(lever.unit_cost_amount) or lever.unit_cost_amount < 0:
        yield "The unit cost of the lever must be a number, 0 or more."


def _texts(lever: Lever) -> dict[str, Text]:
    return {
        "The name of the lever": Text(lever.name),
        "The unit of the lever": Text(lever.unit),
        "Who controls the lever": Text(lever.controlled_by),
        "The column of the lever": Text(lever.column or ""),
        "The longest choice of the lever": Text(max(lever.choices, key=len, default="")),
        "One of the choices of the lever": Text("".join(lever.choices), longest=MOST_CHOICES * NAME_LENGTH),
    }


def _range_problems(lever: Lever) -> Iterator[str]:
    if not (_is_number(lever.low) and _is_number(lever.high)):
        yield "A number needs its lowest and highest allowed value."
    elif lever.low >= lever.high:  # type: ignore[operator]  # both are numbers here
        yield "The lowest allowed value of the lever must be below the highest."


def _choice_problems(lever: Lever) -> Iterator[str]:
    if len({choice.strip() for choice in lever.choices} - {""}) != len(lever.choices) or len(lever.choices) < 2:
        yield "A choice needs at least two different values."
    elif len(lever.choices) > MOST_CHOICES:
        yield f"A choice may have at most {MOST_CHOICES} values."


def _is_number(value: float | None) -> bool:
    return value is not None and not isinstance(value, bool) and math.isfinite(value)


def _plain(value: float | None) -> float | None:
    return None if value is None else value + 0.0
