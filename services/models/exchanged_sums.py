"""Answers of models that are sums, while columns of a row are exchanged with those of typical rows.

A tree is not asked again for each set of columns. A row and a typical row go down it together: where both go the same
way nothing depends on the column; where they part, the sets with the column follow the row and those without it the
typical row. Each set arrives at one leaf, as it would alone, so that the answers are those of the model itself.

References
----------
Lundberg et al. (2020), From local explanations to global understanding with explainable AI for trees, Nature Machine
Intelligence 2:56 (interventional values, which go down a tree in the same way).
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from services.models.trees import Trees

Floats = NDArray[np.float64]
Members = NDArray[np.bool_]
Ask = Callable[[int, Members], Floats]  # a row, and which columns each of s sets keeps (s, m), to answers (b, s, k)

_WORD = 64
_SEQUENCE = 0x03F79D71B4CB0A89  # de Bruijn: times a power of two, its first six bits tell which
_PLACE_OF = np.argsort([(_SEQUENCE << place & 2**64 - 1) >> 58 for place in range(_WORD)])


def ask_trees(trees: Trees, rows: Floats, typical: Floats, source: NDArray[np.intp]) -> Ask:
    """How trees answer.

    Parameters
    ----------
    rows, typical
        Encoded rows (n, e) and typical rows (b, e).
    source
        The column of each feature (e,).
    """
    rows, typical = _as_seen(trees, rows), _as_seen(trees, typical)
    column = source[trees.feature].astype(np.int64)

    def answer(row: int, sets: Members) -> Floats:
        sums = _go_down(trees, column, rows[row], typical, sets)
        return trees.link(sums.reshape(-1, sums.shape[2])).reshape(len(typical), len(sets), -1)

    return answer


def ask_parts(rows: Floats, typical: Floats, link: Callable[[Floats], Floats]) -> Ask:
    """How a sum of one part for each column answers: rows (n, m, k), typical rows (b, m, k)."""
    begun = typical.sum(axis=1)

    def answer(row: int, sets: Members) -> Floats:
        changes = rows[row] - typical  # (b, m, k)
        sums = begun[:, None, :] + np.matmul(sets.astype(np.float64), changes)
        return link(sums.reshape(-1, sums.shape[2])).reshape(len(typical), len(sets), -1)

    return answer


def answers_of_trees(trees: Trees, features: Floats) -> Floats:
    """What the trees answer to whole rows (n, e)."""
    seen = _as_seen(trees, features)
    sums = _go_down(trees, np.zeros_like(trees.feature), seen[0], seen, np.zeros((1, 1), dtype=np.bool_))
    return trees.link(sums[:, 0, :])


def _as_seen(trees: Trees, features: Floats) -> Floats:
    seen = features.astype(np.float32) if trees.is_single else features
    return np.ascontiguousarray(seen, dtype=np.float64)


def _go_down(trees: Trees, column: NDArray[np.int64], row: Floats, typical: Floats, sets: Members) -> Floats:
    """The sums (b, s, k) of the leaves at which the sets arrive."""
    changes = np.zeros((len(typical), len(sets) + 1, trees.values.shape[1]))
    keeps, everything = _packed(sets.T), _packed(np.ones((1, len(sets)), dtype=np.bool_))
    _add_leaves(
        trees.left,
        trees.right,
        trees.feature,
        trees.threshold,
        trees.missing_left,
        trees.values,
        trees.roots,
        column,
        row,
        typical,
        keeps,
        everything[0],
        _PLACE_OF,
        np.empty(trees.most_steps, dtype=np.int64),
        np.empty((trees.most_steps, keeps.shape[1]), dtype=np.uint64),
        changes,
    )
    return np.cumsum(changes[:, :-1], axis=1)


def _packed(members: Members) -> NDArray[np.uint64]:
    """Rows of yes and no as bits in words of 64."""
    padded = np.zeros((len(members), -(-members.shape[1] // _WORD) * _WORD), dtype=np.bool_)
    padded[:, : members.shape[1]] = members
    return np.packbits(padded, axis=1, bitorder="little").view(np.dtype("<u8")).astype(np.uint64)


def _compiled(loops: Any) -> Any:
    """The loops as machine code, kept beside the source where that can be written.

    Also where a worker tells numba to compile nothing, which is meant for the short loops of others.
    """
    config: Any = numba.config
    told, config.DISABLE_JIT = config.DISABLE_JIT, 0
    try:
        return numba.njit(cache=True)(loops)
    except RuntimeError:  # nowhere to keep it
        return numba.njit(loops)
    finally:
        config.DISABLE_JIT = told


# Only what numba compiles by itself is used: its versions of numpy's functions are loops, too, and not compiled.
@_compiled
def _add_leaves(  # type: ignore[no-untyped-def] # pragma: no cover - compiled
    left, right, feature, threshold, missing_left, values, roots, column, row, typical, keeps, everything, place_of,
    nodes, sets, changes,
):  # fmt: skip
    """Add to `changes` (b, s, k) how the sum of a set differs from that of the set before by the leaf it arrives at.

    `keeps` (m, w) has a bit for each set that keeps the column of the row; `nodes` and `sets` are room for the nodes
    that wait, and for the sets that go on from there. `place_of` tells a bit by de Bruijn's sequence.
    """
    n_words, n_sums = keeps.shape[1], values.shape[1]
    none, one, shift, sequence = np.uint64(0), np.uint64(1), np.uint64(58), np.uint64(_SEQUENCE)
    for t in range(roots.shape[0]):  # one tree after the other, so that its nodes stay near the processor
        for b in range(typical.shape[0]):
            nodes[0] = roots[t]
            for w in range(n_words):
                sets[0, w] = everything[w]
            top = 0
            while top >= 0:
                node = nodes[top]
                if left[node] < 0:
                    for w in range(n_words):
                        bits = sets[top, w]
                        while bits != none:  # one run of neighbouring sets after the other
                            low = bits & (~bits + one)
                            high = (bits + low) & ~bits  # the bit behind the run; none at the end of the word
                            begin = 64 * w + place_of[(low * sequence) >> shift]
                            end = 64 * w + (64 if high == none else place_of[(high * sequence) >> shift])
                            for k in range(n_sums):
                                changes[b, begin, k] += values[node, k]
                                changes[b, end, k] -= values[node, k]
                            bits &= ~(high - low)
                    top -= 1
                    continue
                own, other, cut = row[feature[node]], typical[b, feature[node]], threshold[node]
                own_left = missing_left[node] if own != own else own <= cut
                other_left = missing_left[node] if other != other else other <= cut
                own_next = left[node] if own_left else right[node]
                if own_left == other_left:
                    nodes[top] = own_next
                    continue
                some_own, some_other = none, none
                for w in range(n_words):
                    here, kept = sets[top, w], keeps[column[node], w]
                    sets[top + 1, w] = here & kept
                    sets[top, w] = here & ~kept
                    some_own |= here & kept
                    some_other |= here & ~kept
                if some_other == none:  # all follow the row
                    for w in range(n_words):
                        sets[top, w] = sets[top + 1, w]
                    nodes[top] = own_next
                    continue
                nodes[top] = left[node] if other_left else right[node]
                if some_own != none:
                    top += 1
                    nodes[top] = own_next
