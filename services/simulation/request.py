"""What a person asks of the simulator: for which model, which levers, within what, and by which worth of a case."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.errors import InvalidInputError
from services.formulas.spelling import LONGEST_TEXT
from services.valuation.limits import LARGEST_AMOUNT

KIND = "simulation.run"


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
    """

    model_id: str
    levers: tuple[str, ...]
    budget_amount: float | None = None
    capacity: float | None = None
    is_guarded: bool = True
    value_formula: str = ""

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

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self) | {"levers": list(self.levers)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SimulationRequest":
        """What `document` wrote."""
        return cls(**{**document, "levers": tuple(document["levers"])})
