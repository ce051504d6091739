"""What a person asks of the simulator: for which model, which levers, within what, and by which worth of a case."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.errors import InvalidInputError
from services.formulas.spelling import LONGEST_TEXT
from services.simulation.constraint import MOST_CONSTRAINTS, Constraint, contradictions
from services.valuation.limits import LARGEST_AMOUNT

KIND = "simulation.run"
_LATER = ("segment_column", "constraints")


@dataclass(frozen=True, slots=True)
class SimulationRequest:
    """One question to the simulator; an invalid one cannot exist.

    Attributes
    ----------
    levers
        Names of the objective's levers that may be moved.
    budget_amount
        Money a month that moving them may cost; None where it is not limited.
    capacity
        Cases a month in which something may be done; None where it is not limited.
    is_guarded
        Whether only actions are chosen that were tried often enough on cases like this one.
    value_formula
        Worth of a case in money before the cost of the levers, as a safe formula over the columns and `chance` (of the
        positive outcome) or `predicted` (a number); empty: as the payoffs say.
    segment_column
        The column whose values are the groups of cases alike, for levers that are set for such groups; else empty.
    constraints
        What must hold whatever the levers are set to.
    """

    model_id: str
    levers: tuple[str, ...]
    budget_amount: float | None = None
    capacity: float | None = None
    is_guarded: bool = True
    value_formula: str = ""
    segment_column: str = ""
    constraints: tuple[Constraint, ...] = ()

    def __post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise InvalidInputError(*problems)

    def _problems(self) -> Iterator[str]:
        if not self.levers:
            yield "Choose at least one lever that may be moved."
        if len(set(self.levers)) < len(self.levers):
            yield "A lever is named twice. Name each once."
        limits = {"The budget a month": self.budget_amount, "The number of cases a month": self.capacity}
        for name, limit in limits.items():
            if limit is not None and not (math.isfinite(limit) and 0 <= limit <= LARGEST_AMOUNT):
                yield f"{name} must be a number, 0 or more; leave it empty where there is no limit."
        if len(self.value_formula) > LONGEST_TEXT:
            yield f"The worth of a case has more than {LONGEST_TEXT} characters. Say it more briefly."
        if len(self.constraints) > MOST_CONSTRAINTS:
            yield f"At most {MOST_CONSTRAINTS} things can be asked to hold at once. Take some out."
        yield from contradictions(self.constraints)

    def document(self) -> dict[str, Any]:
        """As plain data. What could not be asked before is left out where it is not."""
        plain = asdict(self) | {
            "levers": list(self.levers),
            "constraints": [one.document() for one in self.constraints],
        }
        return {name: value for name, value in plain.items() if name not in _LATER or value}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SimulationRequest":
        """What `document` wrote."""
        constraints = tuple(Constraint.from_document(one) for one in document.get("constraints", ()))
        return cls(**{**document, "levers": tuple(document["levers"]), "constraints": constraints})
