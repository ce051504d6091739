"""One setting for all: a closed form, a constrained published optimum, an interrupted search."""

import math

import numpy as np
import pytest
from scipy.special import expit, lambertw

from services.errors import InvalidInputError
from services.simulation.global_search import Demand, search_globally

A, WEIGHTS, B, COST = np.array([4.0, 5.0, 6.0]), np.array([0.3, 0.4, 0.3]), 0.01, 300.0


def accepted(prices: np.ndarray) -> float:
    return float((WEIGHTS * expit(A - B * prices)).sum())


def profit(prices: np.ndarray) -> float:
    return float((WEIGHTS * (prices - COST) * expit(A - B * prices)).sum())


@pytest.mark.parametrize(
    ("a", "b", "cost", "price"), [(5, 0.01, 300, 500), (4, 0.02, 80, 190.4830184), (8, 0.01, 300, 692.6271062)]
)
def test_the_best_price_has_a_closed_form(a: float, b: float, cost: float, price: float) -> None:
    exact = cost + (1 + float(lambertw(math.exp(a - b * cost - 1)).real)) / b
    assert exact == pytest.approx(price, abs=1e-6)
    found = search_globally(lambda p: float((p[0] - cost) * expit(a - b * p[0])), [(50, 1_500)])
    assert found.levers[0] == pytest.approx(price, rel=1e-3)
    if price == 500:
        assert found.value == pytest.approx(100, abs=1e-3)


def test_three_segments_each_with_its_price() -> None:
    found = search_globally(profit, [(200, 900)] * 3)
    assert found.value == pytest.approx(103.728669, abs=1e-4)
    assert accepted(found.levers) == pytest.approx(0.491251, abs=1e-3)
    assert found.broken == ()


def test_with_a_share_that_must_accept_the_best_is_the_published_one() -> None:
    found = search_globally(profit, [(200, 900)] * 3, demands=[Demand("60% accept", accepted, least=0.6)])
    assert found.value == pytest.approx(98.524023, rel=1e-3)
    assert found.levers == pytest.approx([400.03, 455.738, 520.813], rel=0.01)
    assert found.broken == ()


def test_demands_that_exclude_each_other_are_named() -> None:
    demands = [Demand("all accept", accepted, least=0.99), Demand("profit", profit, least=90)]
    found = search_globally(profit, [(200, 900)] * 3, demands=demands, most_generations=20)
    assert found.broken


def test_an_interrupted_search_goes_on_from_where_it_was() -> None:
    n_asked = 0

    def ask(*_: object) -> bool:
        nonlocal n_asked
        n_asked += 1
        return n_asked < 4

    stopped = search_globally(profit, [(200, 900)] * 3, is_wished=ask)
    assert n_asked == 4
    resumed = search_globally(profit, [(200, 900)] * 3, begin_with=stopped.population, seed=1)
    assert stopped.value < resumed.value == pytest.approx(103.728669, abs=1e-4)
    whole = search_globally(profit, [(200, 900)] * 3)
    assert resumed.n_tried < whole.n_tried


def test_whole_numbers_stay_whole_and_holes_are_avoided() -> None:
    found = search_globally(
        lambda x: float("nan") if x[0] > 7 else -((x[0] - 6.4) ** 2), [(0, 10)], whole=[True], most_generations=30
    )
    assert found.levers[0] == 6


@pytest.mark.parametrize("bounds", [[], [(1.0, 1.0)], [(2.0, 1.0)]])
def test_a_lever_without_a_range_is_refused(bounds: list[tuple[float, float]]) -> None:
    with pytest.raises(InvalidInputError, match="lowest value below its highest"):
        search_globally(lambda _: 0.0, bounds)
