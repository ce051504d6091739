"""When a search stands still."""

import numpy as np
import pytest

from services.automl.plateau import NEXT, find_plateau


def results(*values: float) -> list[tuple[float, float]]:
    return [(10.0 * place, value) for place, value in enumerate(values, start=1)]


def test_a_search_that_gained_lately_or_tried_little_is_on_none() -> None:
    assert find_plateau([], greater_is_better=True, used_seconds=0) is None
    assert find_plateau(results(0.9, *[0.8] * 14), greater_is_better=True, used_seconds=150) is None
    assert find_plateau(results(*[0.8] * 25, 0.9, *[0.8] * 15), greater_is_better=True, used_seconds=400) is None


def test_it_says_since_when_how_much_the_last_gain_was_and_what_more_may_bring() -> None:
    found = find_plateau(results(0.7, 0.8, 0.85, *[0.8] * 17), greater_is_better=True, used_seconds=230)
    assert found is not None
    assert (found.n_since, found.n_variants, found.seconds_since) == (17, 20, 200)
    assert found.last_gain == pytest.approx(0.05)
    assert found.chance == pytest.approx(NEXT / 30)


def test_where_less_is_better_the_least_is_the_best() -> None:
    found = find_plateau(results(0.5, 0.3, *[0.4] * 16), greater_is_better=False, used_seconds=180)
    assert found is not None
    assert found.n_since == 16
    assert found.last_gain == pytest.approx(0.2)


def test_the_order_of_ending_counts_and_not_the_order_of_the_list() -> None:
    ended = results(0.9, *[0.8] * 19)
    found = find_plateau(list(reversed(ended)), greater_is_better=True, used_seconds=200)
    assert found is not None
    assert (found.n_since, found.last_gain) == (19, None)


def test_the_chance_is_that_of_exchangeable_variants() -> None:
    random = np.random.default_rng(0)
    tried = random.normal(size=(20_000, 30 + NEXT))
    is_later = tried.argmax(axis=1) >= 30
    found = find_plateau(results(1.0, *[0.0] * 29), greater_is_better=True, used_seconds=300)
    assert found is not None
    assert is_later.mean() == pytest.approx(found.chance, abs=0.01)
