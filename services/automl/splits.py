"""Which rows a model may learn from and which it is judged on: parts that resemble each other.

Rows are independent of each other here. Rows that belong together (one customer, one day) need parts that keep them
together, and rows in time need parts that come later; both replace `deal_rows` and nothing else.
"""

import numpy as np
from numpy.typing import NDArray

from services.automl.task import Task

Indices = NDArray[np.intp]


def deal_rows(y: NDArray[np.generic], n_parts: int, *, task: Task, seed: int) -> tuple[Indices, ...]:
    """The rows (n,) in `n_parts` parts whose sizes differ by one at most, each in increasing order.

    Classes are dealt like cards, one class after the other, so that each part has its share even of a class with fewer
    rows than parts. Numbers are sorted, cut into runs of `n_parts` neighbours, and each run is dealt at random.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    part_of = np.empty(len(y), dtype=np.intp)
    part_of[order] = _cards(len(y), n_parts) if task.is_classification else _shuffled_cards(len(y), n_parts, random)
    return tuple(np.flatnonzero(part_of == part) for part in range(n_parts))


def _cards(n_rows: int, n_parts: int) -> Indices:
    return np.arange(n_rows, dtype=np.intp) % n_parts


def _shuffled_cards(n_rows: int, n_parts: int, random: np.random.Generator) -> Indices:
    runs = -(-n_rows // n_parts)
    cards = random.permuted(np.tile(np.arange(n_parts, dtype=np.intp), (runs, 1)), axis=1)
    return cards.ravel()[:n_rows]
