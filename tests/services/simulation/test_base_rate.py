"""Chances at another base rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulation.base_rate import chances_in_use

rates = st.floats(0.02, 0.98)


@given(chance=st.floats(0, 1), learned=rates, used=rates)
def test_chances_keep_their_order_and_come_back(chance: float, learned: float, used: float) -> None:
    there = chances_in_use(np.array([chance]), learned_at=learned, used_at=used)
    assert 0 <= there[0] <= 1
    back = chances_in_use(there, learned_at=used, used_at=learned)
    assert back[0] == pytest.approx(chance, abs=1e-9)


def test_a_chance_as_large_as_the_base_rate_becomes_the_other_base_rate() -> None:
    assert chances_in_use(np.array([0.27]), learned_at=0.27, used_at=0.05)[0] == pytest.approx(0.05)
