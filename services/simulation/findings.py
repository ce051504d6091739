"""From the choice of actions to what is said of it: settings and their cases, the curve over the limits."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.values_in_words import number_in_words
from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.actions import Actions
from services.simulation.allocation import Allocation, allocate
from services.simulation.policy_value import PolicyValue, value_policy
from services.simulation.report import BudgetPoint, Doing

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Choices = NDArray[np.intp]
MOST_DOINGS = 12
_CURVE = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)  # of what is used without the limit


@dataclass(frozen=True, slots=True, eq=False)
class Limited:
    """Actions, what they are worth and need, and what there is.

    Attributes
    ----------
    first, second
        Money of each case under each action by the copies of either half, (m, n, k).
    supported
        Which actions may be taken, (n, k).
    costs, acts
        Money, and 1 where something is done, (n, k).
    budget, capacity
        Money, and cases, for all n cases together; infinite where not limited.
    further
        What each action needs of whatever else is limited, (n, k, r), and what there is of it, (r,); None: nothing.
    """

    first: Floats
    second: Floats
    in_first: Flags
    supported: Flags
    costs: Floats
    acts: Floats
    budget: float
    capacity: float
    further: tuple[Floats, Floats] | None = None

    def decide(self, values: Floats, supported: Flags) -> Choices:
        """The best action of each case within the limits, (n,)."""
        return self.allocated(values, supported).choices

    def allocated(self, values: Floats, supported: Flags) -> Allocation:
        """As `decide`, with prices."""
        needs, limits = self.within
        return allocate(values, needs, limits, supported=supported)

    @property
    def within(self) -> tuple[Floats, Floats]:
        """What each action needs of all that is limited, (n, k, r), and what there is of it, (r,)."""
        needs, limits = np.stack([self.costs, self.acts], axis=2), np.array([self.budget, self.capacity])
        if self.further is None:
            return needs, limits
        return np.concatenate([needs, self.further[0]], axis=2), np.concatenate([limits, self.further[1]])

    @property
    def claims(self) -> Floats:
        """Money of each case under each action by all copies together, which choose, (n, k)."""
        return np.asarray(np.concatenate([self.first, self.second]).mean(axis=0))

    def valued(self, *, budget: float | None = None, capacity: float | None = None, seed: int = 0) -> PolicyValue:
        """The policy within these limits, or within its own, and what it is honestly worth."""
        within = replace(
            self,
            budget=self.budget if budget is None else budget,
            capacity=self.capacity if capacity is None else capacity,
        )
        return value_policy(self.first, self.second, self.in_first, self.supported, decide=within.decide, seed=seed)

    def used(self, choices: Choices) -> tuple[float, float]:
        """Money spent and cases acted on, of all n cases together."""
        rows = np.arange(len(choices))
        return float(self.costs[rows, choices].sum()), float(self.acts[rows, choices].sum())


def doings(choices: Choices, acts: Floats, actions: Actions) -> list[Doing]:
    """What is done to how many cases, the most frequent first, what is rare together at the end."""
    n = len(choices)
    changed = choices[acts[np.arange(n), choices] > 0]
    counted = Counter(int(action) for action in changed).most_common()
    shown = [Doing(setting_in_words(actions, action), count, count / n) for action, count in counted[:MOST_DOINGS]]
    rest = sum(count for _, count in counted[MOST_DOINGS:])
    if rest:
        shown.append(Doing(f"{len(counted) - MOST_DOINGS:,} other settings", rest, rest / n))
    left = n - len(changed)
    return [*shown, Doing("Left as it is", left, left / n)]


def setting_in_words(actions: Actions, action: int) -> str:
    """ "Discount 10%, channel phone"."""
    return ", ".join(
        f"{lever.name}: {value_in_words(lever, value)}"
        for lever, value in zip(actions.levers, actions.settings[action - 1], strict=True)
    )


def value_in_words(lever: Lever, value: object) -> str:
    """A value of a lever with its unit."""
    if pd.isna(value):  # type: ignore[call-overload]
        return "missing"
    if not lever.is_numeric:
        return str(value)
    unit = lever.unit if lever.unit.startswith("%") or not lever.unit else f" {lever.unit}"
    return f"{number_in_words(float(value))}{unit}"  # type: ignore[arg-type]


def budget_curve(
    limited: Limited,
    found: PolicyValue,
    *,
    yearly: float,
    say: Callable[[float], None],
    seed: int,
    shown: Callable[[BudgetPoint, Choices], BudgetPoint] = lambda point, _choices: point,
) -> list[BudgetPoint]:
    """What other limits would bring: of money where money is limited, else of cases.

    Parameters
    ----------
    yearly
        By what the money of a case is brought to a year: cases a year.
    say
        Told how far it is, 0 to 1.
    shown
        What of a point and its choices may be shown.
    """
    in_money = np.isfinite(limited.budget)
    free = limited.valued(**{"budget" if in_money else "capacity": np.inf}, seed=seed)
    most = limited.used(free.choices)[0 if in_money else 1]

    def point_of(policy: PolicyValue, *, is_chosen: bool = False) -> BudgetPoint:
        return shown(_point(limited, policy, yearly, is_chosen=is_chosen), policy.choices)

    points = [point_of(found, is_chosen=True)]
    for place, share in enumerate(_CURVE):
        say(place / len(_CURVE))
        if share == 1.0:
            points.append(point_of(free))
        else:
            limit = {"budget" if in_money else "capacity": share * most}
            with suppress(InvalidInputError):  # so little does not suffice for what must hold
                points.append(point_of(limited.valued(**limit, seed=seed)))
    chosen = points[0]
    others = [point for point in points[1:] if (point.acts, point.spent) != (chosen.acts, chosen.spent)]
    return sorted([chosen, *others], key=lambda point: (point.spent if in_money else point.acts, point.is_chosen))


def _point(limited: Limited, found: PolicyValue, yearly: float, *, is_chosen: bool = False) -> BudgetPoint:
    spent, acts = limited.used(found.choices)
    gain, scale = found.gains[0], yearly / found.n
    return BudgetPoint(
        acts * scale, spent * scale, gain.amount * yearly, gain.low * yearly, gain.high * yearly, is_chosen
    )
