"""What rows may have in common: every row is in one band, gaps have a name, rare values are taken together."""

import numpy as np
import pandas as pd
import pytest

from services.automl.columns import Column
from services.examinations.slice_conditions import MOST_CATEGORIES, SliceCondition, slice_conditions

N = 1_000
ALL = np.arange(N)


def conditions_of(kind: str, values: object, least: int = 20) -> list[SliceCondition]:
    frame = pd.DataFrame({"x": values})
    return slice_conditions([Column("x", kind)], frame, ALL, least)  # type: ignore[arg-type]


def test_bands_of_a_number_part_all_known_rows_and_a_gap_has_its_own() -> None:
    values = np.random.default_rng(0).normal(50, 10, N).round(1)
    values[:100] = np.nan
    found = conditions_of("number", values)
    words = [one.words for one in found]
    assert words[0] == "“x” is missing"
    assert words[1].startswith("“x” is at most 4")
    assert words[-1].startswith("“x” is over 5")
    assert np.sum([one.rows for one in found], axis=0).tolist() == [1] * N


def test_a_number_with_few_values_is_asked_value_by_value() -> None:
    found = conditions_of("number", np.tile([0.0, 1.0, 2.5, 3.0], N // 4))
    assert [one.words for one in found] == ["“x” is 0", "“x” is 1", "“x” is 2.5", "“x” is 3"]


def test_of_500_categories_the_frequent_have_names_and_the_others_are_one() -> None:
    random = np.random.default_rng(0)
    codes = np.where(random.random(N) < 0.5, random.integers(0, 3, N), random.integers(3, 500, N))
    found = conditions_of("category", pd.Series([f"v{code}" for code in codes], dtype="str"))
    assert len(found) == 4
    assert found[-1].words == "“x” is none of the 3 most frequent values"
    assert np.sum([one.rows for one in found], axis=0).tolist() == [1] * N


def test_no_more_categories_are_named_than_a_person_reads() -> None:
    values = pd.Series([f"v{place % 40}" for place in range(N)], dtype="str")
    assert len(conditions_of("category", values, least=10)) == MOST_CATEGORIES + 1


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (2_000, "“x” is in 20"),
        (400, "“x” is in quarter"),
        (120, "“x” is in Jan 2024"),
        (20, "“x” is until 2024-01-"),
    ],
)
def test_dates_go_by_the_longest_period_of_which_there_are_a_few(days: int, expected: str) -> None:
    start = (pd.Timestamp("2024-01-01") - pd.Timestamp(0)).days
    found = conditions_of("date", start + np.linspace(0, days, N))
    assert any(one.words.startswith(expected) for one in found)
    assert 2 <= len(found) <= 8


def test_an_all_missing_column_free_text_and_a_constant_ask_nothing() -> None:
    assert conditions_of("number", np.full(N, np.nan)) == []
    assert conditions_of("category", pd.Series([None] * N, dtype="str")) == []
    assert conditions_of("number", np.ones(N)) == []
    assert conditions_of("text", pd.Series([f"words {place} here" for place in range(N)], dtype="str")) == []


def test_no_condition_holds_for_fewer_rows_than_asked_nor_leaves_fewer() -> None:
    values = pd.Series(["a"] * 985 + ["b"] * 15, dtype="str")
    assert conditions_of("category", values, least=20) == []
    assert len(conditions_of("category", values, least=10)) == 2


def test_where_bands_begin_is_decided_by_the_exploring_rows_alone() -> None:
    values = np.concatenate([np.linspace(0, 100, 500), np.full(500, 1e6)])
    found = slice_conditions([Column("x", "number")], pd.DataFrame({"x": values}), ALL[:500], 20)
    assert found[0].words == "“x” is at most 25.1"
