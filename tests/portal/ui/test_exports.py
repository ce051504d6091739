"""What people take with them: numbers as CSV in which no text becomes a formula."""

import csv
import io

import pytest

from portal.ui.exports import csv_of


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_numbers_and_words_are_read_back() -> None:
    content = csv_of(("Item", "Amount"), [("Kaffee, für alle", -12.5), ('A "quoted" one', None)])
    assert content.startswith(b"\xef\xbb\xbf")  # spreadsheets take it for UTF-8 only with this mark
    assert read(content) == [["Item", "Amount"], ["Kaffee, für alle", "-12.5"], ['A "quoted" one', ""]]


@pytest.mark.parametrize("name", ["=1+1", "+1+1", "-1-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_would_start_a_formula_stays_text(name: str) -> None:
    assert read(csv_of(("Item",), [(name,)]))[1][0].startswith("'")
