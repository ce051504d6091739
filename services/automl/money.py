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
    """

    payoffs: PayoffMatrix
    base_rate: float | None
    cases_per_month: float
    capacity_rate: float | None
    currency: str

    def weights(self, y: NDArray[np.bool_]) -> NDArray[np.float64] | None:
        """Row weights (n,) that bring the rows to the base rate of use, or None where they have it."""
        return None if self.base_rate is None else prevalence_weights(y, self.base_rate)

    def threshold(self, y: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
        """The score from which acting pays best on these rows (n,), within capacity."""
        curve = profit_curve(y, scores, self.payoffs, weights=self.weights(y))
        return best_threshold(curve, capacity_rate=self.capacity_rate)

    def yearly(self, y: NDArray[np.bool_], scores: NDArray[np.float64], threshold: float) -> float:
        """Money a year of acting from `threshold` on, relative to acting on nobody."""
        per_case = value_per_case(y, scores, threshold, self.payoffs, weights=self.weights(y))
        return float(yearly_value(per_case, self.cases_per_month))

    @property
    def yearly_cases(self) -> float:
        """Decisions a year."""
        return float(yearly_value(1.0, self.cases_per_month))

    def row_values(self, y: NDArray[np.bool_], scores: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
        """Money of each case (n,) of acting from `threshold` on, relative to not acting."""
        return np.where(scores >= threshold, np.where(y, self.payoffs.gain, -self.payoffs.loss), 0.0)


def money_goal(assumptions: Assumptions) -> MoneyGoal:
    """The goal that a saved valuation sets."""
    return MoneyGoal(
        payoffs=assumptions.payoffs,
        base_rate=assumptions.base_rate,
        cases_per_month=assumptions.cases_per_month,
        capacity_rate=assumptions.capacity_rate,
        currency=assumptions.currency,
    )
