"""Make the effects of single rows without a model."""

import numpy as np

from services.models.row_effects import NO_PLACE, RowEffects


def make_row_effects(n: int = 60, columns: tuple[str, ...] = ("tenure", "contract"), *, seed: int = 0) -> RowEffects:
    """Rows on which the first column counts most and the last has no order; every fifth answer is wrong at 0.3."""
    random = np.random.default_rng(seed)
    k = len(columns)
    effects = random.normal(size=(n, k)) * np.linspace(5, 1, k)
    effects[:, 0] = np.linspace(-8, 12, n)
    places = np.tile(np.linspace(254, 0, n).astype(np.uint8)[:, None], (1, k))
    places[:, -1] = NO_PLACE
    rest, base = np.zeros(n), 27.5
    answers = base + effects.sum(axis=1)
    outcomes = np.where((answers >= 30) != (np.arange(n) % 5 == 0), 100.0, 0.0)
    return RowEffects(columns, effects, rest, places, answers, outcomes, np.empty(0, np.uint8), base)
