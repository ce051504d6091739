"""The four-fifths rule, against what its authors published and what chance does to it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from services.fairness.four_fifths import are_judged, is_adverse, judge_ratios, worst_verdict


def of(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def test_v6_1_only_the_group_below_exactly_four_fifths_is_adverse() -> None:
    """UGESP questions and answers: 60, 45, 48 and 51 % of applicants are selected; 48/60 is exactly .8 and is not."""
    ratios = judge_ratios(of(60, 45, 48, 51), of(100, 100, 100, 100))
    assert [ratio.value for ratio in ratios if ratio] == pytest.approx([1.0, 0.75, 0.8, 0.85])
    assert [is_adverse(hits, 100, 60, 100) for hits in (60, 45, 48, 51)] == [False, True, False, False]
    assert [ratio.verdict for ratio in ratios if ratio] == [
        "not indicated",
        "indicated",
        "not indicated",
        "not indicated",
    ]


def test_exactly_four_fifths_is_not_adverse_where_floating_point_would_say_so() -> None:
    assert (4 / 100) / (5 / 100) < 0.8
    assert not is_adverse(4, 100, 5, 100)
    assert is_adverse(119, 1_000, 150, 1_000)


def test_v6_2_ratio_interval_and_test() -> None:
    worse = judge_ratios(of(48, 12), of(80, 40))[1]
    assert worse is not None
    assert worse.value == pytest.approx(0.5)
    assert (worse.low, worse.high) == pytest.approx((0.301433, 0.829372), abs=1e-6)
    assert worse.p == pytest.approx(0.0034092, abs=1e-7)
    assert worse.verdict == "indicated"


@pytest.mark.parametrize(
    ("rate", "n", "chance"),
    [(0.3, 20, 0.50), (0.3, 50, 0.32), (0.3, 100, 0.17), (0.3, 300, 0.028), (0.3, 1_000, 0.001), (0.05, 100, 0.63)],
)
def test_v6_4_the_bare_rule_fails_small_groups_by_chance(rate: float, n: int, chance: float) -> None:
    """The exact chance that a group treated like another one of 1,000 rows is adverse, or makes that one so."""
    m = 1_000
    ours, theirs = range(n + 1), range(m + 1)
    chances = np.outer(binom.pmf(ours, n, rate), binom.pmf(theirs, m, rate))
    adverse = [[is_adverse(a, n, b, m) or is_adverse(b, m, a, n) for b in theirs] for a in ours]
    assert float(chances[np.array(adverse)].sum()) == pytest.approx(chance, abs=0.012 if n < 300 else 0.002)


def test_below_the_ratio_without_a_sure_difference_it_is_possible() -> None:
    small = judge_ratios(of(12, 20), of(30, 35))[0]
    assert small is not None
    assert small.value < 0.8
    assert small.p > 0.05
    assert small.verdict == "possible"


def test_a_sure_difference_above_the_ratio_is_possible_too() -> None:
    large = judge_ratios(of(4_500, 5_000), of(10_000, 10_000))[0]
    assert large is not None
    assert large.value == pytest.approx(0.9)
    assert large.verdict == "possible"


def test_a_tiny_group_never_decides() -> None:
    """29 rows, or less than 2 % of all: neither judged nor the one others are compared with."""
    ratios = judge_ratios(of(0, 29, 500, 500), of(29, 29, 1_000, 1_000))
    assert ratios[:2] == [None, None]
    assert worst_verdict(ratios) == "not indicated"
    assert are_judged(of(30, 1_470)).tolist() == [True, True]
    assert are_judged(of(30, 1_471)).tolist() == [False, True]


def test_where_nobody_is_chosen_or_one_group_is_left_there_is_no_verdict() -> None:
    assert judge_ratios(of(0, 0), of(100, 100)) == [None, None]
    assert judge_ratios(of(50, 5), of(100, 10)) == [None, None]
    assert worst_verdict([]) == worst_verdict([None]) == "too few"


def test_a_group_of_whom_nobody_is_chosen_is_indicated_with_its_interval() -> None:
    none = judge_ratios(of(0, 50), of(100, 100))[0]
    assert none is not None
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high is not None and 0.05 < none.high < 0.2
    assert none.verdict == "indicated"


of_group = st.integers(30, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
counts = st.lists(of_group, min_size=2, max_size=6)


@given(counts, st.randoms())
def test_the_order_of_groups_changes_nothing(groups: list[tuple[int, int]], random: object) -> None:
    order = list(range(len(groups)))
    random.shuffle(order)  # type: ignore[attr-defined]
    straight = judge_ratios(of(*(a for a, _ in groups)), of(*(n for _, n in groups)))
    shuffled = judge_ratios(of(*(groups[i][0] for i in order)), of(*(groups[i][1] for i in order)))
    assert [straight[i] for i in order] == shuffled
