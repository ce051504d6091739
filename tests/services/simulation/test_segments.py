"""Groups of cases by the values of a column."""

import numpy as np
import pandas as pd
import pytest

from services.errors import InvalidInputError
from services.simulation.segments import ALL, MOST_SEGMENTS, deal_segments


def test_without_a_column_all_cases_are_one_group() -> None:
    (segment,) = deal_segments(pd.DataFrame({"x": [1, 2]}), "")
    assert (segment.name, segment.cases.tolist()) == (ALL, [0, 1])


def test_each_case_is_in_one_group_and_a_gap_is_one() -> None:
    rows = pd.DataFrame({"city": pd.Series(["Bern", None, "Basel", "Bern"], dtype="str")})
    found = deal_segments(rows, "city")
    assert [(segment.name, segment.cases.tolist()) for segment in found] == [
        ("Basel", [2]),
        ("Bern", [0, 3]),
        ("missing", [1]),
    ]


def test_a_number_with_many_values_is_cut_into_quarters() -> None:
    values = np.append(np.arange(100.0), np.nan)
    found = deal_segments(pd.DataFrame({"age": values}), "age")
    assert [len(segment.cases) for segment in found] == [25, 25, 25, 25, 1]
    assert found[0].name == "1: 0 to 24.8"
    assert np.sort(np.concatenate([segment.cases for segment in found])).tolist() == list(range(101))


def test_a_number_with_few_values_is_taken_as_it_is() -> None:
    found = deal_segments(pd.DataFrame({"rooms": [1, 2, 2, 3]}), "rooms")
    assert [segment.name for segment in found] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("column", "says"), [("word", "has 500 values, and at most 12 groups"), ("absent", "the data do not have")]
)
def test_what_is_no_group_is_refused_with_what_to_do(column: str, says: str) -> None:
    assert MOST_SEGMENTS == 12
    rows = pd.DataFrame({"word": pd.Series([f"w{number}" for number in range(500)], dtype="str")})
    with pytest.raises(InvalidInputError, match=says):
        deal_segments(rows, column)
