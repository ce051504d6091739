"""How groups are treated: the published vectors, what is too small to say, and what must not change a number."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.fairness.groups import Grouping
from services.fairness.measures import (
    Answered,
    bias_of,
    count,
    have_other_rates,
    measure_gaps,
    measure_groups,
)

A_Y, A_SAID = "11110000", "11101000"
B_Y, B_SAID = "11110000", "11001100"


def flags(text: str, times: int = 1) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([sign == "1" for sign in text] * times)


def v6_3(times: int) -> tuple[Grouping, Answered]:
    """The vector, repeated so that the groups are large enough to be compared."""
    y = np.concatenate([flags(A_Y, times), flags(B_Y, times)])
    acted = np.concatenate([flags(A_SAID, times), flags(B_SAID, times)])
    grouping = Grouping(("g",), ("a", "b"), np.repeat([0, 1], 8 * times))
    return grouping, Answered(y, np.where(acted, 0.8, 0.2), acted)


def test_v6_3_selection_equalised_odds_and_their_ratios() -> None:
    grouping, rows = v6_3(10)
    one, other = measure_groups(grouping, rows)
    assert one.acted is not None and other.acted is not None
    assert (one.acted.value, other.acted.value) == (0.5, 0.5)
    assert one.found is not None and other.found is not None
    assert (one.found.value, other.found.value) == (0.75, 0.5)
    assert one.alarms is not None and other.alarms is not None
    assert (one.alarms.value, other.alarms.value) == (0.25, 0.5)
    gaps = measure_gaps(count(grouping, rows.y, rows.acted))
    assert gaps.acted_ratio is not None and gaps.acted_ratio.value == 1.0
    assert gaps.acted is not None and gaps.acted.value == 0.0
    assert gaps.odds is not None and gaps.odds.value == 0.25
    assert gaps.odds_ratio is not None and gaps.odds_ratio.value == 0.5
    assert gaps.found is not None and gaps.alarms is not None
    assert gaps.odds.low is not None and gaps.found.low is not None
    assert gaps.odds.low <= gaps.found.low, "Two gaps looked at together leave more to chance."


def test_eight_rows_are_too_few_and_no_gap_of_zero() -> None:
    grouping, rows = v6_3(1)
    for group in measure_groups(grouping, rows):
        assert not group.is_counted
        assert (group.n, group.acted, group.found, group.rule, group.worth) == (8, None, None, None, None)
    assert measure_gaps(count(grouping, rows.y, rows.acted)).acted is None


def world(n: int = 600, seed: int = 0) -> tuple[Grouping, Answered]:
    random = np.random.default_rng(seed)
    codes = random.choice(3, n, p=[0.5, 0.45, 0.05])
    y = random.random(n) < np.array([0.5, 0.3, 0.4])[codes]
    scores = np.clip(0.35 + 0.3 * y + random.normal(0, 0.2, n), 0.01, 0.99).round(3)
    rows = Answered(y, scores, scores > 0.5, np.where(y, 100.0, -20.0), np.where(y, 1.2, 0.9))
    return Grouping(("g",), ("a", "b", "c"), codes), rows


def test_four_rows_in_which_it_happens_are_too_few_for_what_is_found_of_them() -> None:
    y = flags("1111" + "0" * 36)
    rows = Answered(y, np.where(y, 0.9, 0.1), y)
    (group,) = measure_groups(Grouping(("g",), ("a",), np.zeros(40, dtype=np.intp)), rows)
    assert group.is_counted
    assert group.found is None
    assert group.alarms is not None
    assert group.precision is None
    assert group.area is None


def test_a_tiny_group_that_is_treated_worst_moves_no_gap_and_no_verdict() -> None:
    grouping, rows = world()
    before = measure_gaps(count(grouping, rows.y, rows.acted))
    extra = 29
    y, acted = np.append(rows.y, np.ones(extra, bool)), np.append(rows.acted, np.zeros(extra, bool))
    larger = Grouping(("g",), (*grouping.names, "tiny"), np.append(grouping.codes, np.full(extra, 3)))
    assert measure_gaps(count(larger, y, acted)) == before
    found = measure_groups(larger, Answered(y, np.append(rows.scores, np.full(extra, 0.1)), acted))
    assert found[3].rule is None
    assert [group.found for group in found[:3]] == [group.found for group in measure_groups(grouping, rows)]


def test_the_money_of_a_case_is_weighted_to_use() -> None:
    grouping, rows = world()
    group = measure_groups(grouping, rows)[0]
    own = grouping.codes == 0
    assert rows.worth is not None and rows.weights is not None
    value = (np.where(rows.acted, rows.worth, 0.0) * rows.weights)[own].sum() / rows.weights[own].sum()
    assert group.worth is not None
    assert group.worth.value == pytest.approx(value)
    assert group.worth.low is not None and group.worth.low < value < (group.worth.high or 0)
    without = measure_groups(grouping, replace(rows, worth=None, weights=None))[0]
    assert without.worth is None


def test_where_a_false_alarm_harms_the_rule_compares_who_is_left_alone() -> None:
    codes, acted = np.repeat([0, 1], 100), np.repeat([True, False, True, False], [20, 80, 60, 40])
    rows = Answered(np.zeros(200, bool), acted * 0.9, acted)
    grouping = Grouping(("g",), ("a", "b"), codes)
    missed = {group.name: group.rule for group in measure_groups(grouping, rows, "missed")}
    alarm = {group.name: group.rule for group in measure_groups(grouping, rows, "false_alarm")}
    assert missed["a"] is not None and missed["a"].verdict == "indicated"
    assert missed["b"] is not None and missed["b"].value == 1.0
    assert alarm["b"] is not None and alarm["b"].verdict == "indicated"
    assert alarm["b"].value == pytest.approx(0.4 / 0.8)


def test_other_rates_are_seen_where_they_are_sure() -> None:
    grouping, rows = world(3_000)
    assert have_other_rates(count(grouping, rows.y, rows.acted))
    alike, rows = v6_3(50)
    assert not have_other_rates(count(alike, rows.y, rows.acted))


def test_the_calibration_gap_of_groups_is_compared() -> None:
    grouping = Grouping(("g",), ("a", "b"), np.repeat([0, 1], 200))
    means, errors = bias_of(grouping, np.r_[np.tile([0.1, 0.3], 100), np.tile([-0.1, 0.1], 100)])
    assert means == pytest.approx([0.2, 0.0])
    counted = count(grouping, np.zeros(400, bool), np.zeros(400, bool))
    gap = measure_gaps(counted, means, errors).bias
    assert gap is not None
    assert gap.value == pytest.approx(0.2)
    assert gap.low is not None and gap.low > 0.15


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_neither_the_order_of_rows_nor_the_names_of_groups_change_a_number(seed: int) -> None:
    grouping, rows = world(240, seed=seed % 7)
    random = np.random.default_rng(seed)
    order, renamed = random.permutation(len(rows.y)), random.permutation(len(grouping.names))
    names = ("x", "y", "z")
    other = Grouping(("h",), names, renamed[grouping.codes][order].astype(np.intp))
    assert rows.worth is not None and rows.weights is not None
    moved = Answered(rows.y[order], rows.scores[order], rows.acted[order], rows.worth[order], rows.weights[order])
    straight, changed = measure_groups(grouping, rows), measure_groups(other, moved)
    for place, group in enumerate(straight):
        twin = replace(changed[int(renamed[place])], name=group.name)
        assert replace(twin, bias=None, worth=None, area=None) == replace(group, bias=None, worth=None, area=None)
        for one, two in ((twin.bias, group.bias), (twin.worth, group.worth), (twin.area, group.area)):
            assert (one is None) == (two is None)
            if one is not None and two is not None:
                assert (one.value, one.low, one.high) == pytest.approx((two.value, two.low, two.high), abs=1e-9)
    counted = [count(grouping, rows.y, rows.acted), count(other, moved.y, moved.acted)]
    assert measure_gaps(counted[0]) == measure_gaps(counted[1])
