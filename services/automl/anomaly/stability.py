"""Whether another sample of the same rows would call the same rows unusual, and whether another way would."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from services.automl.anomaly.detectors import Kind, fit_detector, unusualness
from services.automl.measured import Measured
from services.automl.unlabelled import Clock

N_PAIRS = 10
MIN_PAIRS = 3
TOP_SHARE = 0.05
MIN_TOP = 5
Floats = NDArray[np.float64]
_METHOD = "random halvings, middle 95% of them"


def stability(
    z: Floats, kind: Kind, *, seed: int, n_pairs: int = N_PAIRS, seconds_left: Clock | None = None
) -> tuple[Measured, Measured]:
    """How far detectors fitted to two halves of the rows z (n, d) agree about all of them.

    Returns
    -------
    tuple
        Spearman's correlation of the two rankings, and the Jaccard index of the two sets of the 5% most unusual rows.
        Each is the mean over halvings; the interval holds their middle 95%.
    """
    random = np.random.default_rng(seed)
    ranks: list[float] = []
    tops: list[float] = []
    for number in range(n_pairs):
        if number >= MIN_PAIRS and seconds_left is not None and seconds_left() <= 0:
            break
        order = random.permutation(len(z))
        halves = order[: len(z) // 2], order[len(z) // 2 :]
        fit_seed = int(random.integers(2**31))
        one, other = (unusualness(fit_detector(z[half], kind, seed=fit_seed), z) for half in halves)
        ranks.append(rank_agreement(one, other))
        tops.append(top_agreement(one, other))
    return _measured(ranks), _measured(tops)


def rank_agreement(one: Floats, other: Floats) -> float:
    """Spearman's correlation; 0 where one of the two says the same of every row."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(stats.spearmanr(one, other).statistic)


def top_agreement(one: Floats, other: Floats) -> float:
    """Of the rows that either calls most unusual, the share that both do (Jaccard)."""
    n = max(min(MIN_TOP, len(one)), round(TOP_SHARE * len(one)))
    first, second = (set(np.argsort(-scores, kind="stable")[:n].tolist()) for scores in (one, other))
    return len(first & second) / len(first | second)


def _measured(found: list[float]) -> Measured:
    low, high = np.quantile(found, [0.025, 0.975])
    return Measured(float(np.mean(found)), float(low), float(high), len(found), _METHOD)
