"""What a policy brings at least where its lever has grade B: the lower of what two ways of asking say.

One way is the lower end of what copies of the model say that had no say in the choice. The other leaves each case what
the model says of it as it is, and moves that by the adjusted effect alone, at the end of its interval that brings less.
So neither a model that gives the lever too much of what goes with it, nor an effect that is not the same for all, makes
the figure larger than the other way allows.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.task import Task
from services.simulation.cases import Cases
from services.simulation.grading import numbers_of
from services.simulation.policy_value import Gain
from services.simulation.report import BudgetPoint, GainFound

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Choices = NDArray[np.intp]
N_EFFECTS = 9  # looked at across the interval: where the worth is bent, the least may lie between its ends


@dataclass(frozen=True, slots=True, eq=False)
class LowerEnd:
    """The cases, what the model says of them as they are (n,), and the ends of what a unit of the lever does."""

    cases: Cases
    today: Floats
    effects: tuple[float, float]

    def of_actions(self, choices: Choices, costs: Floats) -> float:
        """Money a case at least, of the action that each case gets; `costs` (n, k)."""
        gains = np.zeros((N_EFFECTS, len(choices)))
        for action in np.unique(choices[choices > 0]):
            inside = choices == action
            (value,) = self.cases.actions.settings[int(action) - 1]
            gains[:, inside] = self.of_value(value, inside, costs[inside, int(action)])
        return float(gains.mean(axis=1).min())

    def of_value(self, value: object, inside: Flags, costs: Floats) -> Floats:
        """Money of each of these cases with one value of the lever, by effect from end to end, (effects, cases)."""
        (lever,), rows = self.cases.actions.levers, self.cases.rows[inside]
        now = self.today[inside]
        then = replace(self.cases.actions, settings=((value,),)).applied(rows, 1)
        moved = numbers_of(self.cases, lever, [value]) - numbers_of(self.cases, lever, rows[str(lever.column)])
        before = self.cases.terms.worth.of(rows, now)
        found = [self._worth(then, now + effect * moved) - before for effect in np.linspace(*self.effects, N_EFFECTS)]
        return np.where(np.isfinite(found), found, 0.0) - costs

    def _worth(self, rows: pd.DataFrame, answers: Floats) -> Floats:
        is_chance = self.cases.preparation.task is Task.BINARY
        return self.cases.terms.worth.of(rows, np.clip(answers, 0.0, 1.0) if is_chance else answers)


def at_least(gain: Gain, least: float, yearly: float) -> GainFound:
    """The lower of the two a year, in place of every amount: there is then no middle that could be shown."""
    low = min(gain.low, least) * yearly
    return GainFound(gain.over, low, low, low)


def lowered(point: BudgetPoint, least: float, yearly: float) -> BudgetPoint:
    """The same of a point of the curve over limits."""
    low = min(point.low, least * yearly)
    return replace(point, amount=low, low=low, high=low)
