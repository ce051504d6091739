"""How many cases an experiment needs before the effect of a lever may be believed.

References
----------
J. L. Fleiss, B. Levin and M. C. Paik, *Statistical Methods for Rates and Proportions* (2003), chapter 4: in each of two
equal arms n = (z_0.975 + z_0.8)^2 2 p (1 - p) / d^2 for a difference d of shares near p; for a number p (1 - p) is its
variance. Without the continuity correction, which matters for small n only.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

_LEVEL, _POWER = 0.95, 0.8
_LEAST_RELATIVE = 0.1  # of the share, where nothing says what change would pay
_SMALLEST_RELATIVE = 0.02  # a change that pays and is smaller takes more cases than there are
_LEAST_SPREADS = 0.2  # standard deviations of a number
_FEWEST = 30


@dataclass(frozen=True, slots=True)
class Pilot:
    """Cases in each of two arms, one of which is left as it is.

    Attributes
    ----------
    difference
        The smallest difference it would find 8 times in 10, a share of the cases or in units of the number.
    pays
        Whether a difference of that size would just pay for moving the lever.
    """

    n_per_arm: int
    difference: float
    pays: bool
    is_share: bool

    def months(self, cases_per_month: float) -> float:
        """How long it takes where every case takes part."""
        return 2 * self.n_per_arm / cases_per_month


def pilot_for_share(base_rate: float, *, action_amount: float, lost_amount: float) -> Pilot:
    """The pilot that finds a change of the outcome's share which would just pay for the action.

    Parameters
    ----------
    base_rate
        Share of cases in which the outcome happens, between 0 and 1.
    action_amount
        Money an action costs on average.
    lost_amount
        Money lost where the outcome happens; 0 where nobody says.
    """
    breaks_even = action_amount / lost_amount if lost_amount > 0 else 0.0
    pays = _SMALLEST_RELATIVE * base_rate <= breaks_even <= base_rate
    difference = breaks_even if pays else _LEAST_RELATIVE * base_rate
    return Pilot(_size(base_rate * (1 - base_rate), difference), difference, pays, is_share=True)


def pilot_for_number(spread: float) -> Pilot:
    """The pilot that finds a change of a fifth of the number's standard deviation."""
    difference = _LEAST_SPREADS * spread
    return Pilot(_size(spread**2, difference), difference, pays=False, is_share=False)


def _size(variance: float, difference: float) -> int:
    normal = NormalDist()
    reach = normal.inv_cdf(0.5 + _LEVEL / 2) + normal.inv_cdf(_POWER)
    return max(_FEWEST, math.ceil(2 * reach**2 * variance / difference**2)) if difference > 0 else _FEWEST
