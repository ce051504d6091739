"""How long 10,000 draws of 40 items take in this process: `python -m benchmarks.valuation`."""

import statistics
import time

from services.valuation.plan import Item, Plan
from services.valuation.uncertainty.estimates import SHAPES, Estimate
from services.valuation.uncertainty.information import figure_worths
from services.valuation.uncertainty.sensitivity import swings
from services.valuation.uncertainty.simulation import simulate

GOAL_MS = 150
N_ITEMS, N_REPEATS = 40, 15


def make_plan(shift: float) -> Plan:
    """Items of every shape; another `shift` is a slider that moved one of them."""
    shapes = list(SHAPES)
    return Plan(
        items=(
            *(
                Item(f"Item {n}", n % 2 == 0, Estimate(100 + n, 900 + n, shape=shapes[n % len(shapes)]))
                for n in range(N_ITEMS - 1)
            ),
            Item("Moved", True, Estimate(100, 900, 300 + shift)),
        )
    )


def main() -> None:
    """Print the first time, the median and the longest of the others, for each part."""
    parts = {
        "draws": lambda plan: simulate(plan),
        "draws, swings and worth of measuring": lambda plan: (swings(found := simulate(plan)), figure_worths(found)),
    }
    for name, part in parts.items():
        times = []
        for repeat in range(N_REPEATS + 1):
            plan = make_plan(repeat * 10.0)
            begun = time.perf_counter()
            part(plan)
            times.append((time.perf_counter() - begun) * 1_000)
        later = times[1:]
        print(
            f"{name}: first {times[0]:.0f} ms, then median {statistics.median(later):.0f}, "
            f"longest {max(later):.0f} (goal {GOAL_MS})"
        )


if __name__ == "__main__":
    main()
