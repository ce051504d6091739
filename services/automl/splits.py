"""Which rows a model may learn from and which it is judged on.

Rows that are independent of each other are dealt into parts that resemble each other. Rows that belong together, such
as those of one customer, stay in one part. Rows in time are judged by models of what came before.
"""

import heapq
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.automl.task import Task

Indices = NDArray[np.intp]
_N_LEVELS = 5  # of the mean of a number, over which groups are dealt evenly


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


def deal_groups(y: NDArray[np.generic], groups: Indices, n_parts: int, *, task: Task, seed: int) -> tuple[Indices, ...]:
    """The same with whole groups: no group is in two parts.

    Groups with the same most frequent class (or about the same mean) are dealt among each other, large ones first, each
    to the part that has the fewest rows of their kind, and among equals the fewest rows.

    Parameters
    ----------
    groups
        The group of each row (n,), from 0.
    """
    random = np.random.default_rng(seed)
    sizes = np.bincount(groups)
    kinds = _kinds_of_groups(y, groups, sizes, task)
    order = random.permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    totals = np.zeros(n_parts, dtype=np.intp)
    part_of_group = np.zeros(len(sizes), dtype=np.intp)
    for kind in np.unique(kinds):
        waiting = [(0, int(totals[part]), part) for part in range(n_parts)]
        heapq.heapify(waiting)
        for group in order[kinds[order] == kind]:
            n_kind, n_all, part = heapq.heappop(waiting)
            size = int(sizes[group])
            part_of_group[group] = part
            totals[part] += size
            heapq.heappush(waiting, (n_kind + size, n_all + size, part))
    part_of = part_of_group[groups]
    return tuple(np.flatnonzero(part_of == part) for part in range(n_parts))


def cut_in_time(times: NDArray[np.float64], shares: NDArray[np.float64]) -> list[float]:
    """Moments before which about these shares of the rows lie, increasing and without repetition.

    Rows of one moment stay together, and there are rows before the first cut.
    """
    ordered = np.sort(times)
    places = np.clip(np.round(shares * len(times)).astype(np.intp), 1, len(times) - 1)
    cuts = [float(ordered[place]) for place in places]
    return sorted({cut for cut in cuts if cut > ordered[0]})


def expanding_windows(times: NDArray[np.float64], n_folds: int, *, gap: float) -> list[tuple[Indices, Indices]]:
    """Rows to learn from and rows to judge on, for each fold: each judges the next stretch of time.

    Parameters
    ----------
    times
        Of each row (n,).
    gap
        Between the last moment learned from and the first one judged; rows within it are on neither side.
    """
    cuts = cut_in_time(times, np.arange(1, n_folds + 1) / (n_folds + 1))
    folds = []
    for start, end in pairwise([*cuts, np.inf]):
        learned = np.flatnonzero(times < start - gap) if gap else np.flatnonzero(times < start)
        judged = np.flatnonzero((times >= start) & (times < end))
        if len(learned) and len(judged):
            folds.append((learned, judged))
    return folds


def keep_apart(learned: Indices, judged: Indices, groups: Indices) -> tuple[Indices, Indices]:
    """Both sides without a group that is on the other one.

    What is learned gives up the groups that are judged. Where that were more than half of it, as with customers who
    are there all the time, every fifth group is judged and the others are learned from.
    """
    kept = learned[~np.isin(groups[learned], groups[judged])]
    if len(kept) >= len(learned) / 2:
        return kept, judged
    judged = judged[groups[judged] % 5 == 0]
    return learned[groups[learned] % 5 != 0], judged


def _kinds_of_groups(y: NDArray[np.generic], groups: Indices, sizes: Indices, task: Task) -> Indices:
    if task.is_classification:
        codes = y.astype(np.intp)
        counts = np.zeros((len(sizes), int(codes.max()) + 1), dtype=np.intp)
        np.add.at(counts, (groups, codes), 1)
        most: Indices = counts.argmax(axis=1)
        return most
    means = np.bincount(groups, y.astype(np.float64)) / sizes
    return (means.argsort().argsort() * _N_LEVELS // len(means)).astype(np.intp)


def _cards(n_rows: int, n_parts: int) -> Indices:
    return np.arange(n_rows, dtype=np.intp) % n_parts


def _shuffled_cards(n_rows: int, n_parts: int, random: np.random.Generator) -> Indices:
    runs = -(-n_rows // n_parts)
    cards = random.permuted(np.tile(np.arange(n_parts, dtype=np.intp), (runs, 1)), axis=1)
    return cards.ravel()[:n_rows]
