"""How unsure a model is of a row, from its probabilities: the rows it is least sure of teach it most.

References
----------
B. Settles, "Active learning literature survey", Computer Sciences Technical Report 1648, University of Wisconsin, 2009.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def least_confidence(probabilities: Floats) -> Floats:
    """1 − p₁ of each row (n,), from probabilities (n, k): higher is less sure."""
    return np.asarray(1.0 - probabilities.max(axis=1), dtype=np.float64)


def margin(probabilities: Floats) -> Floats:
    """p₁ − p₂ of each row (n,), from probabilities (n, k) with k >= 2: LOWER is less sure. The portal's default."""
    two = np.partition(probabilities, -2, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0], dtype=np.float64)


def entropy(probabilities: Floats) -> Floats:
    """−Σ p ln p of each row (n,) in nats, from probabilities (n, k): higher is less sure; 0 ln 0 is 0."""
    logs = np.log(probabilities, out=np.zeros_like(probabilities), where=probabilities > 0)
    return np.asarray(-(probabilities * logs).sum(axis=1), dtype=np.float64)
