"""The cases of a simulation, what may be done with each, and what that is worth within the terms of use."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.division import read_groups
from services.automl.preparation import Preparation
from services.automl.task import Task
from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.actions import Actions, actions_of, values_of
from services.simulation.base_rate import chances_in_use
from services.simulation.constraint import Constraint, has_no_value, no_setting_keeps
from services.simulation.copies import N_COPIES, Answers
from services.simulation.drawing import FEWEST_CASES, draw_cases
from services.simulation.findings import Limited
from services.simulation.support import Support
from services.simulation.worth import Worth

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
MOST_CELLS = 2_000_000  # cases x actions x copies: about half a minute of predictions
MOST_CELLS_IN_COMMON = 5_000_000  # the same where settings are searched that many cases share
MOST_SETTINGS = 400  # that such a search asks about
_SAME_RATE = 0.02


@dataclass(frozen=True, slots=True)
class Terms:
    """What the simulation is to keep to, in figures of use.

    Attributes
    ----------
    worth
        How a case is valued, and `worth_in_words` how people read that.
    base_rate
        Share of positive cases in use; None for a number.
    cases_per_month
        Cases a month in use.
    budget_amount, capacity
        Money and cases a month; None where not limited.
    segment_column
        The column whose values are groups of cases alike; empty where no lever is set for such groups.
    constraints
        What must hold whatever is done.
    known_before, known_after
        The columns of which the dictionary says that they were known before the decision, or only afterwards.
    lever_columns, from_levers
        The columns that hold levers of the objective, moved here or not, and those that the data compute from them.
    """

    worth: Worth
    worth_in_words: str
    currency: str
    base_rate: float | None
    cases_per_month: float
    budget_amount: float | None
    capacity: float | None
    is_guarded: bool
    segment_column: str = ""
    constraints: tuple[Constraint, ...] = ()
    known_before: tuple[str, ...] = ()
    known_after: tuple[str, ...] = ()
    lever_columns: tuple[str, ...] = ()
    from_levers: tuple[str, ...] = ()


class Cases:
    """What all steps of a simulation share: the cases, the actions, and the terms.

    Attributes
    ----------
    rows
        The cases (n), with the columns the model takes as it takes them, and the others of the data for formulas.
    positions
        Where they stand among the training rows, (n,).
    name_columns
        Columns that identify a case, at most two.
    learned_at
        Share of positive cases the model learned at; None for a number.
    """

    def __init__(self, preparation: Preparation, frame: pd.DataFrame, levers: tuple[Lever, ...], terms: Terms) -> None:
        self.preparation, self.terms = preparation, terms
        train = preparation.train
        self.learned_at = float((train.y == 1).mean()) if preparation.task is Task.BINARY else None
        observed = {str(lever.column): train.x[str(lever.column)].unique().tolist() for lever in levers}
        self.actions: Actions = actions_of(levers, observed=observed)
        base_rate = terms.base_rate if preparation.task is Task.BINARY else None
        cells, n_settings = MOST_CELLS, len(self.actions)
        if any(lever.scope != "per_row" for lever in levers):
            possible = math.prod(1 + len(values_of(lever, observed)) for lever in levers)
            cells, n_settings = MOST_CELLS_IN_COMMON, min(possible, MOST_SETTINGS)
        most = max(FEWEST_CASES, cells // (n_settings * 2 * N_COPIES))
        self.positions = draw_cases(train.y, base_rate=base_rate, most=most, seed=preparation.seed)
        if len(self.positions) < FEWEST_CASES:
            raise InvalidInputError(
                f"{len(self.positions):,} cases are as frequent in the data as in use; {FEWEST_CASES} are needed to "
                "simulate. Bring more data, or correct the share of cases that matter on the page Money."
            )
        own = train.x.iloc[self.positions].reset_index(drop=True)
        told = frame.iloc[train.positions[self.positions]].reset_index(drop=True)
        others = [name for name in told.columns if name not in own.columns and name != preparation.target]
        self.rows = pd.concat([own, told[others]], axis=1)
        terms.worth.check(self.rows.columns)
        for one in terms.constraints:
            one.check(self.rows.columns, terms.worth.answer_name)
        self.name_columns = tuple(
            column.name for column in preparation.left_out if column.kind == "identifier" and column.name in others
        )[:2]

    @property
    def is_drawn_by_outcome(self) -> bool:
        """Whether cases were left out by their outcome, so that they no longer stand for those of the data."""
        learned, used = self.learned_at, self.terms.base_rate
        return learned is not None and used is not None and abs(learned - used) > _SAME_RATE

    @property
    def groups(self) -> NDArray[np.intp] | None:
        """A number for each group of cases that belong together, (n,); None where each stands by itself."""
        column = self.preparation.split.group
        return None if column is None else read_groups(self.rows[column])

    @property
    def outcomes(self) -> Floats:
        """What happened in each case, 0 or 1 or the number, (n,)."""
        return self.preparation.train.y[self.positions].astype(np.float64)

    def in_use(self, answers: Answers) -> Answers:
        """The chances as they are where the outcome is as frequent as in use."""
        return Answers(self.used(answers.first), self.used(answers.second), answers.in_first)

    def used(self, answers: Floats) -> Floats:
        """The same of any chances; numbers as they are."""
        used_at = self.terms.base_rate
        if self.learned_at is None or used_at is None:
            return answers
        return chances_in_use(answers, learned_at=self.learned_at, used_at=used_at)

    def limited(self, answers: Answers, support: Support) -> tuple[Limited, int]:
        """The money of every action within the limits, and how many cases have no value as they are."""
        n, terms = len(self.rows), self.terms
        costs = self.actions.costs(self.rows)
        values = [self._values(part, costs) for part in (answers.first, answers.second)]
        has_value = np.logical_and.reduce([np.isfinite(part).all(axis=0) for part in values]) & np.isfinite(costs)
        supported = (support.supported if terms.is_guarded else np.ones_like(support.supported)) & has_value
        lost = ~has_value[:, 0]
        supported[lost, 1:], supported[:, 0] = False, True  # what cannot be valued is left as it is
        first, second = (np.where(supported[None, :, :] & ~lost[None, :, None], part, 0.0) for part in values)
        further = self._kept(answers, supported)
        per_case = n / terms.cases_per_month
        limited = Limited(
            first=first,
            second=second,
            in_first=answers.in_first,
            supported=supported,
            costs=np.nan_to_num(costs),
            acts=self.actions.changes(self.rows).astype(np.float64),
            budget=np.inf if terms.budget_amount is None else terms.budget_amount * per_case,
            capacity=np.inf if terms.capacity is None else terms.capacity * per_case,
            further=further,
        )
        return limited, int((~has_value).any(axis=1).sum())

    def _kept(self, answers: Answers, supported: Flags) -> tuple[Floats, Floats] | None:
        """Take out of `supported` what breaks what must hold in each case; the rest as needs and limits.

        That a sum is at least b is that what is lost of the largest sum there could be is at most the rest of it.

        Raises
        ------
        InvalidInputError
            No choice of actions keeps one of them, or it has no value in a case left as it is.
        """
        everywhere, n = answers.everywhere, len(self.rows)
        tables = [self.actions.applied(self.rows, action) for action in range(len(self.actions))]
        needs, limits = [], []
        for one in self.terms.constraints:
            name = self.terms.worth.answer_name
            values = [one.values(table, everywhere[:, action], name) for action, table in enumerate(tables)]
            found = np.column_stack(values)
            if one.measure == "each":
                supported[:, 1:] &= one.holds_in(found[:, 1:])
                continue
            if np.isnan(found[:, 0]).any():
                raise InvalidInputError(has_no_value(one, found[:, 0]))
            supported &= ~np.isnan(found)
            signed = np.where(supported, one.signed(found), -np.inf)
            largest = signed.max(axis=1, keepdims=True)
            room = float(largest.sum()) - one.least(self.terms.cases_per_month) * n
            if room < 0:
                raise InvalidInputError(no_setting_keeps([one.words]))
            needs.append(np.where(supported, largest - signed, 0.0))
            limits.append(room)
        return (np.stack(needs, axis=2), np.array(limits)) if needs else None

    def notes(self, n_without: int) -> list[str]:
        """What a reader must know of how it was computed."""
        found = []
        if n_without:
            found.append(
                f"In {n_without:,} of {len(self.rows):,} cases some action has no value: a column is missing there, or "
                "the formula divides by zero. Such actions are not taken. Let the formula say what holds there."
            )
        if len(self.positions) < len(self.preparation.train):
            why = (
                f" in which the outcome is as frequent as in use, {self.terms.base_rate:.1%}"
                if self.learned_at is not None and self.terms.base_rate is not None
                else ""
            )
            n, n_known = len(self.positions), len(self.preparation.train)
            found.append(f"{n:,} of {n_known:,} cases were looked at, drawn by chance{why}.")
        return found

    def _values(self, answers: Floats, costs: Floats) -> Floats:
        tables = [self.actions.applied(self.rows, action) for action in range(len(self.actions))]
        worth = [
            np.column_stack([self.terms.worth.of(table, said[:, action]) for action, table in enumerate(tables)])
            for said in answers
        ]
        return np.array(worth) - costs
