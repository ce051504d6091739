"""Agreement counts columns and directions, and weighs the first column of the model more than its sixth."""

from itertools import combinations
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.interpretations.agreement import N_IMPORTANT, important_drivers, modelled_direction, score_agreement
from services.interpretations.expectations import Expected
from tests.makers_interpretations import make_drivers

EFFECTS = st.lists(st.floats(0, 50, allow_nan=False), min_size=1, max_size=12).map(lambda found: sorted(found)[::-1])


def _expected(columns: str, direction: str = "unknown") -> tuple[Expected, ...]:
    return tuple(Expected(column, direction) for column in columns)


def test_by_hand() -> None:
    found = score_agreement(_expected("ad"), make_drivers(9, 5, 4, 2))
    assert found.overlap == pytest.approx((1 + 1 / log2(5)) / (1 + 1 / log2(3)))
    assert (found.n_expected, found.n_found, found.n_important, found.n_columns) == (2, 2, 4, 4)


def test_to_have_named_the_strongest_is_full_agreement_whatever_the_order() -> None:
    drivers = make_drivers(9, 5, 4, 2, 1, 0.5, 0.2)
    for columns in ("a", "ba", "cab", "fedcba"):
        assert score_agreement(_expected(columns), drivers).overlap == pytest.approx(1.0)
    assert score_agreement(_expected("g"), drivers).overlap == 0.0


@given(EFFECTS, st.data())
def test_it_lies_between_nothing_and_full_and_a_stronger_column_never_agrees_less(
    effects: list[float], data: st.DataObject
) -> None:
    drivers = make_drivers(*effects)
    names = [driver.column for driver in drivers]
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=6, unique=True))
    found = score_agreement(_expected("".join(chosen)), drivers)
    if found.overlap is None:
        assert not important_drivers(drivers)
        return
    assert 0.0 <= found.overlap <= 1.0 + 1e-12
    assert found.n_found <= min(found.n_expected, found.n_important) <= N_IMPORTANT
    weaker = chosen[0]
    for stronger in (name for name in names[: names.index(weaker)] if name not in chosen):
        other = score_agreement(_expected("".join([stronger, *chosen[1:]])), drivers)
        assert other.overlap is not None
        assert other.overlap >= found.overlap - 1e-12


@pytest.mark.parametrize("n", [1, 2, 3, 5, 6])
def test_chance_is_the_mean_over_every_choice_of_as_many_columns(n: int) -> None:
    drivers = make_drivers(9, 8, 7, 6, 5, 4, 3, 2)
    choices = [score_agreement(_expected("".join(names)), drivers) for names in combinations("abcdefgh", n)]
    mean = sum(found.overlap or 0.0 for found in choices) / len(choices)
    assert choices[0].by_chance == pytest.approx(mean)


def test_only_directions_that_both_have_are_compared() -> None:
    drivers = make_drivers(9, 5, 4, 2, directions=("up", "down", "by category", "mixed"))
    said = (Expected("a", "raises"), Expected("b", "raises"), Expected("c", "raises"), Expected("d", "lowers"))
    found = score_agreement(said, drivers)
    assert (found.n_directions, found.n_right) == (2, 1)
    undirected = score_agreement(said, drivers, is_directed=False)
    assert (undirected.n_directions, undirected.n_right) == (0, 0)
    assert score_agreement(_expected("ab"), drivers).n_directions == 0


def test_a_constant_model_has_nothing_to_agree_with() -> None:
    for drivers in ((), make_drivers(0, 0, 0, directions=("up", "down"))):
        found = score_agreement(_expected("a", "raises"), drivers)
        assert (found.overlap, found.by_chance, found.n_important, found.n_directions) == (None, None, 0, 0)


def test_a_column_that_moves_nothing_has_no_direction() -> None:
    (driver,) = make_drivers(0.0, directions=("up",))
    assert modelled_direction(driver) == "unknown"


def test_the_important_are_six_at_most_and_strongest_first_also_where_the_file_is_not_sorted() -> None:
    drivers = make_drivers(1, 9, 3, 2, 7, 4, 8, 0)
    assert "".join(driver.column for driver in important_drivers(drivers)) == "bgefcd"
