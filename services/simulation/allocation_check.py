"""Whether the chosen actions are the best there are within the limits: by the bound of `allocate`, and by OR-Tools."""

import numpy as np
from numpy.typing import NDArray

from services.simulation.allocation import Allocation
from services.simulation.allocation_finding import AllocationFound, SolverFound
from services.simulation.findings import Limited
from services.simulation.ortools_bound import bound_beside, is_installed

Choices = NDArray[np.intp]
_LEAST = 1e-3  # of what could be had without limits, by which shares are measured where there is next to nothing within


def check_allocation(
    limited: Limited, choices: Choices, allocation: Allocation, *, yearly: float, is_told: bool
) -> AllocationFound | None:
    """How near the choice is to the best within the limits; None where no limit stands in its way.

    Parameters
    ----------
    choices
        What is carried out.
    allocation
        Of the same problem, for its bound.
    yearly
        Cases a year, to which money is brought.
    is_told
        Whether money may be told that is not a lower end.
    """
    if not allocation.is_scarce:
        return None
    claims, supported, n = limited.claims, limited.supported, len(choices)
    rows = np.arange(n)
    value, today = float(claims[rows, choices].sum()), float(claims[:, 0].sum())
    needs, limits = limited.within
    gains = claims - claims[:, :1]  # of which a bound must be exact, however much today's way is worth
    other = bound_beside(gains, needs, limits, supported=supported, at_hand=value - today)
    free = float(np.where(supported, claims, -np.inf).max(axis=1).sum())

    def lacks(bound: float) -> float:
        most = max(abs(bound - today), abs(value - today), _LEAST * (free - today))
        return (bound - value) / most if most > 0 else 0.0

    def a_year(amount: float) -> float | None:
        return (amount - today) * yearly / n if is_told else None

    bound, beside = max(allocation.bound, value), None
    is_share = bound > today and bound - today >= max(abs(value - today), _LEAST * (free - today))
    if other is not None:
        amount = today + other.amount
        beside = SolverFound(other.method, lacks(amount), a_year(amount), other.is_best)
    return AllocationFound(
        n_pairs=int(supported.sum()),
        lacks=lacks(bound),
        amount=a_year(value),
        bound=a_year(bound),
        is_asked=is_installed(),
        beside=beside,
        is_share=is_share,
    )
