"""From choices to what is said of them: counts, the curve over limits."""

from dataclasses import replace

import numpy as np
import pytest

from services.simulation.actions import actions_of
from services.simulation.findings import (
    MOST_DOINGS,
    Limited,
    budget_curve,
    doings,
    value_in_words,
)
from tests.makers_simulation import PRICE

N = 200


def make_limited(*, budget: float = np.inf, capacity: float = np.inf) -> Limited:
    """Cases of which the first gain most from the one action, at a cost of 1."""
    gains = np.column_stack([np.zeros(N), np.linspace(5, -2, N)])
    noise = np.random.default_rng(0).normal(0, 0.01, (2, 3, N, 2))
    costs = np.column_stack([np.zeros(N), np.ones(N)])
    return Limited(
        first=gains + noise[0],
        second=gains + noise[1],
        in_first=np.arange(N) % 2 == 0,
        supported=np.ones((N, 2), dtype=bool),
        costs=costs,
        acts=costs,
        budget=budget,
        capacity=capacity,
    )


@pytest.mark.parametrize("limit", ["budget", "capacity"])
def test_more_of_a_limit_never_brings_less_and_the_choice_is_on_the_curve(limit: str) -> None:
    limited = make_limited(**{limit: 50.0})
    found = limited.valued()
    spent, acts = limited.used(found.choices)
    assert spent == acts == 50.0
    points = budget_curve(limited, found, yearly=1_000.0, say=lambda _share: None, seed=0)
    amounts = [point.amount for point in points]
    assert amounts == pytest.approx(sorted(amounts), abs=1.0)
    assert (points[0].acts, points[0].amount) == (0.0, 0.0)
    (chosen,) = [point for point in points if point.is_chosen]
    assert chosen.acts == pytest.approx(50 / N * 1_000)
    assert chosen.low < chosen.amount < chosen.high


def test_without_limits_the_choice_is_the_end_of_the_curve() -> None:
    limited = make_limited()
    found = limited.valued()
    points = budget_curve(limited, found, yearly=1_000.0, say=lambda _share: None, seed=0)
    assert points[-1].is_chosen
    assert len({point.acts for point in points}) == len(points)


def test_where_nothing_is_done_the_curve_is_one_point() -> None:
    limited = make_limited(budget=0.0)
    nothing = replace(limited, supported=np.column_stack([np.ones(N), np.zeros(N)]).astype(bool))
    found = nothing.valued()
    points = budget_curve(nothing, found, yearly=1_000.0, say=lambda _share: None, seed=0)
    assert [(point.acts, point.is_chosen) for point in points] == [(0.0, True)]


def test_settings_are_counted_and_rare_ones_joined() -> None:
    actions = actions_of([replace(PRICE, step=10.0)], observed={})
    n = len(actions)
    choices = np.arange(n)
    acts = np.ones((n, n))
    acts[:, 0] = 0
    found = doings(choices, acts, actions)
    assert len(found) == MOST_DOINGS + 2
    assert found[-2].what == f"{n - 1 - MOST_DOINGS} other settings"
    assert found[-1].what == "Left as it is"
    assert sum(doing.n_cases for doing in found) == n
    assert sum(doing.share for doing in found) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("unit", "value", "says"), [("%", 10.0, "10%"), ("EUR", 12.5, "12.5 EUR"), ("", 3.0, "3"), ("", np.nan, "missing")]
)
def test_values_are_told_with_their_unit(unit: str, value: float, says: str) -> None:
    assert value_in_words(replace(PRICE, unit=unit), value) == says
