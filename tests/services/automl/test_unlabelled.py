"""A table without an outcome, and how many of its rows are looked at."""

import pandas as pd
import pytest

from services.automl.errors import UnusableDataError
from services.automl.unlabelled import MAX_CELLS, fitted_rows, read_unlabelled
from tests.makers_automl import make_cases


def test_identifiers_and_constants_are_left_out_with_a_reason() -> None:
    data = read_unlabelled(make_cases(100).assign(always=1), purpose="to try", min_rows=10)
    assert {column.name for column in data.left_out} == {"case_id", "always"}
    assert all(column.note for column in data.left_out)
    assert (len(data), list(data.x.columns)) == (100, [column.name for column in data.columns])


def test_only_the_columns_that_were_asked_for_are_read() -> None:
    data = read_unlabelled(make_cases(50), purpose="to try", min_rows=10, feature_columns=["plan", "months"])
    assert list(data.x.columns) == ["plan", "months"]
    with pytest.raises(UnusableDataError, match="no column “absent”"):
        read_unlabelled(make_cases(50), purpose="to try", min_rows=10, feature_columns=["absent"])


def test_too_few_rows_are_counted_in_the_sentence() -> None:
    with pytest.raises(UnusableDataError, match="has 1 row; at least 9 are needed to try"):
        read_unlabelled(pd.DataFrame({"a": [1]}), purpose="to try", min_rows=9)


def test_a_wide_table_is_fitted_on_fewer_rows() -> None:
    assert len(fitted_rows(300, 5, seed=0)) == 300
    assert len(fitted_rows(1_000_000, 5, seed=0)) == 20_000
    wide = fitted_rows(1_000_000, 10_000, seed=0)
    assert len(wide) == MAX_CELLS // 10_000
    assert list(wide) == sorted(set(wide))
