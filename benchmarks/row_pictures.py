"""How long the pictures of single rows take: `python -m benchmarks.row_pictures`.

2,000 rows of 60 columns, the most that is kept, from the file to figures as the browser gets them.
"""

import os
import statistics
import time
from collections.abc import Callable

import numpy as np

from portal.ui.figures.row_effects import beeswarm, decision_paths
from services.interpretations.cards import Scale
from services.interpretations.row_paths import Shown, pick_paths, wrong_rows
from services.models.row_effects import RowEffects, dump_row_effects, load_row_effects
from services.models.sentences import POINTS

N_ROWS, N_COLUMNS, N_TIMES = 2_000, 60, 7


def measure() -> None:
    """Print the median and the longest of seven for each step."""
    content = dump_row_effects(_made_up())
    rows = load_row_effects(content)
    scale = Scale("the probability that it is so", POINTS)
    wrong = wrong_rows(rows, POINTS, 0.5)
    print(f"{len(content) / 1e3:.0f} kB kept; load {os.getloadavg()[0]:.1f}, niceness {os.nice(0)}")
    _time("read", lambda: load_row_effects(content))
    _time("dots", lambda: beeswarm(rows, {}, scale).to_json())
    _time("paths", lambda: decision_paths(rows, pick_paths(rows, wrong, Shown.ALL), wrong, {}, scale).to_json())


def _made_up() -> RowEffects:
    random = np.random.default_rng(0)
    effects = random.normal(size=(N_ROWS, N_COLUMNS)) * np.linspace(8, 0.1, N_COLUMNS)
    answers = 50 + effects.sum(axis=1)
    return RowEffects(
        columns=tuple(f"column {place}" for place in range(N_COLUMNS)),
        effects=effects,
        rest=np.zeros(N_ROWS),
        places=random.integers(0, 255, size=(N_ROWS, N_COLUMNS)).astype(np.uint8),
        answers=answers,
        outcomes=100.0 * (random.random(N_ROWS) < 0.5),
        misses=np.empty(0, np.uint8),
        base=50.0,
    )


def _time(name: str, act: Callable[[], object]) -> None:
    seconds = []
    for _ in range(N_TIMES):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    print(f"{name}: median {1_000 * statistics.median(seconds):.0f} ms, longest {1_000 * max(seconds):.0f} ms")


if __name__ == "__main__":
    measure()
