"""The list of actions as files: nothing in them is run by a spreadsheet, numbers stay numbers."""

import io
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from services.simulation.action_list import cells, headings, write_csv, write_workbook
from tests.makers_simulation import CONTRACT, make_report

CASE = make_report().first[0]
HOSTILE = replace(CASE, names=("=cmd|' /C calc'!A0",), today=("@SUM(1)",), then=("+1+1",), reasons=("-2+3", "fine"))


@pytest.mark.parametrize("is_forecast", [True, False])
def test_headings_and_cells_belong_together(is_forecast: bool) -> None:
    header = headings([CONTRACT], ["customerID"], is_forecast=is_forecast, answer="chance")
    line = cells(CASE, is_forecast=is_forecast)
    assert len(header) == len(line)
    found = dict(zip(header, line, strict=True))
    assert found["Contract today"] == "Month-to-month"
    assert found["Contract suggested"] == "Two year"
    assert found.get("gain") == (95.2 if is_forecast else None)
    assert ("chance then" in header) == is_forecast


def test_in_csv_what_would_be_a_formula_is_text() -> None:
    header = headings([replace(CONTRACT, name="=Contract")], ["id"], is_forecast=True, answer="chance")
    content = write_csv(header, [cells(HOSTILE, is_forecast=True)])
    assert content.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(io.BytesIO(content))
    assert all(not str(name).startswith(("=", "+", "-", "@")) for name in table.columns)
    for name in ("id", "'=Contract today", "'=Contract suggested", "reasons"):
        assert str(table[name][0]).startswith("'")
    assert table["gain"][0] == 95.2


def test_in_the_workbook_no_cell_is_a_formula() -> None:
    header = headings([CONTRACT], ["id"], is_forecast=True, answer="chance")
    content = write_workbook(header, [cells(HOSTILE, is_forecast=True), cells(CASE, is_forecast=True)])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    values = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in values} <= {"s", "n"}
    assert sheet.max_row == 3
    assert sheet["A3"].value == 7


def test_an_empty_list_has_its_headings() -> None:
    assert write_csv(["row", "cost"], []).decode("utf-8-sig") == "row,cost\r\n"


def test_numbers_below_zero_stay_numbers() -> None:
    assert write_csv(["gain"], [["-12.5"], [-3.0]]).decode("utf-8-sig") == "gain\r\n-12.5\r\n-3.0\r\n"
