"""How unusual a score is, as a probability: p-values against rows that the detector has not learned from.

References
----------
Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World; Vovk (2012), ACML 475 (the share that will be
flagged, given the reference, has a beta distribution); Bates et al. (2023), Annals of Statistics 51:149.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


def p_values(scores: Floats, reference: Floats) -> Floats:
    """(1 + how many of the reference (n,) are at least as unusual) / (n + 1), for each score (m,)."""
    ranked = np.sort(reference)
    at_least = len(ranked) - np.searchsorted(ranked, scores, side="left")
    return np.asarray((1 + at_least) / (len(ranked) + 1), dtype=np.float64)


def p_values_within(scores: Floats) -> Floats:
    """The p-value of each score (n,) against the others."""
    ranked = np.sort(scores)
    at_least = len(ranked) - np.searchsorted(ranked, scores, side="left")  # itself among them
    return np.asarray(at_least / len(ranked), dtype=np.float64)


def limit_for(share: float, reference: Floats) -> float | None:
    """The score above which a row has a p-value of at most `share`; None where the reference is too small to say."""
    n_above = int(np.floor(share * (len(reference) + 1) + 1e-9)) - 1
    if n_above < 0:
        return None
    return float(np.sort(reference)[::-1][n_above])


def flagged_interval(share: float, n_reference: int, *, level: float = 0.95) -> tuple[float, float] | None:
    """Which share of further rows of the same kind will have a p-value of at most `share`, given this reference."""
    n_flagged = int(np.floor(share * (n_reference + 1) + 1e-9))
    if n_flagged < 1:
        return None
    low, high = stats.beta.ppf([0.5 - level / 2, 0.5 + level / 2], n_flagged, n_reference + 1 - n_flagged)
    return float(low), float(high)
