"""Which rows came, went or changed between two versions, with a key and without one."""

from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.row_differences import RowDifferences, compare_rows


def table(**columns: list[Any]) -> pd.DataFrame:
    texts = {name: "str" for name, cells in columns.items() if any(isinstance(cell, str) for cell in cells)}
    return pd.DataFrame(columns).astype(texts)


def compared(before: pd.DataFrame, after: pd.DataFrame) -> RowDifferences:
    found = compare_rows(before, after)
    assert found is not None
    return found


def test_rows_are_matched_by_their_key_and_changed_cells_are_counted_by_column() -> None:
    before = table(customer_id=["a", "b", "c", "d"], plan=["x", "x", None, "y"], paid=[1, 2, 3, 4])
    after = table(customer_id=["e", "d", "c", "b"], plan=["x", "y", "x", "x"], paid=[1.0, 4.0, None, 2.0])
    assert compared(before, after) == RowDifferences(
        n_columns=3,
        key="customer_id",
        n_same=2,
        n_changed=1,
        n_only_before=1,
        n_only_after=1,
        changed_columns=(("plan", 1), ("paid", 1)),
        first_only_before=(0,),
        first_only_after=(0,),
    )


@pytest.mark.parametrize("ids", [["a", "a", "b"], ["a", None, "b"]], ids=["repeats", "has a gap"])
def test_a_key_that_does_not_name_each_row_is_none(ids: list[Any]) -> None:
    assert compared(table(customer_id=ids), table(customer_id=["a", "b", "c"])).key is None


def test_amounts_that_happen_to_be_unique_are_no_key() -> None:
    assert compared(table(paid=[3, 1, 2]), table(paid=[5, 1, 2])).key is None


def test_without_a_key_equal_rows_are_counted_as_often_as_they_stand_there() -> None:
    before = table(plan=["x", "x", "x", "y", None], paid=[1, 1, 1, 2, 3])
    after = table(plan=["x", "z", None, "x"], paid=[1.0, 1.0, 3.0, 1.0])
    found = compared(before, after)
    assert (found.key, found.n_same, found.n_only_before, found.n_only_after) == (None, 3, 2, 1)
    assert (found.first_only_before, found.first_only_after) == ((2, 3), (1,))


def test_a_column_that_became_text_still_says_the_same() -> None:
    before = table(zip_id=[1, 2, 3], day=[pd.Timestamp("2024-01-01"), None, pd.Timestamp("2024-02-01")])
    after = table(zip_id=["1", "2", "4"], day=["2024-01-01", None, "2024-02-02"])
    found = compared(before, after)
    assert (found.key, found.n_same, found.n_changed, found.n_only_before, found.n_only_after) == ("zip_id", 2, 0, 1, 1)


def test_only_columns_of_both_are_compared() -> None:
    found = compared(table(plan=["x", "y"], old=[1, 2]), table(plan=["y", "x"], new=["a", "b"]))
    assert (found.n_columns, found.n_same, found.n_only_before) == (1, 2, 0)
    assert compare_rows(table(old=[1]), table(new=[1])) is None


@given(*[st.lists(st.tuples(st.sampled_from(["x", "y", None]), st.sampled_from([0, 1, 2])), max_size=20)] * 2)
def test_the_counts_are_those_of_two_bags(before: list[Any], after: list[Any]) -> None:
    frames = [
        pd.DataFrame({"plan": pd.Series([row[0] for row in rows], dtype="str"), "n": [row[1] for row in rows]})
        for rows in (before, after)
    ]
    found = compared(*frames)
    old, new = Counter(before), Counter(after)
    counts = (found.n_same, found.n_only_before, found.n_only_after)
    assert counts == ((old & new).total(), (old - new).total(), (new - old).total())
