"""How long a search may still take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl.remaining_time import remaining_seconds


def left(n_ended: int, used: float, *, n_budget: int = 10, budget: float = 100.0) -> float | None:
    return remaining_seconds(
        n_ended=n_ended, n_budget=n_budget, used_seconds=used, budget_seconds=budget, is_searching=True
    )


def test_the_pace_so_far_says_when_all_are_tried() -> None:
    assert left(4, 20.0) == pytest.approx(30.0)


def test_the_time_budget_ends_the_search_where_it_comes_first() -> None:
    assert left(4, 80.0) == pytest.approx(20.0)


def test_nothing_is_said_before_two_trials_have_ended_or_while_not_searching() -> None:
    assert left(1, 10.0) is None
    assert remaining_seconds(n_ended=5, n_budget=10, used_seconds=1, budget_seconds=100, is_searching=False) is None


@given(st.integers(2, 20), st.floats(0, 1e5), st.integers(1, 20), st.floats(1, 1e5))
def test_it_is_never_negative_and_never_beyond_the_budget(
    n_ended: int, used: float, n_budget: int, budget: float
) -> None:
    seconds = left(n_ended, used, n_budget=n_budget, budget=budget)
    assert seconds is not None
    assert 0 <= seconds <= max(budget - used, 0)
