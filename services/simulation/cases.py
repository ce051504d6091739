"""The cases of a simulation, what may be done with each, and what that is worth within the terms of use."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.preparation import Preparation
from services.automl.task import Task
from services.errors import InvalidInputError
from services.proposals.lever import Lever
from services.simulation.actions import Actions, actions_of
from services.simulation.base_rate import chances_in_use
from services.simulation.copies import N_COPIES, Answers
from services.simulation.drawing import FEWEST_CASES, draw_cases
from services.simulation.findings import Limited
from services.simulation.support import Support
from services.simulation.worth import Worth

Floats = NDArray[np.float64]
MOST_CELLS = 2_000_000  # cases x actions x copies: about half a minute of predictions


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
    """

    worth: Worth
    worth_in_words: str
    currency: str
    base_rate: float | None
    cases_per_month: float
    budget_amount: float | None
    capacity: float | None
    is_guarded: bool


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
        most = max(FEWEST_CASES, MOST_CELLS // (len(self.actions) * 2 * N_COPIES))
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
        self.name_columns = tuple(
            column.name for column in preparation.left_out if column.kind == "identifier" and column.name in others
        )[:2]

    def in_use(self, answers: Answers) -> Answers:
        """The chances as they are where the outcome is as frequent as in use."""
        used_at = self.terms.base_rate
        if self.learned_at is None or used_at is None:
            return answers
        first, second = (
            chances_in_use(part, learned_at=self.learned_at, used_at=used_at)
            for part in (answers.first, answers.second)
        )
        return Answers(first, second, answers.in_first)

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
        )
        return limited, int((~has_value).any(axis=1).sum())

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
