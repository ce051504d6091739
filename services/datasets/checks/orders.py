"""Ranks of all number and date columns at once: correlation by ranks, and how well one column alone tells a class."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from services.datasets.checks.subject import Subject

MAX_ROWS, MIN_ROWS, MAX_CELLS = 50_000, 2_000, 10_000_000
MIN_PAIRS = 30  # rows that have both values, below which nothing is said

Matrix = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Orders:
    """Average ranks from 1 of each column among its present values (0 where missing), and where they are present.

    `rows` are the positions of the ranked rows in the sample of the subject.
    """

    names: tuple[str, ...]
    rows: "np.ndarray[Any, np.dtype[np.intp]]"
    ranks: Matrix
    present: "np.ndarray[Any, np.dtype[np.bool_]]"


def rank_columns(subject: Subject) -> Orders:
    """Rank the columns that hold numbers or dates and vary, the target left aside."""
    return _rank(subject, np.arange(len(subject.sample)))


def rank_known(subject: Subject) -> Orders:
    """As `rank_columns`, over rows with a known target."""
    is_known = ~np.isnan(subject.outcome)
    return subject.once(rank_columns) if is_known.all() else _rank(subject, np.flatnonzero(is_known))


def correlate(orders: Orders) -> Matrix:
    """Spearman's correlation of each pair over rows that have both; NaN where they are too few.

    Ranks are those among all present values of a column: with gaps this is close to, not exactly, ranking each pair
    anew.
    """
    present = orders.present.astype(np.float32)
    n_present = orders.present.sum(axis=0)
    mean = orders.ranks.sum(axis=0) / np.maximum(n_present, 1)
    centred = np.where(orders.present, orders.ranks - mean, 0.0)
    centred = (centred / max(1, len(orders.rows))).astype(np.float32)
    together = (centred.T @ centred).astype(float)
    if orders.present.all():
        spread = np.sqrt(np.outer(together.diagonal(), together.diagonal()))
        n_pairs = np.full_like(together, len(orders.rows))
    else:
        squares = ((centred**2).T @ present).astype(float)
        spread, n_pairs = np.sqrt(squares * squares.T), (present.T @ present).astype(float)
    usable = (spread > 0) & (n_pairs >= MIN_PAIRS)
    found: Matrix = np.divide(together, spread, out=np.full_like(together, np.nan), where=usable)
    return np.clip(found, -1.0, 1.0)


def separate(orders: Orders, classes: Matrix, min_rows: int) -> Matrix:
    """How well a column alone tells each class from the rest: the area under the ROC curve, from 0 to 1.

    Parameters
    ----------
    classes
        One column of 0 and 1 for each class, over `orders.rows`.
    min_rows
        Of the class and of the rest with a value, below which the answer is NaN.

    Returns
    -------
    Classes x columns. It is the rank-sum statistic (Mann and Whitney 1947) divided by the number of pairs.
    """
    present = orders.present.astype(float)
    n_class = classes.T @ present
    n_rest = present.sum(axis=0) - n_class
    above = classes.T @ orders.ranks - n_class * (n_class + 1) / 2
    usable = (n_class >= min_rows) & (n_rest >= min_rows)
    found: Matrix = np.divide(above, n_class * n_rest, out=np.full_like(above, np.nan), where=usable)
    return found


def _rank(subject: Subject, among: "np.ndarray[Any, np.dtype[np.intp]]") -> Orders:
    names = tuple(name for name in subject.of_type("ifM") if subject.profiles[name].n_distinct > 1)
    n_wanted = min(MAX_ROWS, max(MIN_ROWS, MAX_CELLS // max(1, len(names))))
    if len(among) > n_wanted:
        among = np.sort(np.random.default_rng(0).choice(among, n_wanted, replace=False))
    ranks = np.zeros((len(among), len(names)))
    for place, name in enumerate(names):
        cells = subject.sample[name].to_numpy()[among]
        ranks[:, place] = average_ranks(cells)
    return Orders(names, among, ranks, ranks > 0)


def average_ranks(values: "np.ndarray[Any, np.dtype[Any]]") -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Ranks from 1 of numbers or moments; equal ones share the middle of their ranks, 0 where missing."""
    order = np.argsort(values)  # what is missing comes last
    n_present = len(values) - int(np.isnan(values).sum() if values.dtype.kind != "i" else 0)
    ordered = values[order[:n_present]]
    is_first = np.concatenate((np.ones(min(1, n_present), dtype=bool), ordered[1:] != ordered[:-1]))
    starts = np.flatnonzero(is_first)
    middles = (starts + np.append(starts[1:], n_present) + 1) / 2
    ranks = np.zeros(len(values))
    ranks[order[:n_present]] = middles[np.cumsum(is_first) - 1]
    return ranks
