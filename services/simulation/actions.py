"""What may be done with a case: it is left as it is, or its levers are set to one of the values they may take."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.formulas.evaluation import compute
from services.formulas.reading import read_formula
from services.proposals.lever import Lever

Floats = NDArray[np.float64]
MOST_ACTIONS = 200
_POINTS = 41  # of a number without a step, where it is the only lever


@dataclass(frozen=True, slots=True, eq=False)
class Actions:
    """The first action leaves a case as it is; each other one sets every lever.

    Attributes
    ----------
    levers
        With a column each.
    settings
        The value of each lever by action, the first action left out: (k - 1) tuples.
    thinned
        The levers of which only some values are among them, because all together would be too many.
    """

    levers: tuple[Lever, ...]
    settings: tuple[tuple[Any, ...], ...]
    thinned: tuple[str, ...] = ()

    def __len__(self) -> int:
        return 1 + len(self.settings)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that actions set."""
        return tuple(str(lever.column) for lever in self.levers)

    def applied(self, rows: pd.DataFrame, action: int) -> pd.DataFrame:
        """The rows as they would be: only columns of levers differ."""
        if action == 0:
            return rows
        values = zip(self.columns, self.settings[action - 1], strict=True)
        return rows.assign(**{column: _typed(rows[column], value) for column, value in values})

    def costs(self, rows: pd.DataFrame) -> Floats:
        """Money each action costs in each case, (n, k); leaving it as it is costs nothing.

        A number costs its unit cost for each unit it is moved from today's value, all else once where it changes.

        Raises
        ------
        InvalidInputError
            A unit cost or today's value cannot be computed in some row.
        """
        costs = np.zeros((len(rows), len(self)))
        for place, lever in enumerate(self.levers):
            unit = _unit_costs(lever, rows)
            today = todays_values(lever, rows)
            for action, setting in enumerate(self.settings, start=1):
                costs[:, action] += unit * _moved(lever, today, setting[place])
        return costs

    def changes(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Whether each action sets any lever to another value than today's, (n, k); where that is missing, it does."""
        moved = np.zeros((len(rows), len(self)), dtype=np.bool_)
        for place, lever in enumerate(self.levers):
            today = todays_values(lever, rows)
            for action, setting in enumerate(self.settings, start=1):
                moved[:, action] |= _moved(lever, today, setting[place]) != 0
        return moved

    def numbers(self, place: int) -> Floats:
        """The values of a numeric lever by action, the first one (as it is) NaN, (k,)."""
        return np.array([np.nan, *(float(setting[place]) for setting in self.settings)])


def actions_of(levers: Sequence[Lever], *, observed: Mapping[str, Sequence[Any]]) -> Actions:
    """Every combination of what the levers may be set to.

    Parameters
    ----------
    observed
        By column the values of the data, for levers that are yes or no: these are what the column calls them.

    Raises
    ------
    InvalidInputError
        There is no lever with a column, or more combinations than can be tried even if numbers are thinned.
    """
    usable = tuple(lever for lever in levers if lever.column)
    if not usable:
        raise InvalidInputError("No lever has a column in the data. Say on the objective which column holds it.")
    whole = [values_of(lever, observed) for lever in usable]
    fixed = math.prod(len(values) for lever, values in zip(usable, whole, strict=True) if not lever.is_numeric)
    n_numeric = sum(lever.is_numeric for lever in usable)
    room = (MOST_ACTIONS - 1) / fixed
    if room < max(1, 2**n_numeric):
        raise InvalidInputError(
            f"The levers can be combined in more than {MOST_ACTIONS:,} ways. Name fewer levers, or fewer choices."
        )
    most = max(2, math.floor(room ** (1 / n_numeric) + 1e-9)) if n_numeric else 0
    found = [
        _thinned(values, most) if lever.is_numeric else values for lever, values in zip(usable, whole, strict=True)
    ]
    thinned = [
        lever.name for lever, before, after in zip(usable, whole, found, strict=True) if len(after) < len(before)
    ]
    return Actions(usable, tuple(itertools.product(*found)), tuple(thinned))


def todays_values(lever: Lever, rows: pd.DataFrame) -> "pd.Series[Any]":
    """What the lever is set to in each case: as its status quo says, else as observed."""
    if not lever.status_quo:
        return rows[str(lever.column)]
    if lever.kind == "choice":
        return pd.Series(lever.status_quo, index=rows.index)
    return pd.Series(_computed(lever.status_quo, rows, f"Today's value of “{lever.name}”"), index=rows.index)


def _unit_costs(lever: Lever, rows: pd.DataFrame) -> Floats:
    if not lever.cost_formula:
        return np.full(len(rows), lever.unit_cost_amount)
    return _computed(lever.cost_formula, rows, f"The unit cost of “{lever.name}”")


def _computed(formula: str, rows: pd.DataFrame, what: str) -> Floats:
    computed = compute(read_formula(formula, map(str, rows.columns)), rows, len(rows))
    if computed.n_invalid:
        raise InvalidInputError(
            f"{what} has no value in {computed.n_invalid:,} of {len(rows):,} rows: something is missing there, or is "
            "divided by zero. Let the formula say what holds for such rows."
        )
    return computed.values


def _moved(lever: Lever, today: "pd.Series[Any]", value: Any) -> Floats:
    """By how many units the lever is moved in each case, (n,)."""
    if lever.is_numeric:
        return np.asarray(np.abs(float(value) - today.to_numpy(np.float64, na_value=np.nan)))
    return np.asarray((today.astype("string") != str(value)).fillna(value=True).to_numpy(np.float64))


def values_of(lever: Lever, observed: Mapping[str, Sequence[Any]]) -> list[Any]:
    """All values a lever may be set to, in increasing order; a number without a step in so many steps."""
    if lever.kind == "choice":
        return list(lever.choices)
    if lever.kind == "yes_no":
        found = list(dict.fromkeys(value for value in observed[str(lever.column)] if not pd.isna(value)))
        if len(found) != 2:
            raise InvalidInputError(
                f"“{lever.name}” is yes or no, but its column has {len(found):,} values. Name a column that has two."
            )
        return sorted(found, key=str)
    low, high = float(lever.low or 0.0), float(lever.high or 0.0)
    step = lever.step or (1.0 if lever.kind == "integer" else (high - low) / (_POINTS - 1))
    n_steps = math.floor((high - low) / step + 1e-9)
    values = low + step * np.arange(n_steps + 1)
    return list(np.unique(np.append(values, high)))


def _thinned(values: list[Any], most: int) -> list[Any]:
    """At most this many of them, evenly spread, with both ends."""
    if len(values) <= most:
        return values
    return [values[place] for place in np.unique(np.linspace(0, len(values) - 1, most).round().astype(int))]


def _typed(column: "pd.Series[Any]", value: Any) -> Any:
    """The value as the column holds such values: a category stays one."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return pd.Categorical([value] * len(column), dtype=column.dtype)
    if pd.api.types.is_integer_dtype(column.dtype) and float(value) != int(float(value)):
        return float(value)
    return column.dtype.type(value) if isinstance(column.dtype, np.dtype) and column.dtype.kind in "if" else value
