"""The four-fifths rule: whether a group is chosen less than 80 % as often as the group that is chosen most often.

The ratio is compared in whole numbers, so that exactly 80 % is not adverse. Beside it always stand an interval and a
test: of two groups that are treated alike, one of 20 rows fails the bare rule every second time.

References
----------
29 CFR 1607.4(D) and the Questions and Answers of 1979 (Uniform Guidelines on Employee Selection Procedures).
Fisher's exact test, two-sided. The interval of a ratio is that of `services.fairness.rates`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from services.fairness.rates import katz
from services.fairness.report import Ratio, Verdict
from services.fairness.tolerance import SURE

LEAST_ROWS, LEAST_SHARE = 30, 50  # rows, and one row of so many: a smaller group is not judged
_RANK: dict[Verdict, int] = {"too few": 0, "not indicated": 1, "possible": 2, "indicated": 3}


def is_adverse(hits: int, n: int, best_hits: int, best_n: int) -> bool:
    """Whether hits/n is less than 4/5 of best_hits/best_n, in whole numbers."""
    return 5 * hits * best_n < 4 * n * best_hits


def are_judged(sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Groups (k,) that are large enough for the rule: 30 rows or more, and 2 % of all rows or more."""
    found: NDArray[np.bool_] = (sizes >= LEAST_ROWS) & (LEAST_SHARE * sizes >= sizes.sum())
    return found


def judge_ratios(hits: NDArray[np.int64], sizes: NDArray[np.int64]) -> list[Ratio | None]:
    """What the rule says of each group (k,): None of those too small to judge, and of all where nobody is chosen.

    The group with the highest share is compared with itself: its ratio is 1 and nothing is indicated.
    """
    judged = are_judged(sizes)
    if judged.sum() < 2 or not hits[judged].any():
        return [None] * len(sizes)
    places = [int(place) for place in np.flatnonzero(judged)]
    best = max(places, key=lambda place: (hits[place] / sizes[place], sizes[place]))
    highest = int(hits[best]), int(sizes[best])
    return [
        _ratio(int(a), int(n), *highest) if is_judged else None
        for a, n, is_judged in zip(hits, sizes, judged, strict=True)
    ]


def worst_verdict(ratios: Sequence[Ratio | None]) -> Verdict:
    """The gravest of the groups."""
    return max((ratio.verdict if ratio else "too few" for ratio in ratios), key=_RANK.__getitem__, default="too few")


def _ratio(hits: int, n: int, best_hits: int, best_n: int) -> Ratio:
    adverse, (low, high) = is_adverse(hits, n, best_hits, best_n), katz(hits, n, best_hits, best_n)
    p = float(fisher_exact([[hits, n - hits], [best_hits, best_n - best_hits]]).pvalue)
    verdict: Verdict = "indicated" if adverse and p < SURE else "possible" if adverse or p < SURE else "not indicated"
    return Ratio(hits / n / (best_hits / best_n), low, high, p, hits, n, verdict)
