"""Whether another sample of the same rows would be divided the same way.

The rows are cut into two halves, each half is divided on its own, and both divisions say the group of every row. How
far they agree, beyond chance, is the adjusted Rand index: 1 is the same groups, 0 is chance.

References
----------
Hubert & Arabie (1985), Journal of Classification 2:193; Lange, Roth, Braun & Buhmann (2004), Neural Computation
16:1299.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from services.automl.clustering.clusterers import Clusterer, divide
from services.automl.measured import Measured
from services.automl.unlabelled import Clock

N_PAIRS = 10
MIN_PAIRS = 3
Floats = NDArray[np.float64]


def stability(
    z: Floats, clusterer: Clusterer, *, seed: int, n_pairs: int = N_PAIRS, seconds_left: Clock | None = None
) -> Measured:
    """The mean agreement of two halves, over random halvings of the rows of z (n, d).

    The interval holds the middle 95% of the halvings. It stops early, after three of them, when time is up.
    """
    random = np.random.default_rng(seed)
    found: list[float] = []
    for number in range(n_pairs):
        if number >= MIN_PAIRS and seconds_left is not None and seconds_left() <= 0:
            break
        found.append(_agreement(z, clusterer, random))
    low, high = np.quantile(found, [0.025, 0.975])
    return Measured(float(np.mean(found)), float(low), float(high), len(found), "random halvings, middle 95% of them")


def _agreement(z: Floats, clusterer: Clusterer, random: np.random.Generator) -> float:
    order = random.permutation(len(z))
    halves = order[: len(z) // 2], order[len(z) // 2 :]
    seed = int(random.integers(2**31))
    said = [divide(z[half], clusterer, seed=seed, n_starts=3).assigner.predict(z) for half in halves]
    return float(adjusted_rand_score(*said))
