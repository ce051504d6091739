"""What a chance is where the outcome is more or less frequent than in the data.

References
----------
C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, theorem 2: for a model that learned at base rate b
and is used at b', p' = b' (p - p b) / (b - p b + b' p - b b').
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def chances_in_use(chances: Floats, *, learned_at: float, used_at: float) -> Floats:
    """What the chance of the outcome is where it is as frequent as in use. Both rates are between 0 and 1."""
    with_outcome = chances * used_at / learned_at
    without = (1.0 - chances) * (1.0 - used_at) / (1.0 - learned_at)
    return np.asarray(with_outcome / (with_outcome + without))
