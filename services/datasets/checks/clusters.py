"""Columns that go together: strengths between all kinds of columns, and groups of similar ones.

Numbers with numbers: Spearman's rank correlation. Categories with categories: Cramer's V with the bias correction of
Bergsma (2013). A category with a number: the correlation ratio of the ranks, corrected likewise (epsilon squared).
"""

from typing import Any

import numpy as np
import pandas as pd

from services.datasets.checks.chart_data import Correlations
from services.datasets.checks.near_duplicate_columns import correlations_of
from services.datasets.checks.orders import MIN_PAIRS, rank_columns
from services.datasets.checks.single_columns import score_columns
from services.datasets.checks.subject import Subject

MAX_COLUMNS = 40
MAX_ROWS = 20_000
MAX_CATEGORIES = 50
TOGETHER = 0.5  # strength from which on columns are one cluster (average linkage)

Codes = np.ndarray[Any, np.dtype[np.intp]]
Matrix = np.ndarray[Any, np.dtype[np.float64]]


def cluster_columns(subject: Subject) -> Correlations | None:
    """Strengths between the columns that tell most, ordered so that similar ones touch; None for fewer than two."""
    names = _choose(subject)
    if len(names) < 2:
        return None
    with np.errstate(all="ignore"):
        strengths = _strengths(subject, names)
    order, groups = _arrange(np.abs(np.nan_to_num(strengths)))
    clusters = [
        tuple(names[place] for place in order if groups[place] == group) for group in dict.fromkeys(groups[order])
    ]
    return Correlations(
        columns=tuple(names[place] for place in order),
        strengths=tuple(
            tuple(None if np.isnan(value) else round(float(value), 3) for value in strengths[place, order])
            for place in order
        ),
        clusters=tuple(cluster for cluster in clusters if len(cluster) > 1),
    )


def _choose(subject: Subject) -> list[str]:
    """Columns that can be compared; of many those that tell most of the target, or else have fewest gaps."""
    usable = [
        name
        for name in subject.columns
        if subject.profiles[name].n_distinct > 1
        and (subject.type_of(name) != "O" or subject.profiles[name].n_distinct <= MAX_CATEGORIES)
        and subject.profiles[name].kind != "identifier"
    ]
    if len(usable) <= MAX_COLUMNS:
        return usable
    scores = subject.once(score_columns) if subject.task else {}
    scores = {**scores, **({subject.target: 2.0} if subject.target else {})}
    best = sorted(usable, key=lambda name: (-scores.get(name, 0.0), subject.profiles[name].n_missing))
    chosen = set(best[:MAX_COLUMNS])
    return [name for name in usable if name in chosen]


def _strengths(subject: Subject, names: list[str]) -> Matrix:
    orders = subject.once(rank_columns)
    kept = slice(None, None, max(1, len(orders.rows) // MAX_ROWS))
    rows = orders.rows[kept]
    places = {name: place for place, name in enumerate(orders.names)}
    codes, ranks = dict[str, Codes](), dict[str, Any]()
    for name in names:
        cells = subject.sample[name].iloc[rows]
        if subject.type_of(name) == "O":
            codes[name] = pd.factorize(cells)[0]
        else:
            ranks[name] = cells.rank().to_numpy(dtype=float)  # NaN where missing
    found: Matrix = np.eye(len(names))
    for left, first in enumerate(names):
        for right, second in enumerate(names[:left]):
            if first in ranks and second in ranks:
                strength = _between_numbers(subject, places, ranks, first, second)
            elif first in codes and second in codes:
                strength = cramers_v(codes[first], codes[second])
            else:
                number, category = (first, second) if first in ranks else (second, first)
                strength = correlation_ratio(codes[category], ranks[number])
            found[left, right] = found[right, left] = strength
    return found


def _between_numbers(subject: Subject, places: dict[str, int], ranks: dict[str, Any], first: str, second: str) -> float:
    if first in places and second in places:
        return float(subject.once(correlations_of)[places[first], places[second]])
    both = ~np.isnan(ranks[first]) & ~np.isnan(ranks[second])  # the target is in no orders
    if both.sum() < MIN_PAIRS:
        return float("nan")
    return float(np.corrcoef(ranks[first][both], ranks[second][both])[0, 1])


def cramers_v(first: Codes, second: Codes) -> float:
    """From 0 to 1, corrected for bias; codes from 0, −1 where missing. NaN for too few rows."""
    both = (first >= 0) & (second >= 0)
    n_rows = int(both.sum())
    if n_rows < MIN_PAIRS:
        return float("nan")
    n_right = int(second.max()) + 1
    table = np.bincount(first[both] * n_right + second[both], minlength=(int(first.max()) + 1) * n_right)
    counts = table.reshape(-1, n_right).astype(float)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    n_left, n_right = counts.shape
    if min(n_left, n_right) < 2:
        return float("nan")
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n_rows
    phi = ((counts - expected) ** 2 / expected).sum() / n_rows
    corrected = max(0.0, phi - (n_left - 1) * (n_right - 1) / (n_rows - 1))
    left, right = n_left - (n_left - 1) ** 2 / (n_rows - 1), n_right - (n_right - 1) ** 2 / (n_rows - 1)
    most = min(left, right) - 1
    return float(min(1.0, (corrected / most) ** 0.5)) if most > 0 else float("nan")


def correlation_ratio(groups: Codes, values: Matrix) -> float:
    """The square root of the share of variance between groups, corrected for their number; NaN for too few rows."""
    both = (groups >= 0) & ~np.isnan(values)
    n_rows = int(both.sum())
    if n_rows < MIN_PAIRS:
        return float("nan")
    counts = np.bincount(groups[both])
    sums = np.bincount(groups[both], values[both])
    is_used = counts > 0
    total = float(((values[both] - values[both].mean()) ** 2).sum())
    between = float((sums[is_used] ** 2 / counts[is_used]).sum() - sums.sum() ** 2 / n_rows)
    n_groups = int(is_used.sum())
    if total <= 0 or n_groups < 2 or n_rows <= n_groups:
        return float("nan")
    error = (total - between) / (n_rows - n_groups)
    return float(np.clip((between - (n_groups - 1) * error) / total, 0.0, 1.0) ** 0.5)


def _arrange(likeness: Matrix) -> tuple[Codes, Codes]:
    """The order of the leaves of a tree by average linkage, and the group of each column."""
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    distance = np.clip(1 - likeness, 0.0, 1.0)
    np.fill_diagonal(distance, 0.0)
    condensed = squareform((distance + distance.T) / 2, checks=False)
    tree = optimal_leaf_ordering(linkage(condensed, "average"), condensed)
    return leaves_list(tree), fcluster(tree, 1 - TOGETHER, "distance")
