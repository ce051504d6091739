"""Slices that stand out on the rows that are searched: of one and two conditions all, of three those of a beam.

Counts and sums of losses of every pair come from matrix products of the conditions, as in SliceLine, and a slice is
scored by its loss and its size together, so that neither three rows nor half of the table win. A third condition is
tried on the pairs that stand out most, so a slice of three of which no two are any worse may be missed.

References
----------
S. Sagadeeva and M. Boehm, "SliceLine: fast, linear-algebra-based slice finding for ML model debugging", SIGMOD 2021.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.examinations.slice_conditions import Flags, SliceCondition

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
WEIGHT_OF_LOSS = 0.95  # of the loss against the size, as SliceLine proposes
MOST_TESTED = 20
BEAM = 30  # pairs that a third condition is tried on
_GAIN_OF_ANOTHER = 1.05  # a condition more must make it so much worse than every slice of one fewer
_CLEAR = 1.645


@dataclass(frozen=True, eq=False)
class Candidate:
    """A slice that stood out on the exploring half."""

    conditions: tuple[SliceCondition, ...]
    rows: Flags

    @property
    def words(self) -> tuple[str, ...]:
        """Its conditions."""
        return tuple(condition.words for condition in self.conditions)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Rows and losses of many slices at once, relative to the mean loss of all `n` rows; arrays are of one shape."""

    n: int
    counts: Floats
    sums: Floats
    squares: Floats

    @property
    def means(self) -> Floats:
        return np.asarray(self.sums / np.maximum(self.counts, 1.0))

    @property
    def scores(self) -> Floats:
        """Loss and size together, as SliceLine weighs them."""
        size = self.n / np.maximum(self.counts, 1.0)
        return np.asarray(WEIGHT_OF_LOSS * (self.means - 1.0) - (1 - WEIGHT_OF_LOSS) * (size - 1.0))

    def are_large(self, least: int) -> Flags:
        return np.asarray((self.counts >= least) & (self.counts <= self.n - least))

    @property
    def are_worse(self) -> Flags:
        """Clearly worse than all other rows, as far as the rows that were searched can tell."""
        rest = (self.n - self.sums) / np.maximum(self.n - self.counts, 1.0)
        spread = np.maximum(self.squares / np.maximum(self.counts, 1.0) - self.means**2, 0.0)
        error = np.sqrt(spread / np.maximum(self.counts, 1.0))
        return np.asarray((self.means > rest) & (self.means - rest >= _CLEAR * error))


def explore(
    conditions: Sequence[SliceCondition], losses: Floats, exploring: Indices, least: int
) -> tuple[int, list[Candidate]]:
    """How many slices there are of sufficient size, and those that stand out, the best score first."""
    matrix = np.column_stack([condition.rows[exploring] for condition in conditions]).astype(np.float32)
    scaled = (losses / losses.mean()).astype(np.float32)
    columns = np.array([condition.column for condition in conditions])
    found = _sums(matrix, matrix, scaled)
    is_single = np.eye(len(conditions), dtype=np.bool_)
    is_pair = np.triu(columns[:, None] != columns[None, :], k=1)
    is_tried = (is_single | is_pair) & found.are_large(least)
    single = np.diag(found.means)
    beats_parts = is_single | (found.means >= _GAIN_OF_ANOTHER * np.maximum(single[:, None], single[None, :]))
    stands_out = is_tried & found.are_worse
    ranked: list[tuple[float, tuple[int, ...]]] = [
        (float(found.scores[one, other]), (int(one), int(other)) if one != other else (int(one),))
        for one, other in np.argwhere(stands_out & beats_parts)
    ]
    pairs = np.argwhere(stands_out & is_pair)
    beam = pairs[np.argsort(-found.scores[pairs[:, 0], pairs[:, 1]], kind="stable")[:BEAM]]
    n_triples, triples = _extend(beam, matrix, scaled, columns, found.means, least)
    ranked = sorted([*ranked, *triples], key=lambda pair: (-pair[0], pair[1]))[: 10 * MOST_TESTED]
    return int(is_tried.sum()) + n_triples, [
        _candidate([conditions[place] for place in places]) for _, places in ranked
    ]


def _extend(
    beam: Indices,
    matrix: NDArray[np.float32],
    scaled: NDArray[np.float32],
    columns: NDArray[Any],
    pairs: Floats,
    least: int,
) -> tuple[int, list[tuple[float, tuple[int, ...]]]]:
    """How many slices a third condition makes of the pairs in the beam, and those worse than every pair within them.

    Parameters
    ----------
    beam
        Pairs (b, 2) of positions of conditions.
    pairs
        Mean loss of every two conditions together, on the scale of `scaled`.
    """
    if not len(beam):
        return 0, []
    one, other = beam.T
    found = _sums(matrix[:, one] * matrix[:, other], matrix, scaled)
    is_third = (columns[one][:, None] != columns[None, :]) & (columns[other][:, None] != columns[None, :])
    is_tried = is_third & found.are_large(least)
    parts = np.maximum(np.maximum(pairs[one, other][:, None], pairs[one, :]), pairs[other, :])
    stands_out = is_tried & found.are_worse & (found.means >= _GAIN_OF_ANOTHER * parts)

    def places_of(flags: Flags) -> dict[tuple[int, ...], float]:  # the same three come from up to three pairs
        return {
            tuple(sorted((int(one[row]), int(other[row]), int(third)))): float(found.scores[row, third])
            for row, third in np.argwhere(flags)
        }

    return len(places_of(is_tried)), [(score, places) for places, score in places_of(stands_out).items()]


def _sums(slices: NDArray[np.float32], matrix: NDArray[np.float32], scaled: NDArray[np.float32]) -> _Sums:
    """Of each of the slices (n, a) together with each condition (n, b): arrays (a, b)."""
    counts = (slices.T @ matrix).astype(np.float64)
    sums = (slices.T @ (matrix * scaled[:, None])).astype(np.float64)
    squares = (slices.T @ (matrix * (scaled**2)[:, None])).astype(np.float64)
    return _Sums(len(scaled), counts, sums, squares)


def _candidate(conditions: Sequence[SliceCondition]) -> Candidate:
    return Candidate(tuple(conditions), np.logical_and.reduce([condition.rows for condition in conditions]))
