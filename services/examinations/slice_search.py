"""Find the rows a model is worst at on one half of them, and confirm what was found on the other half.

SliceFinder asks for a large effect and tests one slice after the other on the rows it was found on; here the effect may
be small, and both the test and the figures are of rows that had no say in finding it.

References
----------
Y. Chung et al., "Slice Finder: automated data slicing for model validation", ICDE 2019.
Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57:289, 1995.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from services.examinations.slice_conditions import Flags, SliceCondition
from services.examinations.slice_exploring import MOST_TESTED, Candidate, explore

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
LEVEL = 0.05
LEAST_RATIO = 1.1  # of the loss of the other rows: less is not worth anybody's time, however certain
_ALIKE = 0.5  # rows two slices share, of all that either has
_WITHIN, _MUCH_WORSE = 0.9, 1.25  # share of a slice inside another, and how much worse it must be to be told apart
_DUST = 1e-12


@dataclass(frozen=True, eq=False)
class Confirmed:
    """A candidate with what the confirming half says of it; `alike` are others of nearly the same rows."""

    candidate: Candidate
    p_value: float
    q_value: float
    alike: tuple[Candidate, ...] = ()


@dataclass(frozen=True, eq=False)
class Search:
    """What was tried, taken to the confirming half, and confirmed there, the worst first."""

    n_tried: int
    tested: tuple[Candidate, ...]
    confirmed: tuple[Confirmed, ...]


def halves(n: int, seed: int, groups: Indices | None = None) -> tuple[Indices, Indices]:
    """Positions of rows to search in and rows to confirm on; rows of one group are never in both."""
    random = np.random.default_rng(seed)
    if groups is None:
        order = random.permutation(n)
        return np.sort(order[: n // 2]), np.sort(order[n // 2 :])
    codes = np.unique(groups, return_inverse=True)[1]
    sides = random.permutation(int(codes.max()) + 1 if n else 0) % 2
    return np.flatnonzero(sides[codes] == 0), np.flatnonzero(sides[codes] == 1)


def search_slices(
    conditions: Sequence[SliceCondition],
    losses: Floats,
    exploring: Indices,
    confirming: Indices,
    *,
    least: int,
    groups: Indices | None = None,
) -> Search:
    """The slices that are clearly worse than all other rows.

    Parameters
    ----------
    losses
        Of all rows (n,).
    least
        Rows a slice needs in each half.
    groups
        Of all rows (n,), where rows of one group resemble each other; what is clear is then counted in groups.
    """
    if not conditions or float(losses[exploring].mean()) <= _DUST:
        return Search(0, (), ())
    n_tried, ranked = explore(conditions, losses[exploring], exploring, least)
    tested: list[Candidate] = []
    for candidate in ranked:
        is_large = int(candidate.rows[confirming].sum()) >= least
        if is_large and not any(overlap(candidate.rows, other.rows) > 1 - _DUST for other in tested):
            tested.append(candidate)
        if len(tested) == MOST_TESTED:
            break
    if not tested:
        return Search(n_tried, (), ())
    own = None if groups is None else groups[confirming]
    p_values = [p_worse(losses[confirming], candidate.rows[confirming], own) for candidate in tested]
    q_values = stats.false_discovery_control(p_values)
    clear = [
        Confirmed(candidate, float(p), float(q))
        for candidate, p, q in zip(tested, p_values, q_values, strict=True)
        if q <= LEVEL and ratio(losses[confirming], candidate.rows[confirming]) >= LEAST_RATIO
    ]
    return Search(n_tried, tuple(tested), tuple(merged(clear, losses, confirming)))


def p_worse(losses: Floats, rows: Flags, groups: Indices | None = None) -> float:
    """How likely chance alone makes the rows this much worse than the others: one-sided, with unequal variances.

    With groups the variance is of sums over groups (as in a cluster-robust test), and only groups count as many.
    """
    n, m = int(rows.sum()), int((~rows).sum())
    if n < 2 or m < 2:
        return 1.0
    inside, outside = float(losses[rows].mean()), float(losses[~rows].mean())
    parts = np.where(rows, (losses - inside) / n, -(losses - outside) / m)
    if groups is None:
        variances = losses[rows].var(ddof=1) / n, losses[~rows].var(ddof=1) / m
        variance = float(sum(variances))
        freedom = variance**2 / max(variances[0] ** 2 / (n - 1) + variances[1] ** 2 / (m - 1), _DUST**4)
    else:
        codes = np.unique(groups, return_inverse=True)[1]
        sums = np.bincount(codes, parts)
        many = len(np.unique(codes[rows]))
        if many < 2:
            return 1.0
        variance, freedom = float((sums**2).sum()) * len(sums) / (len(sums) - 1), many - 1.0
    if variance <= _DUST**2:
        return 0.0 if inside > outside + _DUST else 1.0
    return float(stats.t.sf((inside - outside) / np.sqrt(variance), max(freedom, 1.0)))


def ratio(losses: Floats, rows: Flags) -> float:
    """The mean loss of the rows over that of the others."""
    return float(losses[rows].mean() / max(float(losses[~rows].mean()), _DUST))


def merged(found: Sequence[Confirmed], losses: Floats, confirming: Indices) -> list[Confirmed]:
    """One of each bundle of slices that say the same, with the others beside it.

    Two say the same where they are of nearly the same rows, or where one adds a condition to the other without being
    much worse: then the one of fewer conditions stands for both. Where one is worse only for the sake of a worse one
    inside it, the inner one stands for both.

    Parameters
    ----------
    losses
        Of all rows (n,).
    """
    kept: list[Confirmed] = []
    for one in sorted(found, key=lambda one: len(one.candidate.conditions)):
        for place, other in enumerate(kept):
            if _says_the_same(other.candidate, one.candidate, losses, confirming):
                kept[place] = replace(other, alike=(*other.alike, one.candidate))
                break
        else:
            kept.append(one)
    kept.sort(key=lambda one: -float(losses[confirming][one.candidate.rows[confirming]].mean()))
    return _without_explained(kept, losses[confirming], confirming)


def _without_explained(kept: Sequence[Confirmed], losses: Floats, confirming: Indices) -> list[Confirmed]:
    """Without slices that are worse only for the sake of a worse one inside them: without its rows nothing is left."""
    told: list[Confirmed] = []
    for one in kept:
        rows = one.candidate.rows[confirming]
        for place, inner in enumerate(told):
            inside = inner.candidate.rows[confirming]
            left = rows & ~inside
            is_inside = int((rows & inside).sum()) >= _WITHIN * int(inside.sum())
            if is_inside and not _is_worse_itself(losses, left, ~inside):
                told[place] = replace(inner, alike=(*inner.alike, one.candidate, *one.alike))
                break
        else:
            told.append(one)
    return told


def _is_worse_itself(losses: Floats, left: Flags, others: Flags) -> bool:
    """Whether what is left of a slice is worse than all other rows, by a ratio that matters and beyond chance."""
    if not left.any() or losses[left].mean() < LEAST_RATIO * losses[others & ~left].mean():
        return False
    return p_worse(losses[others], left[others]) <= LEVEL


def _says_the_same(kept: Candidate, other: Candidate, losses: Floats, confirming: Indices) -> bool:
    if overlap(kept.rows, other.rows) >= _ALIKE:
        return True
    own = losses[confirming]
    is_within = int((kept.rows & other.rows).sum()) >= _WITHIN * int(other.rows.sum())
    return is_within and bool(own[other.rows[confirming]].mean() < _MUCH_WORSE * own[kept.rows[confirming]].mean())


def overlap(one: Flags, other: Flags) -> float:
    """Rows that both have, of all that either has (Jaccard)."""
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else 0.0
