"""Whether a search still finds better models, and what ending it now would probably cost."""

from collections.abc import Sequence
from dataclasses import dataclass

MIN_SINCE = 15  # variants without a gain; with fewer it may be chance
MIN_SHARE = 0.5  # of all variants: the best came in the first half
NEXT = 10


@dataclass(frozen=True, slots=True)
class Plateau:
    """A search without a gain for a while.

    Attributes
    ----------
    n_since
        Variants that gave a model after the best one.
    n_variants
        Variants that gave a model.
    seconds_since
        Search time since the best one, in seconds.
    last_gain
        By how much the best beat the best before it; None where it was the first.
    chance
        That one of the next `NEXT` variants is better than all so far, if they are like those so far.
    """

    n_since: int
    n_variants: int
    seconds_since: float
    last_gain: float | None
    chance: float


def find_plateau(
    results: Sequence[tuple[float, float]], *, greater_is_better: bool, used_seconds: float
) -> Plateau | None:
    """The plateau a search is on, None while it still gains or has tried too little to say.

    Parameters
    ----------
    results
        Of each variant the second of search time at which it ended, and what it is compared by.
    used_seconds
        Search time so far.

    Notes
    -----
    If variants are exchangeable, the best of n + k is among the last k with probability k / (n + k), whatever their
    distribution (Rényi 1962, on records). A search that learns from its results does better than that, one that has
    tried its best ideas first does worse.
    """
    ended = sorted(results)
    if not ended:
        return None
    sign = 1.0 if greater_is_better else -1.0
    records: list[int] = []
    for place, (_, result) in enumerate(ended):
        if not records or sign * result > sign * ended[records[-1]][1]:
            records.append(place)
    n, best = len(ended), records[-1]
    n_since = n - 1 - best
    if n_since < MIN_SINCE or n_since < MIN_SHARE * n:
        return None
    gain = abs(ended[best][1] - ended[records[-2]][1]) if len(records) > 1 else None
    return Plateau(n_since, n, max(used_seconds - ended[best][0], 0.0), gain, NEXT / (n + NEXT))
