"""Means with intervals: coverage, weights, strata, and what must not change them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fairness.means import mean_of, standard_error


def test_the_interval_is_that_of_the_normal_where_there_are_many_rows() -> None:
    values = np.random.default_rng(0).normal(10, 3, 2_000)
    found, reach = mean_of(values), 1.959964 * values.std(ddof=1) / np.sqrt(2_000)
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.02)
    many = mean_of(np.tile(values, 11))
    assert many.method == "normal"
    assert many.high is not None
    assert many.high - many.value == pytest.approx(1.959964 * values.std() / np.sqrt(22_000), rel=0.01)


def test_weights_count() -> None:
    values, weights = np.array([0.0] * 50 + [10.0] * 50), np.array([3.0] * 50 + [1.0] * 50)
    assert mean_of(values, weights).value == pytest.approx(2.5)


def test_where_the_shares_of_two_kinds_are_known_less_is_left_to_chance() -> None:
    kinds = np.arange(400) < 200
    values = np.where(kinds, 100.0, 0.0) + np.random.default_rng(1).normal(0, 1, 400)
    apart, together = mean_of(values, strata=kinds), mean_of(values)
    assert apart.low is not None
    assert together.low is not None
    assert apart.value - apart.low < 0.1 * (together.value - together.low)


def test_a_single_row_has_no_interval() -> None:
    assert (mean_of(np.array([4.0])).value, mean_of(np.array([4.0])).low) == (4.0, None)


def test_the_standard_error_of_a_plain_mean() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0])
    assert standard_error(values) == pytest.approx(values.std(ddof=1) / 2)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.sampled_from([0.5, 2.0])), min_size=2, max_size=30), st.randoms())
def test_the_order_of_rows_changes_nothing(rows: list[tuple[float, float]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (mean_of(*np.array(each).T) for each in (rows, shuffled))
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=1e-9)
