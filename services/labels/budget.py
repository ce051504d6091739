"""How many rows to label so that a share is known well enough, and what that costs."""

import math
from statistics import NormalDist


def rows_for_share(error: float, *, share: float = 0.5, level: float = 0.95) -> int:
    """n = z² p (1 − p) / e², rounded up: rows drawn at random whose share is within `error` of the true one.

    Parameters
    ----------
    error
        Half the width of the interval, above 0 and below 1.
    share
        What the share is expected to be, 0 to 1; one half needs most.
    level
        Confidence, above 0 and below 1.

    References
    ----------
    W. G. Cochran, *Sampling Techniques*, 3rd ed. 1977, section 4.4.
    """
    if not 0 < error < 1 or not 0 <= share <= 1 or not 0 < level < 1:
        raise ValueError("Error and level must be between 0 and 1, and the share from 0 to 1.")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    return max(1, math.ceil(z * z * share * (1 - share) / (error * error) - 1e-9))


def labelling_cost(
    n_labels: int, *, seconds_per_label: float, hourly_amount: float, second_rater_share: float = 0.0
) -> float:
    """Money for the time of those who label, second ratings included."""
    return n_labels * (1 + second_rater_share) * seconds_per_label / 3_600 * hourly_amount
