"""How fast a benefit arrives after going live, and what a project is worth that may be stopped between its stages."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.proposals.texts import Text, text_problems
from services.valuation.limits import LARGEST_AMOUNT

CURVES = {"s": "S-curve: slow, then fast, then slow", "linear": "Evenly", "at once": "At once"}


@dataclass(frozen=True, slots=True)
class Adoption:
    """The share of the full benefit in each month.

    Attributes
    ----------
    go_live_month
        Nothing is gained up to the end of this month.
    ramp_months
        From nothing to everything in so many months after going live.
    curve
        A key of `CURVES`.
    """

    go_live_month: int = 0
    ramp_months: int = 6
    curve: str = "s"

    def __post_init__(self) -> None:
        problems = []
        if self.go_live_month < 0 or self.ramp_months < 0:
            problems.append("The month of going live and the months of adoption cannot be negative.")
        if self.curve not in CURVES:
            problems.append(f"Adoption must be one of {', '.join(CURVES)}.")
        if problems:
            raise InvalidInputError(*problems)

    def shares(self, horizon_months: int) -> NDArray[np.float64]:
        """Share of the full benefit in month 0 to the horizon, shape (horizon + 1,); never falls."""
        after = np.arange(horizon_months + 1, dtype=np.float64) - self.go_live_month
        if self.ramp_months == 0 or self.curve == "at once":
            return (after > 0).astype(np.float64)
        done = np.clip(after / self.ramp_months, 0.0, 1.0)
        return done if self.curve == "linear" else done * done * (3 - 2 * done)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage (proof of concept, pilot): its cost in money of today, and the chance that the next one follows."""

    name: str
    amount: float
    chance: float

    def __post_init__(self) -> None:
        problems = [*text_problems({"The name of a stage": Text(self.name, is_required=True)})]
        if not 0 <= self.chance <= 1:
            problems.append(f"The chance that “{self.name}” succeeds must be between 0% and 100%.")
        if not 0 <= self.amount <= LARGEST_AMOUNT:
            problems.append(
                f"The cost of “{self.name}” must be from 0 to a million million; costs are entered without a minus."
            )
        if problems:
            raise InvalidInputError(*problems)


def staged_value(stages: Sequence[Stage], worth: float) -> float:
    """Expected net present value where a stage is only paid for if all before it succeeded.

    -C1 + p1 (-C2 + p2 (worth)), for any number of stages; the chances are the user's, none is preset.

    Parameters
    ----------
    worth
        Present value of the roll-out, less its own cost.
    """
    for stage in reversed(stages):
        worth = stage.chance * worth - stage.amount
    return worth
