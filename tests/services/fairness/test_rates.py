"""Differences, ratios and their intervals: published vectors, coverage, and what must not change them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fairness.rates import (
    katz,
    rate,
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


def test_v6_2_the_ratio_of_two_groups_has_katzs_interval() -> None:
    assert katz(12, 40, 48, 80) == pytest.approx((0.301433, 0.829372), abs=1e-6)
    gap = smallest_ratio(of(48, 12), of(80, 40))
    assert gap is not None
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.5, 0.301433, 0.829372), abs=1e-6)


def test_where_none_or_all_are_hit_there_is_an_interval_all_the_same() -> None:
    none = smallest_ratio(of(0, 50), of(100, 100))
    assert none is not None
    assert (none.value, none.low) == (0.0, 0.0)
    assert 0.037 / 0.5 < (none.high or 0) < 0.2, "Of 100 rows without a case one cannot say less than 3.7 %."
    everybody = smallest_ratio(of(40, 60), of(40, 60))
    assert everybody is not None
    assert (everybody.value, everybody.high) == (1.0, 1.0)
    assert 0.9 < (everybody.low or 0) < 1


@pytest.mark.parametrize(
    ("shares", "sizes"),
    [
        ((0.5, 0.5), (60, 60)),
        ((0.3, 0.3, 0.3, 0.3, 0.3, 0.3), (60, 60, 60, 60, 60, 60)),
        ((0.1, 0.3), (60, 200)),
        ((0.2, 0.25, 0.4), (400, 100, 150)),
        ((0.05, 0.5), (40, 40)),
        ((0.95, 1.0), (50, 50)),
    ],
)
def test_the_interval_holds_the_true_smallest_ratio_19_times_in_20(
    shares: tuple[float, ...], sizes: tuple[int, ...]
) -> None:
    """A bootstrap of the smallest ratio held it 6 times in 10 where six groups of 60 are treated alike."""
    random, true, n_held = np.random.default_rng(8), min(shares) / max(shares), 0
    for _ in range(400):
        gap = smallest_ratio(random.binomial(sizes, shares).astype(np.int64), np.array(sizes, dtype=np.int64))
        n_held += (
            gap is not None and (gap.low or 0.0) <= true + 1e-12 and true <= (1.0 if gap.high is None else gap.high)
        )
    assert n_held >= 0.95 * 400 - 9, f"{n_held} of 400"


def test_two_ratios_looked_at_together_leave_more_to_chance() -> None:
    one, both = (smallest_ratio(of(48, 12), of(80, 40), family=family) for family in (1, 2))
    assert one is not None and both is not None
    assert (both.low or 0) < (one.low or 0) and (both.high or 0) > (one.high or 0)


table = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=2, max_size=5)


@given(table, st.randoms())
def test_neither_the_order_nor_the_names_of_groups_change_an_interval(
    rows: list[tuple[int, int]], random: object
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    straight, other = (np.array(each, dtype=np.int64) for each in (rows, shuffled))
    for measure in (widest_difference, smallest_ratio):
        gaps = [measure(each[:, 0], each.sum(axis=1)) for each in (straight, other)]
        assert gaps[0] == gaps[1]
