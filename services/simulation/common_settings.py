"""What a setting that is the same for many cases brings in each of them: asked once, remembered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.actions import Actions
from services.simulation.constraint import Constraint, has_no_value
from services.simulation.worth import Worth

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]
Choice = tuple[int, ...]
AS_IT_IS = -1
LEAST_BELIEVED = 0.8  # share of a group's cases in which the guard must believe a setting that all of them get


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A setting in every case; where it may not be believed, the case is left as it is.

    Attributes
    ----------
    worth
        Money after the cost of the levers, as each copy of the model says, (c, n).
    answers
        What they say, on average, (n,).
    costs, acts
        Money, and 1 where something is set to another value, (n,).
    is_believed
        In which cases the guard lets it through and it has a value, (n,).
    keeps
        In which cases everything holds that must hold in each, (n,).
    measures
        What else must hold, as numbers of which more is better, (r, n).
    """

    worth: Floats
    answers: Floats
    costs: Floats
    acts: Floats
    is_believed: Flags
    keeps: Flags
    measures: Floats


class CommonSettings:
    """The values of the levers, and what any combination of them brings.

    Attributes
    ----------
    values
        Of each lever, in increasing order.
    believed
        By lever in which cases each value may be believed, (n, number of values).
    n_lost
        Cases that have no value as they are: nothing is said of them.
    n_without_value
        Settings that were tried and in which something that must hold has no value in some case.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        levers: Sequence[Lever],
        values: Sequence[Sequence[Any]],
        believed: Sequence[Flags],
        *,
        ask: Callable[[pd.DataFrame], Floats],
        worth: Worth,
        constraints: Sequence[Constraint] = (),
    ) -> None:
        self.rows, self.levers, self.values, self.believed = rows, tuple(levers), tuple(map(tuple, values)), believed
        self._ask, self._worth = ask, worth
        self._each = [one for one in constraints if one.measure == "each"]
        self._others = [one for one in constraints if one.measure != "each"]
        self._known: dict[Choice, Tried] = {}
        n, answers = len(rows), ask(rows)
        worths = self._worths(rows, answers)
        lost = ~np.isfinite(worths).all(axis=0)
        self.n_lost, self._lost = int(lost.sum()), lost
        self.today = Tried(
            worth=np.where(lost, 0.0, worths),
            answers=answers.mean(axis=0),
            costs=np.zeros(n),
            acts=np.zeros(n),
            is_believed=np.ones(n, dtype=np.bool_),
            keeps=np.ones(n, dtype=np.bool_),
            measures=self._measures(rows, answers),
        )
        for one, measured in zip(self._others, self.today.measures, strict=True):
            if np.isnan(measured).any():
                raise InvalidInputError(has_no_value(one, measured))
        self.n_without_value = 0
        self._known[(AS_IT_IS,) * len(self.levers)] = self.today

    @property
    def n_tried(self) -> int:
        """How many combinations were asked about."""
        return len(self._known)

    @property
    def all_tried(self) -> tuple[Tried, ...]:
        """All that were asked about, today's way the first."""
        return tuple(self._known.values())

    @property
    def n_possible(self) -> int:
        """How many there are, each lever left as it is among them."""
        return int(np.prod([len(values) + 1 for values in self.values], dtype=np.float64))

    def of(self, choice: Choice) -> Tried:
        """What it brings."""
        if choice not in self._known:
            self._known[choice] = self._try(choice)
        return self._known[choice]

    def setting(self, choice: Choice) -> tuple[Any | None, ...]:
        """The value of each lever; None where it is left as it is."""
        return tuple(
            None if place == AS_IT_IS else values[place] for values, place in zip(self.values, choice, strict=True)
        )

    def is_allowed(self, choice: Choice, cases: Indices) -> bool:
        """Whether these cases may all get it: it is believed in most, and holds what must hold in each."""
        if all(place == AS_IT_IS for place in choice):
            return True
        believed = self._believed(choice)[cases]
        if believed.mean() < LEAST_BELIEVED:
            return False
        tried = self.of(choice)
        return bool(tried.is_believed[cases].mean() >= LEAST_BELIEVED and tried.keeps[cases].all())

    def _believed(self, choice: Choice) -> Flags:
        found = np.asarray(~self._lost)
        for flags, place in zip(self.believed, choice, strict=True):
            if place != AS_IT_IS:
                found = np.logical_and(found, flags[:, place])
        return found

    def _try(self, choice: Choice) -> Tried:
        moved = [
            (lever, value) for lever, value in zip(self.levers, self.setting(choice), strict=True) if value is not None
        ]
        actions = Actions(tuple(lever for lever, _ in moved), (tuple(value for _, value in moved),))
        table = actions.applied(self.rows, 1)
        answers = self._ask(table)
        costs, acts = actions.costs(self.rows)[:, 1], actions.changes(self.rows)[:, 1].astype(np.float64)
        worths = self._worths(table, answers) - costs
        measures = self._measures(table, answers)
        has_measures = ~np.isnan(measures).any(axis=0)
        self.n_without_value += not has_measures.all()
        has = self._believed(choice) & np.isfinite(worths).all(axis=0) & has_measures
        keeps = np.ones(len(table), dtype=np.bool_)
        for one in self._each:
            keeps &= one.holds_in(one.values(table, answers.mean(axis=0), self._worth.answer_name))
        return Tried(
            worth=np.where(has, worths, self.today.worth),
            answers=np.where(has, answers.mean(axis=0), self.today.answers),
            costs=np.where(has, costs, 0.0),
            acts=np.where(has, acts, 0.0),
            is_believed=has,
            keeps=keeps | ~has,
            measures=np.where(has, measures, self.today.measures),
        )

    def _worths(self, table: pd.DataFrame, answers: Floats) -> Floats:
        return np.array([self._worth.of(table, said) for said in answers])

    def _measures(self, table: pd.DataFrame, answers: Floats) -> Floats:
        mean, name = answers.mean(axis=0), self._worth.answer_name
        found = [one.signed(one.values(table, mean, name)) for one in self._others]
        return np.array(found) if found else np.zeros((0, len(table)))
