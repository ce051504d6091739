"""The nearest cases of which the model would say otherwise, with only a few changeable columns set otherwise.

A greedy search: each changeable column alone first; where that is not enough, the best value of one column is kept and
another one added, up to three. Among the values that cross the threshold the one nearest to today's is taken, and what
is not needed to cross it is taken back. Every setting must pass the support guard of the simulator: seen often enough,
on cases like this one, within how far the lever may be moved; and the case it leads to must be like those the model
knows.

References
----------
Wachter, Mittelstadt & Russell (2018), Counterfactual explanations without opening the black
box, Harv. J. L. & Tech. 31:841.
"""

from collections.abc import Sequence
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

MAX_FOUND, MAX_CHANGES, MAX_COLUMNS = 3, 3, 12
_KEPT = 4  # partial changes that are carried on
Floats = NDArray[np.float64]
Setting = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Choices:
    """The values of one changeable column, and which of them the guard lets through in each case (n, k)."""

    column: str
    values: tuple[Any, ...]
    supported: NDArray[np.bool_]


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


class Search:
    """The search of one case; `place` is its place among those the choices were examined for."""

    def __init__(
        self, ask: Ask, case: pd.DataFrame, choices: Sequence[Choices], place: int, columns: tuple[Column, ...]
    ) -> None:
        self._ask, self._case, self._columns = ask, case.reset_index(drop=True), columns
        self._kinds = {column.name: column.kind for column in columns}
        row = self._case.iloc[0]
        self._values = {
            one.column: [
                value
                for value, may in zip(one.values, one.supported[place], strict=True)
                if may and not _is_same(value, row[one.column])
            ]
            for one in choices
        }

    @property
    def has_choice(self) -> bool:
        """Whether any column may be set otherwise at all."""
        return any(self._values.values())

    def find(self, threshold: float, known: pd.DataFrame, seed: int) -> tuple[Counterfactual, ...]:
        """Up to three nearest cases across the threshold, those with the fewest changes first.

        Parameters
        ----------
        threshold
            On the scale of the answers; what reaches it counts as above.
        """
        is_above = bool(self._ask(self._case)[0] >= threshold)
        found: list[tuple[Setting, float]] = []
        kept: list[Setting] = [{}]
        for _ in range(MAX_CHANGES):
            tried = self._extended(kept, found)
            if not tried:
                break
            answers, across = self._asked(tried, threshold, is_above=is_above)
            for names in dict.fromkeys(tuple(sorted(setting)) for setting in tried):
                own = [place for place, setting in enumerate(tried) if tuple(sorted(setting)) == names]
                crossing = [tried[place] for place in own if across[place]]
                nearest = self._nearest(crossing, known, seed)
                if nearest is not None:
                    found.append(self._refined(nearest, threshold, known, seed, is_above=is_above))
            sign = 1.0 if is_above else -1.0
            best: dict[tuple[str, ...], int] = {}
            for place in np.argsort(sign * answers, kind="stable"):
                best.setdefault(tuple(sorted(tried[int(place)])), int(place))
            kept = [tried[place] for place in list(best.values())[:_KEPT]]
            if len(found) >= MAX_FOUND:
                break
        distances = [float(self._distances([setting], known)[0]) for setting, _ in found]
        order = sorted(range(len(found)), key=lambda place: (len(found[place][0]), distances[place]))
        return tuple(self._told(*found[place]) for place in order[:MAX_FOUND])

    def _extended(self, kept: list[Setting], found: list[tuple[Setting, float]]) -> list[Setting]:
        """Each kept change with one column more, but none that holds all columns of one that was found."""
        enough = [set(setting) for setting, _ in found]
        tried: dict[tuple[tuple[str, Any], ...], Setting] = {}
        for base in kept:
            for column, values in self._values.items():
                if column in base or any(names <= {*base, column} for names in enough):
                    continue
                for value in values:
                    setting = {**base, column: value}
                    tried.setdefault(tuple(sorted(setting.items())), setting)
        return list(tried.values())

    def _refined(
        self, setting: Setting, threshold: float, known: pd.DataFrame, seed: int, *, is_above: bool
    ) -> tuple[Setting, float]:
        """Each of several changes brought back towards today as far as the others still cross the threshold."""
        for column in list(setting) if len(setting) > 1 else []:
            tried = [{**setting, column: value} for value in self._values[column]]
            _, across = self._asked(tried, threshold, is_above=is_above)
            nearest = self._nearest([one for one, may in zip(tried, across, strict=True) if may], known, seed)
            setting = nearest or setting
        return setting, float(self._ask(self._table([setting]))[0])

    def _asked(
        self, settings: Sequence[Setting], threshold: float, *, is_above: bool
    ) -> tuple[Floats, NDArray[np.bool_]]:
        answers = self._ask(self._table(settings))
        return answers, np.asarray(answers < threshold if is_above else answers >= threshold)

    def _nearest(self, settings: list[Setting], known: pd.DataFrame, seed: int) -> Setting | None:
        """The one nearest to today that is like the cases the model knows."""
        if not settings:
            return None
        names = [column.name for column in self._columns]
        familiar = ~strange_among(self._table(settings)[names], known, names, seed)
        order = np.argsort(self._distances(settings, known), kind="stable")
        return next((settings[int(place)] for place in order if familiar[place]), None)

    def _distances(self, settings: Sequence[Setting], known: pd.DataFrame) -> Floats:
        return gower_distances(self._case.iloc[0], self._table(settings), self._columns, known)

    def _table(self, settings: Sequence[Setting]) -> pd.DataFrame:
        table = self._case.loc[[0] * len(settings)].reset_index(drop=True)
        for column in {name for setting in settings for name in setting}:
            today = self._case[column].iloc[0]
            values = [setting.get(column, today) for setting in settings]
            table[column] = pd.Series(values, dtype=self._case[column].dtype)
        return table

    def _told(self, setting: Setting, answer: float) -> Counterfactual:
        row = self._case.iloc[0]
        changes = []
        for column, value in setting.items():
            after = plain_value(value, self._kinds[column])
            assert after is not None  # nothing is set to be missing
            changes.append(Change(column, plain_value(row[column], self._kinds[column]), after))
        return Counterfactual(tuple(changes), answer)


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
