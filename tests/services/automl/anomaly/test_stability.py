"""Whether the same rows are called unusual again."""

import numpy as np
import pytest

from services.automl.anomaly.stability import MIN_PAIRS, rank_agreement, stability, top_agreement

RANDOM = np.random.default_rng(0)


def test_agreement_by_hand() -> None:
    up, down = np.arange(100.0), -np.arange(100.0)
    assert rank_agreement(up, up**3) == pytest.approx(1.0)
    assert rank_agreement(up, down) == pytest.approx(-1.0)
    assert rank_agreement(up, np.zeros(100)) == 0.0
    assert top_agreement(up, up) == 1.0
    assert top_agreement(up, down) == 0.0
    shifted = np.where(up == 99, -1.0, up)  # four of the five highest are the same: 4 of 6 in either
    assert top_agreement(up, shifted) == pytest.approx(4 / 6)


def test_clear_outliers_are_found_by_either_half() -> None:
    rows = np.vstack([RANDOM.normal(size=(190, 2)), RANDOM.normal(size=(10, 2)) * 30 + 100])
    ranking, top = stability(rows, "forest", seed=0, n_pairs=4)
    assert ranking.value > 0.8
    assert top.value == 1.0


def test_the_clock_leaves_three_halvings() -> None:
    ranking, top = stability(RANDOM.normal(size=(60, 2)), "neighbours", seed=0, seconds_left=lambda: 0.0)
    assert ranking.n == top.n == MIN_PAIRS
