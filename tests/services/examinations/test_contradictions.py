"""Conditions that no row can meet together, and those that only look so."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.recipe.conditions import matches
from services.examinations.contradictions import find_contradiction


def condition(operator: str, value: Any = None, column: str = "x") -> dict[str, Any]:
    found = {"column": column, "operator": operator}
    return found if value is None else {**found, "value": value}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (condition("less", "5"), condition("more", "24")),
        (condition("less", "5"), condition("more", "5")),
        (condition("between", ["1", "3"]), condition("more", "3")),
        (condition("between", [1, 3]), condition("between", [4, 5])),
        (condition("is", "4"), condition("less", "4")),
        (condition("is", "a"), condition("is", "b")),
        (condition("is", "a"), condition("is_not", "a")),
        (condition("is", "abc"), condition("contains", "xyz")),
        (condition("is_missing"), condition("more", 1)),
        (condition("before", "2024-01-01"), condition("after", "2024-06-01")),
    ],
)
def test_what_excludes_each_other_is_said_with_both(one: dict[str, Any], other: dict[str, Any]) -> None:
    for pair in ((one, other), (other, one)):
        assert find_contradiction(pair).startswith("No row can meet both: “x” ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (condition("less", "5"), condition("more", "4")),
        (condition("between", ["1", "3"]), condition("between", ["3", "4"])),
        (condition("is", "4"), condition("between", ["4", "5"])),
        (condition("is", "1"), condition("is", "1.0")),
        (condition("is_not", "a"), condition("is_not", "b")),
        (condition("less", "5"), condition("more", "24", column="y")),
        (condition("is", "abc"), condition("contains", "B")),
        (condition("before", "2024-06-01"), condition("after", "2024-01-01")),
    ],
)
def test_what_can_be_true_together_is_let_through(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert find_contradiction([one, other]) == ""


NUMBERS = st.integers(0, 6)
BOUNDED = st.one_of(
    st.builds(condition, st.sampled_from(["less", "more", "is"]), NUMBERS),
    st.tuples(NUMBERS, NUMBERS).map(lambda ends: condition("between", sorted(ends))),
)


@given(BOUNDED, BOUNDED)
def test_it_agrees_with_looking_at_every_number(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Half numbers as well, as “less than 3” and “more than 2” have 2.5 in common; and −1 and 7 beyond the ends."""
    frame = pd.DataFrame({"x": np.arange(-1, 7.5, 0.5)})
    together = matches(frame, one) & matches(frame, other)
    assert bool(find_contradiction([one, other])) == (not together.any())


def test_of_three_the_two_that_exclude_each_other_are_named() -> None:
    three = [condition("more", 3), condition("is", "a", column="y"), condition("less", 2)]
    said = find_contradiction(three)
    assert "more than 3" in said
    assert "less than 2" in said
    assert "“y”" not in said
    assert all(find_contradiction(pair) == "" for pair in product(three[:2], repeat=1))
