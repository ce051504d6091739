"""A window shows exactly the rows it is asked for, whatever the layout of the file, and counts as pandas would."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.errors import ColumnMissingError
from services.datasets.recipe.conditions import checked_condition
from services.datasets.recipe.errors import StepNotPossibleError
from services.datasets.row_window import MAX_PICKED, MAX_ROWS, count_matches, read_picked, read_window


def write(path: Path, n_rows: int, row_group_size: int) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "number": [float(n) if n % 7 else float("nan") for n in range(n_rows)],
            "word": [f"w{n % 3}" for n in range(n_rows)],
        }
    ).astype({"word": "str"})
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path, row_group_size=row_group_size)
    return frame


@given(
    n_rows=st.integers(0, 120),
    row_group_size=st.integers(1, 130),
    start=st.integers(0, 140),
    n=st.integers(0, 60),
)
def test_a_window_is_the_slice_of_the_table(
    tmp_path_factory: pytest.TempPathFactory, n_rows: int, row_group_size: int, start: int, n: int
) -> None:
    path = tmp_path_factory.mktemp("window") / "table.parquet"
    frame = write(path, n_rows, row_group_size)
    found = read_window(path, start, n, ["word", "number"])
    expected = frame.iloc[start : start + n][["word", "number"]]
    assert found.n_rows == n_rows
    assert list(found.table.index) == list(range(start, start + len(expected)))
    pd.testing.assert_frame_equal(found.table.reset_index(drop=True), expected.reset_index(drop=True))


def test_rows_are_found_behind_a_batch(tmp_path: Path) -> None:
    write(tmp_path / "t", 40_000, 40_000)
    found = read_window(tmp_path / "t", 39_990, 50, ["number"])
    assert list(found.table.index) == list(range(39_990, 40_000))


def test_picked_rows_come_in_the_order_asked_for_and_few(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    frame = write(path, 60, 7)
    found = read_picked(path, [41, 3, 99], ["word"])
    assert found["word"].to_dict() == {41: frame["word"][41], 3: frame["word"][3]}
    assert len(read_picked(path, list(range(60)), ["word"])) == MAX_PICKED
    assert list(read_picked(path, [], ["word"])) == ["word"]


def test_more_than_a_screen_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "t", 5, 5)
    with pytest.raises(ValueError, match="At most"):
        read_window(tmp_path / "t", 0, MAX_ROWS + 1, ["word"])
    with pytest.raises(ValueError, match="At most"):
        read_window(tmp_path / "t", -1, 5, ["word"])


def test_an_unknown_column_is_named(tmp_path: Path) -> None:
    write(tmp_path / "t", 5, 5)
    with pytest.raises(ColumnMissingError):
        read_window(tmp_path / "t", 0, 5, ["other"])
    with pytest.raises(ColumnMissingError):
        count_matches(tmp_path / "t", {"column": "other", "operator": "is_missing"})


@pytest.mark.parametrize(
    ("condition", "n_expected"),
    [
        ({"column": "number", "operator": "less", "value": 10}, 8),
        ({"column": "number", "operator": "is_missing"}, 15),
        ({"column": "word", "operator": "is", "value": "w1"}, 33),
        ({"column": "word", "operator": "contains", "value": "W"}, 100),
    ],
)
def test_a_count_is_that_of_the_whole_table(tmp_path: Path, condition: dict[str, object], n_expected: int) -> None:
    write(tmp_path / "t", 100, 9)
    assert count_matches(tmp_path / "t", checked_condition(condition)) == (n_expected, 100)


def test_a_question_that_a_column_does_not_allow_is_refused_also_without_rows(tmp_path: Path) -> None:
    write(tmp_path / "t", 0, 9)
    with pytest.raises(StepNotPossibleError):
        count_matches(tmp_path / "t", checked_condition({"column": "word", "operator": "less", "value": 1}))
