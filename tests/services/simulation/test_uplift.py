"""The Qini curve of a ranking by uplift."""

import numpy as np
import pytest

from services.simulation.uplift import area_above_chance, qini_curve

TREATED = np.array([1, 0, 1, 0, 1, 0, 1, 0], dtype=bool)
OUTCOMES = np.array([1.0, 0, 1, 0, 0, 0, 0, 1])


def test_eight_cases() -> None:
    curve = qini_curve(TREATED, OUTCOMES)
    assert curve.tolist() == [0, 1, 1, 2, 2, 2, 2, 2, 1]
    assert area_above_chance(curve) == pytest.approx(1.0625)


def test_cases_are_ranked_by_their_uplift() -> None:
    order = np.random.default_rng(0).permutation(8)
    uplift = np.arange(8, 0, -1.0)
    assert qini_curve(TREATED[order], OUTCOMES[order], uplift[order]).tolist() == [0, 1, 1, 2, 2, 2, 2, 2, 1]


def test_where_nobody_was_left_alone_nothing_is_taken_off() -> None:
    assert qini_curve(np.ones(3, dtype=bool), np.ones(3)).tolist() == [0, 1, 2, 3]
