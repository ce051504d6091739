"""What wrong numbers cost a year, by Money: per unit too low and per unit too high."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.valuation.forecast_cost import ForecastCost

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ErrorPrice:
    """What a unit of one case costs, in so many cases a year; `unit` is that of the number."""

    cost: ForecastCost
    yearly_cases: float
    currency: str
    unit: str = ""

    def per_case(self, y: Floats, answers: Floats) -> Floats:
        """Money that each answer (n,) brings: never above 0, which a model that is never wrong would have."""
        short = y - answers
        lost: Floats = self.cost.under_amount * np.maximum(short, 0.0) + self.cost.over_amount * np.maximum(-short, 0.0)
        return -lost

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ErrorPrice":
        """What `document` wrote."""
        return cls(**{**document, "cost": ForecastCost(**document["cost"])})
