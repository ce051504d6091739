"""One action a case within limits: published tables, an oracle that tries everything, and a bound that holds."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.simulation import allocation
from services.simulation.allocation import Allocation, allocate

TABLE_VALUES = np.array([[0, 3, 10], [0, 4, 9], [0, 2, 7], [0, 5, 5.5]])
TABLE_COSTS = np.array([[0, 1, 4], [0, 1, 3], [0, 1, 2], [0, 1, 4]], dtype=float)


def with_budget(values: np.ndarray, costs: np.ndarray, budget: float) -> Allocation:
    return allocate(values, costs[:, :, None], np.array([budget]))


@pytest.mark.parametrize(("budget", "value"), list(enumerate([0, 5, 9, 12, 16, 19, 21, 24, 26, 26, 31, 31])))
def test_the_table_of_a_small_problem(budget: float, value: float) -> None:
    found = with_budget(TABLE_VALUES, TABLE_COSTS, budget)
    assert found.value == value
    assert found.is_exact
    assert found.gap == 0


@settings(max_examples=60)
@given(st.data())
def test_it_is_the_best_of_all_that_keep_the_limits(data: st.DataObject) -> None:
    n, k, r = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))
    numbers = st.integers(-5, 20)
    values = np.array(data.draw(st.lists(numbers, min_size=n * k, max_size=n * k)), dtype=float).reshape(n, k)
    needs = np.array(data.draw(st.lists(st.integers(0, 6), min_size=n * k * r, max_size=n * k * r)), dtype=float)
    needs = needs.reshape(n, k, r)
    needs[:, 0] = 0  # a case can be left as it is
    limits = np.array(data.draw(st.lists(st.integers(0, 15), min_size=r, max_size=r)), dtype=float)
    found = allocate(values, needs, limits)
    rows = np.arange(n)
    best = max(
        values[rows, choice].sum()
        for choice in map(np.array, itertools.product(range(k), repeat=n))
        if (needs[rows, choice].sum(axis=0) <= limits).all()
    )
    assert found.value == pytest.approx(best)
    assert (needs[rows, found.choices].sum(axis=0) <= limits + 1e-9).all()
    assert (found.prices >= 0).all()


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(0.05, 1.5), st.integers(1, 2))
def test_by_prices_it_is_nearly_as_good_and_the_bound_holds(seed: int, tightness: float, r: int) -> None:
    random = np.random.default_rng(seed)
    values = random.gamma(2, 10, (60, 5)) * random.integers(0, 2, (60, 5))
    needs = random.uniform(0.5, 3, (60, 5, r))
    values[:, 0], needs[:, 0] = 0, 0
    limits = tightness * needs.mean(axis=(0, 1)) * 60
    exact = allocate(values, needs, limits)
    assert exact.is_exact
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allocation, "MOST_EXACT", 0)
        quick = allocate(values, needs, limits)
    assert (quick.used <= limits * (1 + 1e-9)).all()
    assert quick.value <= exact.value + 1e-6 <= quick.bound + 2e-6
    assert quick.value >= min(0.93 * exact.value, exact.value - r * values.max())  # prices leave r cases unsettled


def test_fifty_thousand_cases_with_ten_actions_take_two_seconds_at_most() -> None:
    random = np.random.default_rng(0)
    costs = np.sort(random.uniform(1, 20, (50_000, 10)), axis=1)
    values = 8 * np.sqrt(costs) * random.gamma(2, 0.7, (50_000, 1)) + random.normal(0, 3, (50_000, 10))
    costs[:, 0] = values[:, 0] = 0
    started = time.perf_counter()
    found = with_budget(values, costs, 100_000)
    seconds = time.perf_counter() - started
    assert found.gap <= 0.001
    assert found.used[0] <= 100_000
    assert seconds < 20  # ten times the goal: the machine may be busy


def test_what_is_not_scarce_has_no_price() -> None:
    found = with_budget(TABLE_VALUES, TABLE_COSTS, np.inf)
    assert found.prices.tolist() == [0]
    assert found.value == 31.5
    assert found.is_exact
    assert not found.is_scarce


@pytest.mark.parametrize(("budget", "is_scarce"), [(0, True), (5, True), (12.99, True), (13, False), (np.inf, False)])
def test_a_limit_is_scarce_where_it_stands_in_the_way(budget: float, is_scarce: bool) -> None:
    """The best for each case costs 4, 3, 2 and 4."""
    assert with_budget(TABLE_VALUES, TABLE_COSTS, budget).is_scarce == is_scarce


def test_the_price_is_what_one_more_unit_brings() -> None:
    """With many small cases the value is nearly linear in the budget."""
    random = np.random.default_rng(1)
    values, costs = random.uniform(1, 9, (5_000, 2)), np.ones((5_000, 2))
    values[:, 0] = costs[:, 0] = 0
    found = with_budget(values, costs, 1_000)
    more = with_budget(values, costs, 1_001)
    assert found.prices[0] == pytest.approx(more.value - found.value, rel=0.01)


def test_only_supported_actions_are_taken() -> None:
    supported = np.ones((4, 3), dtype=bool)
    supported[:, 2] = False
    found = allocate(TABLE_VALUES, TABLE_COSTS[:, :, None], np.array([11.0]), supported=supported)
    assert found.value == 14


def test_a_case_without_an_action_is_told() -> None:
    with pytest.raises(InvalidInputError, match="4 of 4 cases have no action"):
        allocate(TABLE_VALUES, TABLE_COSTS[:, :, None], np.array([1.0]), supported=np.zeros((4, 3), dtype=bool))


def test_limits_that_even_the_most_frugal_exceed_are_told() -> None:
    with pytest.raises(InvalidInputError, match="Even the most frugal actions need 4 where 3 is allowed"):
        with_budget(TABLE_VALUES[:, 1:], TABLE_COSTS[:, 1:], 3)


def test_with_a_budget_of_nothing_every_case_is_left_as_it_is() -> None:
    found = with_budget(TABLE_VALUES, TABLE_COSTS, 0)
    assert found.choices.tolist() == [0, 0, 0, 0]
    assert found.prices[0] > 0
