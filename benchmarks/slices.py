"""How often three ways of finding worst slices find what was planted, and what was not.

    nice -n 19 .venv/bin/python -m benchmarks.slices

200 worlds of 2,000 rows: three columns of four values, exponential losses. SliceFinder (lattice search, effect size
0.4, alpha-investing) and SliceLine (top 4, α = 0.95, score above 0) are written here from their papers.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from services.examinations.slice_conditions import Flags, SliceCondition
from services.examinations.slice_search import halves, search_slices

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Slice = tuple[SliceCondition, ...]
Finder = Callable[[Sequence[SliceCondition], Floats, int], list[tuple[str, ...]]]
N_WORLDS, N_ROWS, LEAST = 200, 2_000, 30
ONE, PAIR = ("c2 is 3",), ("c0 is 1", "c1 is 2")


def ours(conditions: Sequence[SliceCondition], losses: Floats, seed: int) -> list[tuple[str, ...]]:
    """As the portal does."""
    exploring, confirming = halves(len(losses), seed)
    search = search_slices(conditions, losses, exploring, confirming, least=LEAST // 2)
    return [found.candidate.words for found in search.confirmed]


def slice_finder(conditions: Sequence[SliceCondition], losses: Floats, _seed: int) -> list[tuple[str, ...]]:
    """By size, then by number of conditions; what is found is not looked into any further."""
    wealth, found = 0.05, list[tuple[str, ...]]()
    for level in (singles(conditions), pairs(conditions)):
        for one in sorted(level, key=lambda one: -int(rows_of(one).sum())):
            words, rows = words_of(one), rows_of(one)
            if rows.sum() < LEAST or any(set(other) <= set(words) for other in found):
                continue
            inside, outside = losses[rows], losses[~rows]
            effect = (inside.mean() - outside.mean()) / np.sqrt((inside.var() + outside.var()) / 2)
            if effect < 0.4 or wealth <= 0:
                continue
            p = stats.ttest_ind(inside, outside, equal_var=False, alternative="greater").pvalue
            if p <= wealth:
                wealth += 0.05
                found.append(words)
            else:
                wealth -= wealth / (1 - wealth)
    return found


def slice_line(conditions: Sequence[SliceCondition], losses: Floats, _seed: int) -> list[tuple[str, ...]]:
    """The best scores, without a test."""
    scored = []
    for one in (*singles(conditions), *pairs(conditions)):
        rows = rows_of(one)
        if rows.sum() >= LEAST:
            gain, smallness = losses[rows].mean() / losses.mean() - 1, len(losses) / rows.sum() - 1
            scored.append((0.95 * gain - 0.05 * smallness, words_of(one)))
    return [words for score, words in sorted(scored, reverse=True)[:4] if score > 0]


def singles(conditions: Sequence[SliceCondition]) -> list[Slice]:
    """Slices of one condition."""
    return [(condition,) for condition in conditions]


def pairs(conditions: Sequence[SliceCondition]) -> list[Slice]:
    """Slices of two conditions on different columns."""
    return [(one, other) for one, other in combinations(conditions, 2) if one.column != other.column]


def words_of(one: Slice) -> tuple[str, ...]:
    """Its conditions in words."""
    return tuple(condition.words for condition in one)


def rows_of(one: Slice) -> Flags:
    """The rows that meet all of them."""
    return np.logical_and.reduce([condition.rows for condition in one])


def make_world(seed: int) -> tuple[list[SliceCondition], Floats, Codes]:
    """Twelve conditions, losses, and the codes of the columns (n, 3)."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, 4, (N_ROWS, 3))
    conditions = [
        SliceCondition(f"c{column}", f"c{column} is {value}", codes[:, column] == value)
        for column in range(3)
        for value in range(4)
    ]
    return conditions, random.exponential(1.0, N_ROWS), codes


def plant(kind: str, losses: Floats, codes: Codes) -> tuple[str, ...]:
    """Make some rows worse; what should be found."""
    first, second = codes[:, 0] == 1, codes[:, 1] == 2
    if kind == "one condition, 1.5 times as wrong":
        losses[codes[:, 2] == 3] *= 1.5
        return ONE
    if kind == "two conditions, 1.8 times as wrong":
        losses[first & second] *= 1.8
        return PAIR
    if kind == "two conditions, each harmless alone":
        losses[first & second] *= 2.5
        losses[first ^ second] *= 0.7
        return PAIR
    return ()


def main() -> None:
    """Print for each world and way: found anything, found what was planted, others found on average."""
    finders: dict[str, Finder] = {"ours": ours, "SliceFinder": slice_finder, "SliceLine": slice_line}
    for kind in (
        "nothing",
        "one condition, 1.5 times as wrong",
        "two conditions, 1.8 times as wrong",
        "two conditions, each harmless alone",
    ):
        for name, find in finders.items():
            anything = right = others = 0
            for seed in range(N_WORLDS):
                conditions, losses, codes = make_world(seed)
                planted = plant(kind, losses, codes)
                found = find(conditions, losses, seed)
                anything += bool(found)
                right += planted in found
                others += sum(words != planted for words in found)
            figures = f"{anything / N_WORLDS:6.1%} {right / N_WORLDS:6.1%} {others / N_WORLDS:5.2f}"
            print(f"{kind:36} {name:12} {figures}")


if __name__ == "__main__":
    main()
