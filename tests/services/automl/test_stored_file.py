"""A version of the data from either of its files is the same table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from services.automl.stored_file import read_stored_file
from services.datasets.export import csv_of
from services.datasets.tables import read_table_file, stored_types_of, write_table_file

FRAME = pd.DataFrame(
    {
        "whole": [1, -2, 9_007_199_254_740_991],
        "number": [0.1 + 0.2, np.nan, -1e-300],
        "code": pd.Series(["007", "=1+1", 'a,"b"\nc'], dtype="str"),
        "gappy": pd.Series([np.nan, "-x", "'quoted"], dtype="str"),
        "-day": pd.to_datetime(pd.Series(["2024-02-29 12:00:00.000001", None, "1969-12-31"]), format="ISO8601"),
    }
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    write_table_file(FRAME, tmp_path / "table.parquet")
    return tmp_path / "table.parquet"


def test_the_stored_types_are_told_without_reading_a_row(table: Path) -> None:
    assert stored_types_of(table) == {
        "whole": "int64", "number": "float64", "code": "str", "gappy": "str", "-day": "datetime",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_both_files_give_exactly_the_stored_rows(table: Path, kind: str) -> None:
    path = table
    if kind == "csv":
        path = table.with_suffix(".csv")
        path.write_bytes(csv_of(table))
    found = read_stored_file(path, stored_types_of(table))
    pd.testing.assert_frame_equal(found, read_table_file(table), check_exact=True)


def test_what_is_missing_or_misspelled_is_said_by_its_column(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("whole,number\nx,1\n")
    with pytest.raises(ValueError, match="lacks the columns code"):
        read_stored_file(path, {"whole": "int64", "code": "str"})
    with pytest.raises(ValueError, match="The column whole has cells that are not of the type int64"):
        read_stored_file(path, {"whole": "int64"})
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(ValueError, match="lacks"):
        read_stored_file(tmp_path / "empty.csv", {"whole": "int64"})
