"""Groups of people, and how differently they are treated."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from services.automl.business_inputs import MIN_GROUP_ROWS
from services.automl.group_gap import MAX_GROUPS, group_gap, group_labels, shares_acted


def test_the_gap_is_the_largest_difference_in_the_share_acted_on() -> None:
    acted = np.repeat([True, False, True, False], [40, 10, 20, 30])
    groups = np.repeat(["women", "men"], 50)
    assert shares_acted(acted, groups) == {"women": 0.8, "men": 0.4}
    assert group_gap(acted, groups) == 0.4


def test_groups_that_are_too_small_do_not_count_and_one_alone_has_no_gap() -> None:
    groups = np.array(["north"] * 60 + ["south"] * (MIN_GROUP_ROWS - 1) + [""] * 60)
    acted = np.arange(len(groups)) < 60
    assert group_gap(acted, groups) is None
    groups[-1] = "south"
    assert group_gap(acted, groups) == 1.0 - 0.0


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), max_size=200), st.randoms())
def test_neither_order_nor_names_of_groups_matter(
    rows: list[tuple[bool, str]], random: "np.random.RandomState"
) -> None:
    def gap(rows: list[tuple[bool, str]]) -> float | None:
        return group_gap(np.array([acted for acted, _ in rows], bool), np.array([group for _, group in rows], str))

    found = gap(rows)
    assert found is None or 0.0 <= found <= 1.0
    renamed = [(acted, group.upper() * 3) for acted, group in rows]
    random.shuffle(renamed)
    assert gap(renamed) == found


def test_numbers_of_many_values_are_quarters_and_few_values_are_themselves() -> None:
    ages = pd.Series([*range(18, 98), None])
    labels = group_labels(ages)
    assert labels[-1] == ""
    assert sorted(np.unique(labels)) == ["", "0", "1", "2", "3"]
    assert {int((labels == band).sum()) for band in "0123"} == {20}
    assert list(group_labels(pd.Series([1, 2, 2]))) == ["1", "2", "2"]


def test_rare_words_are_one_group() -> None:
    towns = pd.Series([f"town {number}" for number in range(MAX_GROUPS) for _ in range(3)] + ["hamlet", " ", None])
    labels = group_labels(towns)
    assert list(labels[-3:]) == ["other", "", ""]
    assert len(np.unique(labels)) == MAX_GROUPS + 2
