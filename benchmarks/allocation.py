"""How long it takes to give each case its action within a budget: `python -m benchmarks.allocation`.

Values and costs are drawn at random, with the budget at a tenth of what all would like to spend. The gap is against a
bound that nothing can exceed, so it is proven. Where the extra `ortools` is installed, its bound stands below.
"""

import argparse
import statistics
import time

import numpy as np
from numpy.typing import NDArray

from services.simulation.allocation import Allocation, allocate
from services.simulation.ortools_bound import bound_beside, is_installed

Floats = NDArray[np.float64]
GOAL_SECONDS, GOAL_GAP = 2.0, 0.001
N_REPEATS = 5


def drawn(n_cases: int, n_actions: int, n_resources: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Values, needs and limits; the first action does nothing and costs nothing."""
    random = np.random.default_rng(seed)
    needs = random.gamma(2.0, 10.0, (n_cases, n_actions, n_resources))
    values = random.normal(1.0, 0.5, (n_cases, n_actions)) * needs.mean(axis=2) + random.normal(
        0, 10, (n_cases, n_actions)
    )
    values[:, 0], needs[:, 0] = 0.0, 0.0
    return values, needs, 0.1 * needs.max(axis=1).sum(axis=0)


def solved(values: Floats, needs: Floats, limits: Floats) -> tuple[float, Allocation]:
    """Seconds on the clock, and what was found."""
    begun = time.perf_counter()
    found = allocate(values, needs, limits)
    return time.perf_counter() - begun, found


def in_words_of_another(values: Floats, needs: Floats, limits: Floats, at_hand: float) -> str:
    """How long OR-Tools takes for its bound of the same, and how far above what was found that is."""
    begun = time.perf_counter()
    other = bound_beside(values, needs, limits, supported=np.ones(values.shape, dtype=np.bool_), at_hand=at_hand)
    took = time.perf_counter() - begun
    said = f"{other.amount / at_hand - 1:.7%} above it" if other else "no answer"
    return f"    {other.method if other else 'OR-Tools'} after {took:.2f} s: {said}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--actions", type=int, default=10)
    arguments = parser.parse_args()
    for n_resources, names in ((1, "a budget"), (2, "a budget and hands")):
        problems = [drawn(arguments.cases, arguments.actions, n_resources, seed) for seed in range(N_REPEATS)]
        runs = [solved(*problem) for problem in problems]
        seconds, gaps = [took for took, _ in runs], [found.gap for _, found in runs]
        print(
            f"{arguments.cases:,} cases x {arguments.actions} actions within {names}: median "
            f"{statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s (goal {GOAL_SECONDS:g} s); gap at most "
            f"{max(gaps):.5%} (goal {GOAL_GAP:.1%})"
        )
        if is_installed():
            print(in_words_of_another(*problems[0], at_hand=runs[0][1].value))


if __name__ == "__main__":
    main()
