"""Differences, ratios and their intervals: published vectors, coverage, and what must not change them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fairness.rates import (
    rate,
    resampled,
    smallest_ratio,
    widest_difference,
    widest_mean_difference,
)


def of(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def test_a_share_has_its_wilson_interval() -> None:
    found = rate(81, 263)
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert (rate(0, 10).low, rate(0, 10).high) == pytest.approx((0.0, 0.2775), abs=1e-4)


def test_v6_2_the_difference_of_two_groups_has_newcombes_interval() -> None:
    gap = widest_difference(of(48, 12), of(80, 40))
    assert gap is not None
    assert gap.value == pytest.approx(0.3)
    assert (gap.low, gap.high) == pytest.approx((0.110768, 0.455876), abs=1e-6)


def test_more_groups_make_the_interval_wider() -> None:
    two = widest_difference(of(48, 12), of(80, 40))
    three = widest_difference(of(48, 12, 20), of(80, 40, 45))
    assert two is not None
    assert three is not None
    assert three.value == two.value
    assert (three.low or 0) < (two.low or 0)
    assert (three.high or 0) > (two.high or 0)


def test_one_group_is_no_gap_of_zero() -> None:
    assert widest_difference(of(5), of(10)) is None
    assert widest_mean_difference(np.array([1.0]), np.array([0.1])) is None
    assert smallest_ratio(of(5), of(10)) is None
    assert smallest_ratio(of(0, 0), of(10, 10)) is None


def test_twelve_groups_that_are_treated_alike_raise_no_alarm_more_than_one_time_in_twenty() -> None:
    """The largest of many gaps is never 0; its interval must still reach down to it."""
    random, n_sure = np.random.default_rng(5), 0
    for _ in range(300):
        gap = widest_difference(random.binomial(60, 0.4, 12).astype(np.int64), np.full(12, 60, dtype=np.int64))
        assert gap is not None
        n_sure += (gap.low or 0.0) > 0
    assert n_sure <= 0.05 * 300 + 4


def test_the_interval_holds_the_true_largest_difference() -> None:
    random, true, n_held = np.random.default_rng(6), np.array([0.3, 0.45, 0.5]), 0
    for _ in range(300):
        gap = widest_difference(random.binomial(150, true).astype(np.int64), np.full(3, 150, dtype=np.int64))
        assert gap is not None
        n_held += (gap.low or 0.0) <= 0.2 <= (gap.high or 0.0)
    assert n_held >= 0.95 * 300 - 6


def test_means_are_compared_like_shares() -> None:
    gap = widest_mean_difference(np.array([0.0, 3.0]), np.array([0.3, 0.4]))
    assert gap is not None
    assert (gap.value, gap.low, gap.high) == pytest.approx((3.0, 3 - 1.959964 * 0.5, 3 + 1.959964 * 0.5))


def test_a_bootstrap_of_counts_agrees_with_one_of_rows() -> None:
    cells = np.array([[30, 70], [55, 45]], dtype=np.int64)
    low, high, method = resampled(cells, lambda drawn: smallest_ratio(drawn[:, 0], drawn.sum(axis=1)))
    groups, hits = np.repeat([0, 1], 100), np.r_[np.ones(30), np.zeros(70), np.ones(55), np.zeros(45)]
    random, values = np.random.default_rng(1), []
    for _ in range(2_000):
        rows = random.integers(0, 200, 200)
        shares = [hits[rows][groups[rows] == place].mean() for place in (0, 1)]
        values.append(min(shares) / max(shares))
    assert (low, high) == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])), abs=0.03)
    assert method == "bootstrap of 1,000 resamples"


def test_resamples_without_an_answer_are_skipped_counted_and_at_last_no_interval() -> None:
    cells = np.array([[1, 1], [1, 1]], dtype=np.int64)
    assert resampled(cells, lambda _drawn: None) == (None, None, "bootstrap of 0 resamples")


table = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=2, max_size=5)


@given(table, st.randoms())
def test_neither_the_order_nor_the_names_of_groups_change_an_interval(
    rows: list[tuple[int, int]], random: object
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    def statistic(drawn: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> float | None:
        return smallest_ratio(drawn[:, 0], drawn.sum(axis=1)) if drawn.sum(axis=1).all() else None

    straight, other = (np.array(each, dtype=np.int64) for each in (rows, shuffled))
    assert resampled(straight, statistic, n_resamples=50) == resampled(other, statistic, n_resamples=50)
    gaps = [widest_difference(each[:, 0], each.sum(axis=1)) for each in (straight, other)]
    assert gaps[0] == gaps[1]
