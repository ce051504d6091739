"""One case and what it may be set to: what the model says of each setting, how far it is, and whether it is familiar.

Every value passes the support guard of the simulator: seen often enough, on cases like this one, within how far the
lever may be moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column
from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.actions import Actions, actions_of
from services.simulation.support import FEWEST_SEEN, find_support, strange_among
from services.stories.answering import Ask
from services.stories.case_report import Change, Counterfactual
from services.stories.changeable import Changeable
from services.stories.reason_codes import plain_value
from services.stories.similar import gower_distances

MAX_COLUMNS = 12
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Setting = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Choices:
    """The values of one changeable column, and which of them the guard lets through in each case (n, k)."""

    column: str
    values: tuple[Any, ...]
    supported: Flags


@dataclass(frozen=True)
class Way:
    """What is set otherwise, what the model says then, and who found it where that was another library."""

    setting: Setting
    answer: float
    found_by: str = ""

    @property
    def columns(self) -> frozenset[str]:
        """What it changes."""
        return frozenset(self.setting)


def choices_of(
    changeable: Sequence[Changeable], cases: pd.DataFrame, known: pd.DataFrame, learned_from: Sequence[str], seed: int
) -> tuple[Choices, ...]:
    """What each changeable column may be set to in the cases (n), by the guard of the simulator.

    Parameters
    ----------
    known
        Rows the model learned from.
    """
    found = []
    for one in changeable[:MAX_COLUMNS]:
        actions = _actions(one.lever, known)
        if actions is not None:
            support = find_support(cases, known, actions, learned_from=learned_from, seed=seed)
            values = tuple(setting[0] for setting in actions.settings)
            found.append(Choices(str(one.lever.column), values, support.supported[:, 1:]))
    return tuple(found)


class CaseSettings:
    """One case; `place` is its place among those the choices were examined for.

    Parameters
    ----------
    known
        Rows the model learned from.
    threshold
        On the scale of the answers; what reaches it counts as above.

    Attributes
    ----------
    values
        By column what it may be set to, other than today's.
    today
        The case as it is.
    """

    def __init__(
        self,
        ask: Ask,
        case: pd.DataFrame,
        choices: Sequence[Choices],
        place: int,
        columns: tuple[Column, ...],
        *,
        known: pd.DataFrame,
        threshold: float,
        seed: int,
    ) -> None:
        self._ask, self._case, self._columns = ask, case.reset_index(drop=True), columns
        self._known, self._threshold, self.seed = known, threshold, seed
        self._kinds = {column.name: column.kind for column in columns}
        self.today = self._case.iloc[0]
        self.values: Mapping[str, list[Any]] = {
            one.column: [
                value
                for value, may in zip(one.values, one.supported[place], strict=True)
                if may and not _is_same(value, self.today[one.column])
            ]
            for one in choices
        }
        self.is_above = bool(self._ask(self._case)[0] >= threshold)

    @property
    def has_choice(self) -> bool:
        """Whether any column may be set otherwise at all."""
        return any(self.values.values())

    def is_ordered(self, column: str) -> bool:
        """Whether today's value is a number, and can stand in a row with the others."""
        return self._kinds[column] == "number" and not pd.isna(self.today[column])

    def answers(self, settings: Sequence[Setting]) -> Floats:
        """What the model says with each setting, (n,)."""
        return self._ask(self._table(settings))

    def crosses(self, answers: Floats) -> Flags:
        """Which answers are on the other side of the threshold."""
        return np.asarray(answers < self._threshold if self.is_above else answers >= self._threshold)

    def familiar(self, settings: Sequence[Setting]) -> Flags:
        """Which settings lead to a case like those the model knows."""
        names = [column.name for column in self._columns]
        return ~strange_among(self._table(settings)[names], self._known, names, self.seed)

    def distances(self, settings: Sequence[Setting]) -> Floats:
        """How far each setting is from today, as Gower has it."""
        return gower_distances(self.today, self._table(settings), self._columns, self._known)

    def nearest(self, settings: Sequence[Setting]) -> Setting | None:
        """The one nearest to today that is like the cases the model knows."""
        if not settings:
            return None
        familiar = self.familiar(settings)
        order = np.argsort(self.distances(settings), kind="stable")
        return next((settings[int(place)] for place in order if familiar[place]), None)

    def refined(self, setting: Setting) -> Setting:
        """Each change brought back towards today as far as the others still cross the threshold."""
        for column in list(setting):
            tried = [{**setting, column: value} for value in self.values[column]]
            across = self.crosses(self.answers(tried))
            setting = self.nearest([one for one, may in zip(tried, across, strict=True) if may]) or setting
        return setting

    def in_order(self, ways: Sequence[Way]) -> list[Way]:
        """Those with the fewest changes first, and among them the nearest."""
        if not ways:
            return []
        distances = self.distances([way.setting for way in ways])
        order = sorted(range(len(ways)), key=lambda place: (len(ways[place].setting), distances[place]))
        return [ways[place] for place in order]

    def told(self, way: Way) -> Counterfactual:
        """A way as it is stored and shown."""
        changes = []
        for column, value in way.setting.items():
            after = plain_value(value, self._kinds[column])
            assert after is not None  # nothing is set to be missing
            changes.append(Change(column, plain_value(self.today[column], self._kinds[column]), after))
        return Counterfactual(tuple(changes), way.answer, way.found_by)

    def _table(self, settings: Sequence[Setting]) -> pd.DataFrame:
        table = self._case.loc[[0] * len(settings)].reset_index(drop=True)
        for column in {name for setting in settings for name in setting}:
            today = self._case[column].iloc[0]
            values = [setting.get(column, today) for setting in settings]
            table[column] = pd.Series(values, dtype=self._case[column].dtype)
        return table


def _actions(lever: Lever, known: pd.DataFrame) -> Actions | None:
    """Everything a lever may be set to; None where too little is known of its column."""
    values = known[str(lever.column)].dropna()
    if len(values) < FEWEST_SEEN or values.nunique() < 2:
        return None
    if lever.kind == "number" and lever.step is None and (values == values.round()).all():
        lever = replace(lever, step=1.0)  # of what comes in whole numbers, no half is proposed
    try:
        return actions_of((lever,), observed={str(lever.column): values.unique().tolist()})
    except InvalidInputError:  # yes or no, of a column with more values
        return None


def _is_same(value: Any, today: Any) -> bool:
    return bool(not pd.isna(today) and (value == today or str(value) == str(today)))
