"""Which rows people label next: the least sure ones, spread out, with rows drawn at random between them.

The random rows keep the score of the quick model honest: rows chosen for being hard say little about all rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from services.labels.uncertainty import margin

RANDOM_SHARE = 0.2
WIDER = 10  # so many times the batch, by margin, is what the batch is spread over
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Queue:
    """Rows in the order in which they are shown; `drawn` are those drawn at random."""

    rows: tuple[int, ...]
    drawn: frozenset[int]


def random_queue(rows: Indices, size: int, *, seed: int) -> Queue:
    """Before there is a model: `size` of the rows (n,), or all there are, at random."""
    chosen = np.random.default_rng(seed).permutation(rows)[:size]
    return Queue(tuple(int(row) for row in chosen), frozenset(int(row) for row in chosen))


def uncertain_queue(rows: Indices, probabilities: Floats, features: Floats, size: int, *, seed: int) -> Queue:
    """At most `size` of the rows: four of five by uncertainty and diversity, one of five at random.

    Parameters
    ----------
    rows
        Names of the rows (n,).
    probabilities
        Of each class, for each row (n, k), k >= 2.
    features
        The rows as numbers of like spread (n, m), to tell rows apart that resemble each other.

    Notes
    -----
    The 10 b rows of least margin are clustered into b groups, and the least sure row of each group is taken: a batch of
    the same hard case, repeated, would teach one thing only.
    """
    random = np.random.default_rng(seed)
    size = min(size, len(rows))
    n_random = max(1, round(RANDOM_SHARE * size)) if size else 0
    drawn = random.choice(len(rows), n_random, replace=False)
    rest = np.setdiff1d(np.arange(len(rows)), drawn)
    unsure = margin(probabilities[rest])
    chosen = rest[_spread(unsure, features[rest], size - n_random, seed)]
    mixed = _mix(rows[chosen], rows[drawn])
    return Queue(tuple(int(row) for row in mixed), frozenset(int(row) for row in rows[drawn]))


def _spread(unsure: Floats, features: Floats, size: int, seed: int) -> Indices:
    """Positions of `size` rows, the least sure first."""
    order = np.argsort(unsure, kind="stable")[: WIDER * size]
    if len(order) <= size:
        return order
    groups = _groups(features[order], size, seed)
    _, firsts = np.unique(groups, return_index=True)  # `order` begins with the least sure, so does each group
    chosen = np.sort(firsts)
    if len(chosen) < size:  # equal rows cannot be told apart: fill up by uncertainty
        others = np.setdiff1d(np.arange(len(order)), chosen)
        chosen = np.sort(np.concatenate([chosen, others[: size - len(chosen)]]))
    return order[chosen]


def _groups(features: Floats, n_groups: int, seed: int) -> NDArray[np.int32]:
    n_distinct = len(np.unique(features, axis=0))
    means = KMeans(min(n_groups, n_distinct), n_init=1, max_iter=50, random_state=seed)
    labels: NDArray[np.int32] = means.fit_predict(features)
    return labels


def _mix(uncertain: Indices, drawn: Indices) -> Indices:
    """The drawn rows spread evenly among the others, each list in its own order."""
    places = np.concatenate([(np.arange(len(part)) + 0.5) / max(1, len(part)) for part in (uncertain, drawn)])
    return np.concatenate([uncertain, drawn])[np.argsort(places, kind="stable")]
