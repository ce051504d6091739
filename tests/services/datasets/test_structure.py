"""The fast look at quotes and line breaks: where it calls a text plain, it says what Python's strict reader says."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.datasets import structure
from services.datasets.structure import Structure, scan


def scan_text(text: str, folder: Path, piece: int) -> Structure:
    path = folder / "text"
    path.write_bytes(text.encode())
    before = structure._PIECE
    structure._PIECE = piece
    try:
        return scan(path, 0, ",")
    finally:
        structure._PIECE = before


@given(st.text(st.sampled_from('ab,"\n\r'), max_size=40), st.integers(2, 50))
@example('a,b\n"x\ny",1\n', 3)
@example('"a""b",c\r\n\r\n1,2', 4)
@example('a,"b"c\n', 2)
def test_plain_text_has_as_many_records_as_the_strict_reader_finds(
    tmp_path_factory: pytest.TempPathFactory, text: str, piece: int
) -> None:
    found = scan_text(text, tmp_path_factory.mktemp("text"), piece)
    if not found.is_plain:
        return
    records = [record for record in csv.reader(io.StringIO(text, newline=""), strict=True) if record]
    assert found.n_records == len(records)
    assert found.has_breaks_in_cells == any("\n" in cell or "\r" in cell for record in records for cell in record)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=5), min_size=2, max_size=4), max_size=5))
def test_what_the_standard_writer_writes_is_plain(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    assert scan_text(text.getvalue(), tmp_path_factory.mktemp("text"), 7).is_plain


@pytest.mark.parametrize("text", ['a,b"c\n', 'a,"b"c\n', '"a', 'a,"b\nc\n', ' "a",b\n', '"a" ,b\n'])
def test_unusual_quotes_are_left_to_the_exact_way(text: str, tmp_path: Path) -> None:
    assert not scan_text(text, tmp_path, 16).is_plain
