"""The money a model is searched for: payoffs of each decision and the volume they apply to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.valuation.assumptions import Assumptions
from services.valuation.payoffs import PayoffMatrix
from services.valuation.policy import (
    best_threshold,
    prevalence_weights,
    profit_curve,
    value_per_case,
    yearly_value,
)
from services.valuation.row_amounts import AmountRule

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MoneyGoal:
    """What each right and wrong decision is worth, and how often it is made.

    Attributes
    ----------
    payoffs
        Money per case for each of the four outcomes.
    base_rate
        Share of positive cases where the model will be used; None where it is that of the data.
    cases_per_month
        Decisions a month.
    capacity_rate
        Largest share of cases that can be acted on; None where all can.
    currency
        ISO 4217 code.
    amounts
        What a caught case is worth, row by row; None where all are worth the same. Methods then want `gains` (n,), the
        money gained by acting on each row where the outcome happens there.
    """

    payoffs: PayoffMatrix
    base_rate: float | None
    cases_per_month: float
    capacity_rate: float | None
    currency: str
    amounts: AmountRule | None = None

    @property
    def pays_from(self) -> float | None:
        """The calibrated chance from which acting pays; None where it is another one in each row."""
        return self.payoffs.threshold if self.amounts is None else None

    def weights(self, y: NDArray[np.bool_]) -> NDArray[np.float64] | None:
        """Row weights (n,) that bring the rows to the base rate of use, or None where they have it."""
        return None if self.base_rate is None else prevalence_weights(y, self.base_rate)

    def gains(self, amounts: Floats | None) -> Floats | None:
        """Money gained by acting on each row (n,), from what the formula gave there; None where all rows are alike."""
        if self.amounts is None:
            return None
        if amounts is None:
            raise ValueError("Each row has its own amount, and the amounts of these rows are not known.")
        return self.amounts.gains(amounts, self.payoffs)

    def threshold(self, y: NDArray[np.bool_], scores: Floats, gains: Floats | None = None) -> float:
        """The score from which acting pays best on these rows (n,), within capacity."""
        curve = profit_curve(y, scores, self.payoffs, weights=self.weights(y), gains=gains)
        return best_threshold(curve, capacity_rate=self.capacity_rate)

    def yearly(self, y: NDArray[np.bool_], scores: Floats, threshold: float, gains: Floats | None = None) -> float:
        """Money a year of acting from `threshold` on, relative to acting on nobody."""
        per_case = value_per_case(y, scores, threshold, self.payoffs, weights=self.weights(y), gains=gains)
        return float(yearly_value(per_case, self.cases_per_month))

    @property
    def yearly_cases(self) -> float:
        """Decisions a year."""
        return float(yearly_value(1.0, self.cases_per_month))

    def worth(self, y: NDArray[np.bool_], gains: Floats | None = None) -> Floats:
        """Money of acting on each row (n,), relative to not acting."""
        return np.where(y, self.payoffs.gain if gains is None else gains, -self.payoffs.loss)

    def row_values(self, y: NDArray[np.bool_], scores: Floats, threshold: float, gains: Floats | None = None) -> Floats:
        """Money of each case (n,) of acting from `threshold` on, relative to not acting."""
        return np.where(scores >= threshold, self.worth(y, gains), 0.0)


def money_goal(assumptions: Assumptions, amount_formula: str = "") -> MoneyGoal:
    """The goal that a saved valuation sets.

    Parameters
    ----------
    amount_formula
        The value of a caught case, row by row, as a run has frozen it: one of before rows were priced by it has none,
        although its valuation may.
    """
    rule = AmountRule(amount_formula, assumptions.caught_value_amount, assumptions.success_rate)
    return MoneyGoal(
        payoffs=assumptions.payoffs,
        base_rate=assumptions.base_rate,
        cases_per_month=assumptions.cases_per_month,
        capacity_rate=assumptions.capacity_rate,
        currency=assumptions.currency,
        amounts=rule if amount_formula else None,
    )


def amount_formula_of(assumptions: Assumptions) -> str:
    """The value of a caught case, row by row, as a formula of columns; "" where all are worth the same."""
    return assumptions.details.amount_formula.strip() if assumptions.details else ""
