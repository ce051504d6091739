"""How long it takes to give each case its action within a budget: `python -m benchmarks.allocation`.

Values and costs are drawn at random, with the budget at a tenth of what all would like to spend. The gap is against a
bound that nothing can exceed, so it is proven.
"""

import argparse
import statistics
import time

import numpy as np

from services.simulation.allocation import Allocation, allocate

GOAL_SECONDS, GOAL_GAP = 2.0, 0.001
N_REPEATS = 5


def solved(n_cases: int, n_actions: int, n_resources: int, seed: int) -> tuple[float, Allocation]:
    """Seconds on the clock, and what was found; the first action does nothing and costs nothing."""
    random = np.random.default_rng(seed)
    needs = random.gamma(2.0, 10.0, (n_cases, n_actions, n_resources))
    values = random.normal(1.0, 0.5, (n_cases, n_actions)) * needs.mean(axis=2) + random.normal(
        0, 10, (n_cases, n_actions)
    )
    values[:, 0], needs[:, 0] = 0.0, 0.0
    limits = 0.1 * needs.max(axis=1).sum(axis=0)
    begun = time.perf_counter()
    found = allocate(values, needs, limits)
    return time.perf_counter() - begun, found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--actions", type=int, default=10)
    arguments = parser.parse_args()
    for n_resources, names in ((1, "a budget"), (2, "a budget and hands")):
        runs = [solved(arguments.cases, arguments.actions, n_resources, seed) for seed in range(N_REPEATS)]
        seconds, gaps = [took for took, _ in runs], [found.gap for _, found in runs]
        print(
            f"{arguments.cases:,} cases x {arguments.actions} actions within {names}: median "
            f"{statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s (goal {GOAL_SECONDS:g} s); gap at most "
            f"{max(gaps):.5%} (goal {GOAL_GAP:.1%})"
        )


if __name__ == "__main__":
    main()
