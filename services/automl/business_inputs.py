"""What people say of columns that a search heeds: how the outcome should move with them, and whom to compare.

It is frozen when a run starts, so that a later word in the data dictionary changes no run.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.datasets.dictionary import Description

MIN_GROUP_ROWS = 30  # of a smaller group a share says little
_DIRECTIONS = {"rises": 1, "falls": -1}


@dataclass(frozen=True, slots=True)
class BusinessInputs:
    """What a search heeds beside the objective.

    Attributes
    ----------
    expected
        By column 1 or -1: the outcome should become likelier (or higher) with more of it, or less likely (or lower).
    compared
        Columns whose groups should be treated alike; a model need not learn from them.
    todays_rule
        The rule that decides today, as a formula over the columns; "" where nobody said it.
    amount_formula
        What a caught case is worth, row by row, as a formula over the columns; "" where all are worth the same, and in
        runs of before it was heeded.
    """

    expected: Mapping[str, int] = field(default_factory=dict)
    compared: tuple[str, ...] = ()
    todays_rule: str = ""
    amount_formula: str = ""

    def document(self) -> dict[str, Any]:
        """Plain data, as a run keeps it; empty where nobody said anything."""
        return {
            **({"expected": dict(self.expected)} if self.expected else {}),
            **({"compared": list(self.compared)} if self.compared else {}),
            **({"todays_rule": self.todays_rule} if self.todays_rule else {}),
            **({"amount_formula": self.amount_formula} if self.amount_formula else {}),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "BusinessInputs":
        """What a run kept; that of a run of before this was asked is empty."""
        return cls(
            dict(document.get("expected", {})),
            tuple(document.get("compared", ())),
            document.get("todays_rule", ""),
            document.get("amount_formula", ""),
        )


def business_inputs(
    descriptions: Mapping[str, Description], *, learned: Collection[str], columns: Collection[str], target: str
) -> BusinessInputs:
    """Of the data dictionary what concerns a search.

    Parameters
    ----------
    learned
        The columns that models learn from: only of those a direction can be kept.
    columns
        All columns of the table.
    """
    return BusinessInputs(
        expected={
            name: _DIRECTIONS[said.expected_direction]
            for name, said in descriptions.items()
            if name in learned and said.expected_direction in _DIRECTIONS
        },
        compared=tuple(
            name for name, said in descriptions.items() if said.compared == "yes" and name in columns and name != target
        ),
    )


def joined_directions(levers: Mapping[str, int], expected: Mapping[str, int]) -> dict[str, int]:
    """Both, by column. Where they disagree the lever counts: it is part of what is signed."""
    return {**expected, **levers}
