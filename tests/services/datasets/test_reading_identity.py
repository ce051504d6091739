"""Whatever table is written, reading it back gives the same table: in every format that can hold it."""

import io
import json
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.makers_files import parse
from tests.makers_hostile import make_parquet

_NAMES = st.lists(
    st.text(st.characters(categories=["L"]), min_size=1, max_size=8).map(str.strip).filter(lambda n: n.isprintable()),
    min_size=2,
    max_size=4,
    unique=True,
)
_WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_MARKED = _WORDS.map(lambda word: f"§{word}§")  # neither a number, a date nor a spelling of missing
_SMALL = st.integers(-(10**15) + 1, 10**15 - 1)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_DAYS = st.datetimes(pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")).map(lambda day: day.replace(microsecond=0))


@st.composite
def tables(
    draw: Any, texts: Any = _MARKED, wholes: Any = _SMALL, floats: Any = _FLOATS, moments: bool = True
) -> pd.DataFrame:
    """A table of all types, with gaps where a type has them."""
    n_rows = draw(st.integers(2, 6))

    def some(values: Any, *, gaps: bool) -> list[Any]:
        found = draw(st.lists(st.none() | values if gaps else values, min_size=n_rows, max_size=n_rows))
        return found if any(value is not None for value in found) else [draw(values), *found[1:]]

    columns: dict[str, Any] = {}
    for name in draw(_NAMES):
        kind = draw(st.sampled_from(["whole", "number", "text", *(["date"] if moments else [])]))
        if kind == "whole":
            columns[name] = pd.Series(some(wholes, gaps=False), dtype="int64")
        elif kind == "number":
            columns[name] = pd.Series(some(floats, gaps=True), dtype="float64")
        elif kind == "text":
            columns[name] = pd.Series(some(texts, gaps=True), dtype="str")
        else:
            columns[name] = pd.Series(some(_DAYS, gaps=True), dtype="datetime64[us]")
    return pd.DataFrame(columns)


def same(read: pd.DataFrame, written: pd.DataFrame) -> None:
    """Equal in names, order and values; a column of decimals that are all whole may have become whole numbers."""
    for name in written.columns:
        if read[name].dtype == np.int64 and written[name].dtype == np.float64:
            read = read.astype({name: "float64"})
    pd.testing.assert_frame_equal(read, written, check_exact=True)


@settings(max_examples=50)
@given(tables())
def test_csv(table: pd.DataFrame) -> None:
    # pandas quotes a lone return only where lines end with one
    written = table.to_csv(index=False, date_format="%Y-%m-%d %H:%M:%S", lineterminator="\r\n")
    same(parse(written).frame, table)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_csv_of_other_separators(separator: str) -> None:
    table = pd.DataFrame({"a": ["x;y", "p\tq|"], "n": [1, 2], "z": [0.5, 1.5]})
    same(parse(table.to_csv(index=False, sep=separator)).frame, table)


@settings(max_examples=50)
@given(tables(texts=_WORDS, wholes=st.integers(-(2**63), 2**63 - 1)))
def test_parquet(table: pd.DataFrame) -> None:
    same(parse(make_parquet(table), "t.parquet").frame, table)


@settings(max_examples=50)
@given(tables(texts=_WORDS, wholes=st.integers(-(2**63), 2**63 - 1), moments=False))
def test_json_lines(table: pd.DataFrame) -> None:
    records = [{name: _plain(value) for name, value in row.items()} for row in table.to_dict("records")]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    same(parse(lines, "t.jsonl").frame, table)


def _is_no_formula(word: str) -> bool:
    return not word.startswith(("=", "#")) and "_x" not in word


_CELL_TEXT = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=8)


_SHEET_FLOATS = _FLOATS.map(lambda value: float(f"{value:.14g}"))  # openpyxl writes 15 to 16 digits


@settings(max_examples=25)
@given(tables(texts=_CELL_TEXT.filter(_is_no_formula), floats=_SHEET_FLOATS))
def test_workbook(table: pd.DataFrame) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(table.columns))
    for row in table.itertuples(index=False):
        sheet.append([_plain(value) for value in row])
    content = io.BytesIO()
    book.save(content)
    written = table.dropna(how="all").reset_index(drop=True)
    if len(written) >= 2:
        same(parse(content.getvalue(), "t.xlsx").frame, written)


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value != value:
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
