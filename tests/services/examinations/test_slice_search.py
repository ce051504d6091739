"""The search for worst slices: what was planted is found, what was not is not, and luck is told from a finding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.examinations.slice_conditions import SliceCondition
from services.examinations.slice_exploring import BEAM, Candidate
from services.examinations.slice_search import (
    LEAST_RATIO,
    Confirmed,
    halves,
    merged,
    overlap,
    p_worse,
    search_slices,
)


def world(n: int = 4_000, seed: int = 0) -> tuple[list[SliceCondition], np.ndarray, np.ndarray]:
    """Twelve conditions on three columns, unit exponential losses, and the codes of the columns (n, 3)."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, 4, (n, 3))
    conditions = [
        SliceCondition(f"c{column}", f"c{column} is {value}", codes[:, column] == value)
        for column in range(3)
        for value in range(4)
    ]
    return conditions, random.exponential(1.0, n), codes


def found_in(conditions: list[SliceCondition], losses: np.ndarray, seed: int = 0) -> list[Candidate]:
    exploring, confirming = halves(len(losses), seed)
    return [one.candidate for one in search_slices(conditions, losses, exploring, confirming, least=30).confirmed]


def test_a_planted_pair_is_found_although_its_parts_are_harmless() -> None:
    conditions, losses, codes = world()
    bad = (codes[:, 0] == 1) & (codes[:, 1] == 2)
    compensated = ((codes[:, 0] == 1) ^ (codes[:, 1] == 2)) & True
    losses[bad] *= 3.0
    losses[compensated] *= 0.6
    found = found_in(conditions, losses)
    assert found[0].words == ("c0 is 1", "c1 is 2")
    assert (found[0].rows == bad).all()


def test_a_planted_condition_is_not_told_again_in_every_pair_it_has() -> None:
    conditions, losses, codes = world()
    losses[codes[:, 2] == 3] *= 2.0
    exploring, confirming = halves(len(losses), 0)
    search = search_slices(conditions, losses, exploring, confirming, least=30)
    assert [one.candidate.words for one in search.confirmed] == [("c2 is 3",)]
    n_pairs = 12 + 3 * 16
    assert n_pairs <= search.n_tried <= n_pairs + 4 * BEAM, "Every value, every pair, and some with a third value."


def test_three_conditions_are_found_where_two_of_them_hint_at_it() -> None:
    conditions, losses, codes = world(8_000)
    bad = (codes[:, 0] == 1) & (codes[:, 1] == 2) & (codes[:, 2] == 3)
    losses[bad] *= 6.0
    exploring, confirming = halves(len(losses), 0)
    search = search_slices(conditions, losses, exploring, confirming, least=30)
    assert search.confirmed[0].candidate.words == ("c0 is 1", "c1 is 2", "c2 is 3")
    assert (search.confirmed[0].candidate.rows == bad).all()
    assert len(search.confirmed) == 1, "Its pairs are worse for its sake only."


def test_a_third_condition_that_adds_nothing_is_not_added() -> None:
    conditions, losses, codes = world(8_000)
    losses[(codes[:, 0] == 1) & (codes[:, 1] == 2)] *= 4.0
    assert [one.words for one in found_in(conditions, losses)] == [("c0 is 1", "c1 is 2")]


def test_three_conditions_that_only_the_searched_half_has_are_not_confirmed() -> None:
    conditions, losses, codes = world(8_000)
    exploring, confirming = halves(len(losses), 0)
    here = np.isin(np.arange(len(losses)), exploring)
    losses[here & (codes[:, 0] == 1) & (codes[:, 1] == 2) & (codes[:, 2] == 3)] *= 6.0
    search = search_slices(conditions, losses, exploring, confirming, least=30)
    assert any(len(one.words) == 3 for one in search.tested)
    assert search.confirmed == ()


@pytest.mark.slow
def test_where_nothing_is_wrong_something_is_found_no_more_often_than_one_time_in_twenty() -> None:
    n_false = sum(bool(found_in(*world(1_000, seed)[:2], seed)) for seed in range(200))
    assert n_false <= 18, "200 x 0.05 is 10, and 19 or more happen one time in 200."


def test_what_the_search_fell_for_is_not_confirmed_by_the_other_half() -> None:
    conditions, losses, codes = world()
    exploring, confirming = halves(len(losses), 0)
    only_here = np.zeros(len(losses), dtype=bool)
    only_here[exploring] = codes[exploring, 0] == 1
    losses[only_here] *= 3.0
    search = search_slices(conditions, losses, exploring, confirming, least=30)
    assert any(one.words == ("c0 is 1",) for one in search.tested)
    assert search.confirmed == ()


def test_a_difference_that_is_certain_but_small_is_not_worth_a_word() -> None:
    conditions, losses, codes = world(200_000)
    losses[codes[:, 0] == 1] *= 1 + (LEAST_RATIO - 1) / 2
    assert found_in(conditions, losses) == []


def test_a_model_that_is_never_wrong_has_no_worst_slice() -> None:
    conditions, losses, _ = world()
    assert found_in(conditions, np.zeros(len(losses))) == []
    assert found_in([], losses) == []


def test_no_slice_is_smaller_than_asked() -> None:
    conditions, losses, codes = world(600)
    losses[(codes[:, 0] == 1) & (codes[:, 1] == 2)] *= 20.0
    exploring, confirming = halves(600, 0)
    search = search_slices(conditions, losses, exploring, confirming, least=60)
    assert search.tested
    assert all(one.rows[exploring].sum() >= 60 and one.rows[confirming].sum() >= 60 for one in search.tested)


@given(st.integers(0, 50), st.integers(5, 200), st.integers(5, 200))
def test_the_test_is_that_of_welch(seed: int, n: int, m: int) -> None:
    random = np.random.default_rng(seed)
    losses = np.concatenate([random.exponential(1.4, n), random.exponential(1.0, m)])
    rows = np.arange(n + m) < n
    expected = stats.ttest_ind(losses[:n], losses[n:], equal_var=False, alternative="greater").pvalue
    assert p_worse(losses, rows) == pytest.approx(expected, rel=1e-9)


def test_rows_of_one_group_do_not_count_as_many() -> None:
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 50)
    per_group = random.exponential(1.0, 40)
    per_group[:4] += 1.0
    losses, rows = per_group[groups] + random.normal(0, 0.01, 2_000), groups < 4
    assert p_worse(losses, rows) < 1e-4
    assert p_worse(losses, rows, groups) > 1e-3, "Four customers are four, however many rows each has."
    assert p_worse(losses, groups < 1, groups) == 1.0, "Of one group nothing can be said."


def test_losses_without_any_spread_are_no_error() -> None:
    rows = np.arange(100) < 40
    assert p_worse(np.ones(100), rows) == 1.0
    assert p_worse(np.where(rows, 2.0, 1.0), rows) == 0.0
    assert p_worse(np.ones(100), np.arange(100) < 1) == 1.0


def test_groups_are_never_in_both_halves() -> None:
    groups = np.random.default_rng(0).integers(0, 30, 500)
    exploring, confirming = halves(500, 0, groups)
    assert set(groups[exploring]).isdisjoint(groups[confirming])
    assert sorted([*exploring, *confirming]) == list(range(500))
    assert min(len(exploring), len(confirming)) > 100


@given(st.integers(0, 101), st.integers(0, 5))
def test_halves_are_halves_and_the_same_each_time(n: int, seed: int) -> None:
    one, other = halves(n, seed), halves(n, seed)
    assert abs(len(one[0]) - len(one[1])) <= 1
    assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_slices_of_nearly_the_same_rows_are_one_with_the_others_beside_it() -> None:
    losses = np.where(np.arange(1_000) < 220, 3.0, 1.0)
    confirming = np.arange(1_000)

    def slice_of(low: int, high: int, n_conditions: int = 1) -> Confirmed:
        rows = (confirming >= low) & (confirming < high)
        conditions = tuple(SliceCondition(f"c{i}", f"{low}", rows) for i in range(n_conditions))
        return Confirmed(Candidate(conditions, rows), 0.001, 0.002)

    wide, near, pair, apart = slice_of(0, 200), slice_of(10, 210), slice_of(0, 60, 2), slice_of(500, 600)
    kept = merged([pair, wide, near, apart], losses, confirming)
    assert [len(one.alike) for one in kept] == [2, 0]
    assert kept[0].candidate.conditions[0].words in ("0", "10")
    assert kept[1].candidate is apart.candidate


def test_a_pair_that_is_much_worse_than_its_part_is_told_beside_it() -> None:
    rows = np.arange(1_000)
    losses = np.where(rows < 60, 6.0, np.where(rows < 200, 2.0, 1.0))
    part = Confirmed(Candidate((SliceCondition("a", "a", rows < 200),), rows < 200), 0.001, 0.002)
    own = SliceCondition("b", "b", rows < 60)
    pair = Confirmed(Candidate((*part.candidate.conditions, own), rows < 60), 0.001, 0.002)
    assert [one.candidate for one in merged([part, pair], losses, rows)] == [pair.candidate, part.candidate]


def test_a_part_that_is_worse_only_for_the_sake_of_its_pair_is_told_with_it() -> None:
    conditions, losses, codes = world(6_000)
    losses[(codes[:, 0] == 1) & (codes[:, 1] == 2)] *= 2.0
    exploring, confirming = halves(len(losses), 0)
    (one,) = search_slices(conditions, losses, exploring, confirming, least=30).confirmed
    assert one.candidate.words == ("c0 is 1", "c1 is 2")
    assert ("c0 is 1",) in [other.words for other in one.alike]


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(0, 100))
def test_overlap_is_a_share_and_the_same_from_both_sides(flags: list[bool], seed: int) -> None:
    one = np.array(flags)
    other = np.random.default_rng(seed).random(len(flags)) < 0.5
    assert 0 <= overlap(one, other) <= 1
    assert overlap(one, other) == overlap(other, one)
    assert overlap(one, one) == (1.0 if one.any() else 0.0)
