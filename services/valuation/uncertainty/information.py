"""What it is worth to know more before deciding: everything, one figure, or a sample of it.

References
----------
D. Hubbard, *How to Measure Anything*, 3rd edition, 2014.
M. Strong, J. Oakley and A. Brennan, "Estimating multiparameter partial expected value of perfect information from a
probabilistic sensitivity analysis sample", *Medical Decision Making* 34, 2014.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from services.valuation.uncertainty.estimates import Floats
from services.valuation.uncertainty.simulation import Simulation, Spread

Advice = Literal["go", "measure", "stop"]
_NORMAL = NormalDist()
_DEGREE = 3
SURE, EVEN = 0.8, 0.5  # shares of draws above 0 from which to go, and from which to measure


@dataclass(frozen=True, slots=True)
class FigureWorth:
    """The most that is worth paying to know one item's amount exactly, in money of today."""

    name: str
    amount: float


def value_of_knowing(values: Floats) -> float:
    """Expected value of perfect information: E[max(NPV, 0)] - max(E[NPV], 0), for the choice of doing it or not."""
    return max(0.0, float(np.maximum(values, 0).mean() - max(float(values.mean()), 0.0)))


def value_of_knowing_one(drawn: Floats, values: Floats) -> float:
    """The same for one input (EVPPI), by a cubic regression of the value on it; arrays (n,)."""
    spread = float(drawn.std())
    if spread <= 1e-12 * max(1.0, float(np.abs(drawn).max())):
        return 0.0
    powers = np.vander((drawn - drawn.mean()) / spread, _DEGREE + 1)
    coefficients = np.linalg.solve(powers.T @ powers + 1e-9 * np.eye(_DEGREE + 1), powers.T @ values)
    return value_of_knowing(np.asarray(powers @ coefficients, dtype=np.float64))


def figure_worths(simulation: Simulation) -> tuple[FigureWorth, ...]:
    """What each item's amount is worth knowing before the first stage, the largest first."""
    values = simulation.worth_by_amounts
    found = [
        FigureWorth(item.name, value_of_knowing_one(simulation.amounts[:, place], values))
        for place, item in enumerate(simulation.plan.items)
    ]
    return tuple(sorted(found, key=lambda one: -one.amount))


def value_of_sample(mean: float, spread: float, *, n_observations: int, noise: float) -> float:
    """What a sample is worth before a decision of which the value is normal (EVSI).

    Parameters
    ----------
    mean, spread
        Mean and standard deviation of the value as known today.
    n_observations, noise
        Size of the sample, and the standard deviation of one observation of the value.
    """
    if n_observations <= 0 or spread <= 0:
        return 0.0
    learnt = spread * math.sqrt(n_observations / (n_observations + noise**2 / spread**2))
    distance = abs(mean) / learnt
    return learnt * (_NORMAL.pdf(distance) - distance * (1 - _NORMAL.cdf(distance)))


def advise(worth: Spread) -> Advice:
    """Go from 8 in 10 draws above 0 with a positive mean, measure first from 5 to 8 in 10, else stop."""
    if worth.chance_of_gain >= SURE:
        return "go" if worth.mean > 0 else "stop"
    return "measure" if worth.chance_of_gain >= EVEN else "stop"
