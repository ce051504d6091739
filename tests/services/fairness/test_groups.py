"""Groups: values, quarters of numbers, who has no value, and two columns together."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fairness.groups import MAX_GROUPS, MISSING, OTHERS, cross, group_by


def sizes(values: "pd.Series[Any]") -> dict[str, int]:
    grouping = group_by(values, "column")
    return dict(zip(grouping.names, grouping.sizes.tolist(), strict=True))


def test_a_value_is_a_group_and_no_value_is_one_of_its_own() -> None:
    assert sizes(pd.Series(["f", "m", " f ", None, "?", "m"])) == {"f": 2, "m": 2, MISSING: 2}


def test_a_number_with_many_values_falls_into_quarters_with_readable_names() -> None:
    found = sizes(pd.Series([*range(18, 98), np.nan]))
    assert found == {"under 38": 20, "38 to under 58": 20, "58 to under 78": 20, "78 or more": 20, MISSING: 1}


def test_a_number_with_few_values_keeps_them_in_their_order() -> None:
    assert list(sizes(pd.Series([10, 9, 2, 2, 10]))) == ["2", "9", "10"]


def test_numbers_spelled_as_text_are_numbers() -> None:
    assert next(iter(sizes(pd.Series([str(age) for age in range(20, 60)])))) == "under 30"


def test_dates_fall_into_quarters_by_day() -> None:
    found = sizes(pd.Series(pd.date_range("2020-01-01", periods=40)))
    assert next(iter(found)) == "under 2020-01-11"


def test_equal_values_are_never_separated_and_no_band_is_empty() -> None:
    values = pd.Series([0.0] * 70 + [float(value) for value in range(1, 31)])
    found = sizes(values)
    assert found == {"under 6": 75, "6 or more": 25}


def test_edges_that_look_alike_in_three_digits_are_told_apart() -> None:
    names = list(sizes(pd.Series(np.linspace(0.12341, 0.12349, 80))))
    assert len(set(names)) == len(names)
    assert names[0].startswith("under 0.12343")


def test_rare_values_beyond_the_limit_are_one_group() -> None:
    frequent = [f"kind {number:02d}" for number in range(MAX_GROUPS) for _ in range(3)]
    found = sizes(pd.Series([*frequent, "rare a", "rare b"]))
    assert found[OTHERS] == 2
    assert len(found) == MAX_GROUPS + 1


def test_a_value_that_is_called_like_ours_stays_apart() -> None:
    assert sizes(pd.Series([MISSING, MISSING, None])) == {MISSING: 2, f"({MISSING})": 1}


def test_a_long_value_is_shortened() -> None:
    assert all(len(name) <= 40 for name in sizes(pd.Series(["x" * 90, "y"])))


def test_two_columns_together_have_only_the_groups_that_exist() -> None:
    one, other = group_by(pd.Series(["f", "m", "f"]), "sex"), group_by(pd.Series(["a", "a", "b"]), "place")
    both = cross(one, other)
    assert both.columns == ("sex", "place")
    assert dict(zip(both.names, both.sizes.tolist(), strict=True)) == {"f, a": 1, "f, b": 1, "m, a": 1}


@given(st.lists(st.one_of(st.none(), st.integers(-50, 50), st.sampled_from(["a", "b", "Zürich", ""])), min_size=1))
def test_every_row_belongs_to_exactly_one_group(values: list[object]) -> None:
    grouping = group_by(pd.Series(values, dtype="object"), "any")
    assert grouping.sizes.sum() == len(values)
    assert grouping.sizes.min() > 0
    assert len(set(grouping.names)) == len(grouping.names)


def test_one_group_only_is_no_error() -> None:
    assert sizes(pd.Series(["f"] * 5)) == {"f": 5}
    assert sizes(pd.Series([None, None], dtype="object")) == {MISSING: 2}


@pytest.mark.parametrize("n", [1, 2])
def test_very_few_rows_are_no_error(n: int) -> None:
    assert sum(sizes(pd.Series(range(n))).values()) == n


def test_a_number_that_piles_up_at_its_lowest_value_falls_into_that_and_more() -> None:
    piled = pd.Series([0.0] * 900 + list(range(1, 15)) * 7)
    assert sizes(piled) == {"under 1": 900, "1 or more": 98}
