"""Calibration against published figures and against outcomes drawn from the probabilities themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.examinations.calibration import (
    bins_of,
    brier,
    calibration_error,
    murphy,
    noise_floor,
    recalibration,
    spiegelhalter_z,
)

P = np.arange(0.05, 1.0, 0.1)
Y = np.array([0, 0, 1, 0, 0, 1, 1, 0, 1, 1], dtype=bool)


def test_the_vector_of_ten_rows_agrees() -> None:
    assert brier(Y, P) == pytest.approx(0.1825, abs=1e-12)
    assert calibration_error(Y, P, 5) == pytest.approx(0.12, abs=1e-12)
    assert calibration_error(Y, P, 10) == pytest.approx(0.35, abs=1e-12)
    assert spiegelhalter_z(Y, P) == pytest.approx(0.256664, abs=1e-6)


def test_the_parts_of_the_brier_score_agree_and_add_up() -> None:
    y = np.array([0, 0, 1, 1, 1, 0, 1, 1], dtype=bool)
    p = np.array([0.2] * 3 + [0.6] * 3 + [0.9] * 2)
    parts = murphy(y, p)
    assert parts.reliability == pytest.approx(0.0108333, abs=1e-7)
    assert parts.resolution == pytest.approx(0.0677083, abs=1e-7)
    assert parts.uncertainty == pytest.approx(0.234375, abs=1e-12)
    assert parts.brier == pytest.approx(0.1775, abs=1e-12)
    assert parts.brier == pytest.approx(brier(y, p), abs=1e-12)


@pytest.mark.parametrize(("n", "mean", "p95"), [(200, 0.071, 0.099), (1_000, 0.032, 0.046), (10_000, 0.010, 0.014)])
def test_the_noise_floor_of_a_perfect_model_falls_with_its_rows_as_computed_before(
    n: int, mean: float, p95: float
) -> None:
    p = np.random.default_rng(4).random(n)
    floor = noise_floor(p)
    assert floor.mean == pytest.approx(mean, rel=0.12)
    assert floor.p95 == pytest.approx(p95, rel=0.15)


def test_the_floor_is_passed_by_perfect_probabilities_19_times_in_20() -> None:
    random = np.random.default_rng(1)
    p = random.beta(2, 3, 400)
    floor = noise_floor(p, n_draws=400)
    above = np.mean([calibration_error(random.random(400) < p, p) > floor.p95 for _ in range(400)])
    assert 0.02 <= above <= 0.09


@given(st.lists(st.tuples(st.floats(0.001, 0.999), st.booleans()), min_size=1, max_size=60))
def test_the_parts_always_add_up_and_the_error_is_a_share(rows: list[tuple[float, bool]]) -> None:
    p, y = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    assert murphy(y, p).brier == pytest.approx(brier(y, p), abs=1e-9)
    assert 0 <= calibration_error(y, p) <= 1


@given(st.integers(1, 300), st.integers(1, 20))
def test_bins_differ_by_one_row_at_most_and_rise(n: int, n_bins: int) -> None:
    p = np.random.default_rng(n).random(n)
    bins = bins_of(p, n_bins)
    counts = np.bincount(bins, minlength=min(n, n_bins))
    assert counts[counts > 0].max() - counts[counts > 0].min() <= 1
    assert (np.diff(bins[np.argsort(p, kind="stable")]) >= 0).all()


def test_recalibration_finds_how_bold_probabilities_are() -> None:
    random = np.random.default_rng(2)
    odds = random.normal(0, 1.5, 40_000)
    y = random.random(40_000) < 1 / (1 + np.exp(-odds))
    bold = 1 / (1 + np.exp(-2 * odds))  # log odds twice as large as they should be
    found = recalibration(y, bold)
    assert found is not None
    assert found.slope == pytest.approx(0.5, abs=0.02)
    assert found.intercept == pytest.approx(0.0, abs=0.04)
    assert found.low < 0.5 < found.high < 1


@pytest.mark.parametrize(
    ("n", "bold", "bent"), [(300, 1.0, 0.0), (300, 2.0, 0.0), (1_000, 1.0, 0.0), (1_000, 1.5, 0.3)]
)
def test_the_interval_of_the_slope_holds_the_true_one_19_times_in_20(n: int, bold: float, bent: float) -> None:
    """Also where no line sets the odds right (`bent`): the true slope is then that of very many rows."""
    random = np.random.default_rng(7)

    def draw(m: int) -> tuple[np.ndarray, np.ndarray]:
        odds = random.normal(-0.5, 1.2, m)
        y = random.random(m) < 1 / (1 + np.exp(-(odds + bent * odds**2)))
        return y, 1 / (1 + np.exp(-bold * odds))

    many = recalibration(*draw(400_000))
    assert many is not None
    true = many.slope if bent else 1 / bold
    found = [recalibration(*draw(n)) for _ in range(300)]
    n_held = sum(one is not None and one.low <= true <= one.high for one in found)
    assert 300 * 0.91 <= n_held <= 300 * 0.985


def test_recalibration_says_nothing_where_the_rows_cannot_tell() -> None:
    p = np.array([0.1, 0.2, 0.8, 0.9])
    assert recalibration(np.ones(4, dtype=bool), p) is None
    assert recalibration(np.array([False, False, True, True]), p) is None, (
        "Told apart perfectly, any slope is too small."
    )


def test_probabilities_that_are_never_unsure_have_no_z() -> None:
    assert spiegelhalter_z(np.array([True, False]), np.array([1.0, 0.0])) == 0.0


def test_equal_probabilities_stand_in_one_bin_whatever_the_order_of_the_rows() -> None:
    p = np.full(1_000, 0.3)
    first = np.arange(1_000) < 300
    assert len(set(bins_of(p))) == 1
    assert calibration_error(first, p) == pytest.approx(0.0, abs=1e-12)
    mixed = np.repeat([0.1, 0.2, 0.4, 0.8], 250)
    assert len(set(bins_of(mixed))) == 4
