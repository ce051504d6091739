"""Workbooks: one sheet, typed cells, and a warning for whatever the sheet hides."""

import datetime

import pytest

from services.datasets.errors import UnreadableFileError
from services.datasets.formats.workbook import spell_number
from tests.makers_files import parse
from tests.makers_hostile import make_workbook

DAY = datetime.date(2024, 1, 2)


def test_cells_keep_their_kinds() -> None:
    rows: list[list[object]] = [
        ["n", "x", "zip", "day", "ok"],
        [1, 0.5, "00123", DAY, True],
        [2, None, "7", None, False],
    ]
    read = parse(make_workbook(rows), "t.xlsx")
    assert read.frame["n"].tolist() == [1, 2]
    assert read.frame["zip"].tolist() == ["00123", "7"]
    assert read.frame["day"].iloc[0].date() == DAY
    assert read.frame["ok"].tolist() == ["true", "false"]
    assert (read.report.format, read.report.sheet) == ("Excel workbook", "Sheet1")


def test_blank_rows_and_columns_are_left_out_and_said() -> None:
    rows: list[list[object]] = [[], ["a", "b", None], [1, 2, None], [], [], [3, 4, None]]
    read = parse(make_workbook(rows), "t.xlsx")
    assert read.frame.to_dict("list") == {"a": [1, 3], "b": [2, 4]}
    assert "2 blank rows were left out." in read.report.warnings


def test_errors_in_cells_are_missing_and_counted() -> None:
    read = parse(make_workbook([["a", "b"], [1, "#N/A"], [2, "#DIV/0!"], [3, "x"]]), "t.xlsx")
    assert read.frame["b"].isna().tolist() == [True, True, False]
    assert "2 cells hold errors such as #N/A, read as missing." in read.report.warnings


def test_dates_among_numbers_stay_text_and_are_said() -> None:
    read = parse(make_workbook([["a", "b"], [1, 1], [2, 2], [DAY, 3]]), "t.xlsx")
    assert read.frame["a"].tolist() == ["1", "2", "2024-01-02"]
    assert "dates in 1 rows (first in row 3)" in read.report.columns[0].notes[0]


def test_a_word_among_numbers_keeps_the_column_text_with_its_row() -> None:
    numbers: list[list[object]] = [[n, n] for n in range(40)]
    read = parse(make_workbook([["a", "b"], *numbers, ["oops", 1]]), "t.xlsx")
    assert read.frame["a"].iloc[-1] == "oops"
    assert any("row 41 is not" in note for note in read.report.columns[0].notes)


def test_a_hidden_sheet_is_not_asked_about_where_one_is_filled() -> None:
    content = make_workbook([["a", "b"], [1, 2], [3, 4]], [["secret"], [1]], hidden=(1,))
    assert list(parse(content, "t.xlsx").frame.columns) == ["a", "b"]
    with pytest.raises(UnreadableFileError, match="no sheet of the chosen name"):
        parse(content, "t.xlsx", sheet="Sheet9")


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (-0.5, "-0.5"), (1e20, "1e+20"), (123456789012345.0, "123456789012345")]
)
def test_a_number_is_spelled_so_that_it_reads_the_same(value: float, text: str) -> None:
    assert spell_number(value) == text
    assert float(text) == value
