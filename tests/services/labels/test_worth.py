"""What more labels are worth: found on curves whose law is known, and withheld where nothing can be said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.labels.worth import Gain, expected_gain, judge

SIZES = [100, 180, 320, 580, 1_000]


def make_values(a: float, b: float, rate: float, *, noise: float = 0.0, seed: int = 0) -> np.ndarray:
    law = a - b * np.array(SIZES, dtype=float) ** -rate
    return law + np.random.default_rng(seed).normal(0, noise, (8, len(SIZES)))


def test_the_gain_of_a_known_law_is_found() -> None:
    gain = expected_gain(SIZES, make_values(500_000, 2_000_000, 0.5), n_more=1_000)
    assert gain is not None
    assert gain.amount == pytest.approx(2_000_000 * (1_000**-0.5 - 2_000**-0.5), rel=0.02)
    assert gain.low <= gain.amount <= gain.high


def test_a_curve_that_is_flat_or_falls_promises_nothing() -> None:
    gain = expected_gain(SIZES, make_values(100, -50, 0.5), n_more=1_000)
    assert gain is not None
    assert gain.amount == 0.0


def test_noise_widens_the_interval() -> None:
    still = expected_gain(SIZES, make_values(500, 2_000, 0.5, noise=1), n_more=1_000)
    rough = expected_gain(SIZES, make_values(500, 2_000, 0.5, noise=20), n_more=1_000)
    assert still is not None
    assert rough is not None
    assert still.high - still.low < rough.high - rough.low


@pytest.mark.parametrize(("sizes", "n_repeats", "n_more"), [(SIZES[:3], 8, 100), (SIZES, 4, 100), (SIZES, 8, 2_001)])
def test_not_enough_data_is_an_answer(sizes: list[int], n_repeats: int, n_more: int) -> None:
    values = make_values(500, 2_000, 0.5)[:n_repeats, : len(sizes)]
    assert expected_gain(sizes, values, n_more=n_more) is None
    assert "Not enough data" in judge(None, 100, "EUR")


@given(st.floats(0, 1e6), st.floats(0, 5e5), st.floats(0, 5e5), st.floats(0, 2e6))
def test_the_verdict_never_claims_what_the_interval_does_not(
    amount: float, below: float, above: float, cost: float
) -> None:
    gain = Gain(1_000, 1_000, amount, amount - below, amount + above)
    sentence = judge(gain, cost, "EUR")
    assert sentence.endswith("label more.") == (gain.low > cost)
    assert sentence.endswith("elsewhere.") == (gain.high < cost and gain.low <= cost)
