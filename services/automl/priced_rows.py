"""Rows whose outcome is known, with the money that acting on each of them brings: what every rule is priced on.

The rows, their outcomes and their amounts stay together here, so that nobody prices rows by the amounts of others.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.automl.money import MoneyGoal
from services.automl.preparation import Preparation, Rows
from services.automl.row_scores import RowMeans, row_money
from services.valuation.policy import (
    ProfitCurve,
    perfect_value,
    perfect_value_of_rows,
    profit_curve,
    treat_all_value,
    treat_all_value_of_rows,
    yearly_value,
)
from services.valuation.row_amounts import AmountSummary, summarise

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class PricedRows:
    """Rows and what they are worth.

    Attributes
    ----------
    y
        Whether the outcome happened (n,).
    amounts
        What the formula of the goal gave in each row (n,), NaN where it has no value; None without a formula.
    """

    goal: MoneyGoal
    y: NDArray[np.bool_]
    amounts: Floats | None = None

    @property
    def gains(self) -> Floats | None:
        """Money gained by acting on each row (n,) where the outcome happens; None where all are worth the same."""
        return self.goal.gains(self.amounts)

    @property
    def worth(self) -> Floats:
        """Money of acting on each row (n,), relative to not acting."""
        return self.goal.worth(self.y, self.gains)

    @property
    def weights(self) -> Floats:
        """Weight of each row (n,) that brings them to the base rate of use."""
        weights = self.goal.weights(self.y)
        return np.ones(len(self.y)) if weights is None else weights

    @property
    def base_rate(self) -> float:
        """Share of the cases in use where the outcome happens; that of the rows where nobody said it."""
        return self.goal.base_rate if self.goal.base_rate is not None else float(self.y.mean())

    @property
    def summary(self) -> AmountSummary | None:
        """What the formula gave in these rows; None without one."""
        if self.goal.amounts is None or self.amounts is None:
            return None
        return summarise(self.goal.amounts, self.amounts, self.y)

    @property
    def caught_amounts(self) -> Floats | None:
        """The value of a caught case that counts in each row (n,); None where all are worth the same."""
        if self.goal.amounts is None or self.amounts is None:
            return None
        return self.goal.amounts.priced(self.amounts)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> "PricedRows":
        """Some of the rows, or some of them several times."""
        return replace(self, y=self.y[rows], amounts=None if self.amounts is None else self.amounts[rows])

    def limit_beside(self, acted: NDArray[np.bool_]) -> float | None:
        """On which share of cases others may act beside who acts on these (n,): what capacity allows, or as many.

        None where there is no limit. A threshold beyond capacity, which people may choose, takes as many as it takes.
        """
        limit = self.goal.capacity_rate
        return None if limit is None else max(limit, float(np.average(acted, weights=self.weights)))

    def threshold(self, scores: Floats) -> float:
        """The score (n,) from which acting pays best on these rows, within capacity."""
        return self.goal.threshold(self.y, scores, self.gains)

    def yearly(self, scores: Floats, threshold: float) -> float:
        """Money a year of acting from `threshold` on, relative to acting on nobody."""
        return self.goal.yearly(self.y, scores, threshold, self.gains)

    def best_yearly(self, scores: Floats) -> float:
        """Money a year at the threshold that pays best on these rows."""
        return self.yearly(scores, self.threshold(scores))

    def means(self, scores: Floats, threshold: float) -> RowMeans:
        """Money a year of acting from `threshold` on, as what single rows contribute to it."""
        return row_money(self.goal, self.y, scores, threshold, self.gains)

    def curve(self, scores: Floats) -> ProfitCurve:
        """The value of every rule that the scores (n,) allow."""
        return profit_curve(self.y, scores, self.goal.payoffs, weights=self.goal.weights(self.y), gains=self.gains)

    @property
    def everyone_yearly(self) -> float:
        """Money a year of acting on everyone, or on as many as capacity allows, chosen at random."""
        limit, gains = self.goal.capacity_rate, self.gains
        if gains is None:
            per_case = treat_all_value(self.goal.payoffs, self.base_rate, capacity_rate=limit)
        else:
            per_case = treat_all_value_of_rows(self.worth, self.weights, capacity_rate=limit)
        return float(yearly_value(per_case, self.goal.cases_per_month))

    @property
    def perfect_yearly(self) -> float:
        """Money a year of acting on exactly the rows that are worth it, the most valuable first, within capacity."""
        limit, gains = self.goal.capacity_rate, self.gains
        if gains is None:
            per_case = perfect_value(self.goal.payoffs, self.base_rate, capacity_rate=limit)
        else:
            per_case = perfect_value_of_rows(self.worth, self.weights, capacity_rate=limit)
        return float(yearly_value(per_case, self.goal.cases_per_month))


def priced_judged(preparation: Preparation) -> PricedRows | None:
    """The training rows that some fold judges, in the order of `preparation.judged`; None without a money goal."""
    return priced_train(preparation, preparation.judged)


def priced_train(
    preparation: Preparation, rows: NDArray[np.intp] | NDArray[np.bool_] | None = None
) -> PricedRows | None:
    """Training rows, by default all of them; None without a money goal."""
    priced = _priced(preparation.money, preparation.train)
    return priced if priced is None or rows is None else priced.take(rows)


def priced_holdout(preparation: Preparation) -> PricedRows | None:
    """The rows that are kept aside; None without a money goal."""
    return _priced(preparation.money, preparation.holdout)


def _priced(money: MoneyGoal | None, rows: Rows) -> PricedRows | None:
    return None if money is None else PricedRows(money, rows.y == 1, rows.amounts)
