"""A number that is forecast too low or too high: which forecast costs least, and how forecasts are then scored.

References
----------
T. Gneiting, "Making and evaluating point forecasts", *Journal of the American Statistical Association* 106, 2011.
K. Arrow, T. Harris and J. Marschak, "Optimal inventory policy", *Econometrica* 19, 1951 (the newsvendor).
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.valuation.amounts import format_money


@dataclass(frozen=True, slots=True)
class ForecastCost:
    """Money per unit by which a forecast is too low, and per unit by which it is too high; both above 0."""

    under_amount: float
    over_amount: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(amount) and amount > 0 for amount in (self.under_amount, self.over_amount)):
            raise InvalidInputError(
                "A unit too little and a unit too much must both cost more than 0; without a minus. "
                "If one of them is free, no forecast can be too far on that side."
            )

    @property
    def quantile(self) -> float:
        """The share of outcomes that should lie below the forecast: under / (under + over)."""
        return self.under_amount / (self.under_amount + self.over_amount)

    def best_normal_forecast(self, mean: float, spread: float) -> float:
        """The cheapest forecast of a normal outcome with this mean and standard deviation."""
        return mean + spread * NormalDist().inv_cdf(self.quantile)

    def cost_per_case(self, actual: NDArray[np.float64], forecast: NDArray[np.float64]) -> float:
        """Mean money per case lost by forecasts (n,) of outcomes (n,)."""
        return (self.under_amount + self.over_amount) * pinball_loss(actual, forecast, self.quantile)

    def sentence(self, unit: str, currency: str) -> str:
        """What to forecast, in words."""
        under, over = (format_money(amount, currency) for amount in (self.under_amount, self.over_amount))
        share = self.quantile * 100
        side = "as often too high as too low"
        if abs(share - 50) > 0.5:
            side = f"high enough in {share:.0f} of 100 cases"
        return f"One {unit} too little costs {under} and one too much {over}: the cheapest forecast is {side}."


def pinball_loss(actual: NDArray[np.float64], forecast: NDArray[np.float64], quantile: float) -> float:
    """Mean pinball loss of forecasts (n,) of one quantile (0 to 1), in the unit of the outcomes."""
    missing = np.asarray(actual, dtype=np.float64) - np.asarray(forecast, dtype=np.float64)
    return float(np.mean(np.maximum(quantile * missing, (quantile - 1) * missing)))
