"""Reading a text file: every fault is one sentence with its place, and nothing is changed silently."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.choices import ChoiceNeededError
from services.datasets.errors import UnreadableFileError
from services.datasets.profile import ColumnProfile
from tests.makers_files import parse


def column_of(text: str, name: str) -> ColumnProfile:
    return parse(text).column(name)


def refusal(content: bytes) -> str:
    with pytest.raises((UnreadableFileError, ChoiceNeededError)) as caught:
        parse(content)
    return caught.value.sentence


BAD_FILES = {
    "empty": (b"", "The file is empty."),
    "blank": (b" \n\n", "The file is empty."),
    "header only": (b"a,b\n", "no rows"),
    "one row": (b"a,b\n1,2\n", "only one row"),
    "wrong delimiter": (b"a:b\n1:2\n3:4\n", "Only one column was found."),
    "two delimiters": (b"a,b;c,d\n1,2;3,4\n1,2;3,4\n", "a comma or a semicolon"),
    "too many fields": (b"a,b\n1,2\n3,4,5\n6,7\n", "Line 3 has 3 values, but the header names 2 columns (“a”, “b”)."),
    "too few fields": (b"a,b,c\n1,2,3\n4\n5,6,7\n", "Line 3 has 1 value, but the header names 3 columns"),
    "fault after a line break in quotes": (b'a,b\n"x\ny",1\n2\n3,4\n', "Line 4 has 1 value"),
    "duplicate header": (b"a,b,a\n1,2,3\n4,5,6\n", "2 columns are called “a” (columns 1, 3)."),
    "duplicate after trimming": (b"a,a \n1,2\n3,4\n", "2 columns are called “a” (columns 1, 2)."),
    "empty header": (b"a,,c\n1,2,3\n4,5,6\n", "Column 2 has no name."),
    "header is data": (b"1,2,x\n3,4,y\n5,6,z\n", "The first line looks like data: 2 of its 3 cells are numbers."),
    "line break in header": (b'"a\nb",c\n1,2\n3,4\n', "The name of column 1 contains a control character."),
    "NUL": (b"a,b\n1,2\n3,\0\n", "Line 3 contains a NUL character"),
    "Latin-1": ("a,b\nx,1\nMünchen,2\n".encode("latin-1"), "This file is not UTF-8 (line 3). It may be"),
    "unterminated quote": (b'a,b\n1,2\n"x,3\n4,5\n', "In line 3 a quote is opened"),
    "remark first": (b"# exported\na,b\n1,2\n3,4\n", "The first line is a remark"),
    "sep line": (b"sep=;\na;b\n1;2\n3;4\n", "The first line is a remark"),
    "3 000 columns": (
        b"\n".join(b",".join(b"c%d" % i for i in range(3_000)) for _ in range(3)),
        "The file has 3,000 columns; at most 2,000 are read.",
    ),
    "a cell of 2 MB": (b"a,b\n1," + b"x" * 2_000_000 + b"\n2,3\n", "Line 2 has a cell of more than 1 MB"),
    "Excel": (b"PK\x03\x04 and more", "The archive is damaged"),
    "Parquet": (b"PAR1 and more", "The Parquet file has no end"),
    "gzip": (b"\x1f\x8b and more", "packed with gzip. Let the name end in .csv.gz"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_fault_is_refused_with_its_place(case: str) -> None:
    content, expected = BAD_FILES[case]
    assert expected in refusal(content)


CANARY = "zq7canary"
CANARY_FILES = [
    f"a,b\n1,{CANARY}\n{CANARY},2,3\n",
    f"a,b\n{CANARY},{CANARY}\n{CANARY}\n",
    f'a,b\n1,2\n"{CANARY},3\n4,5\n',
    f'a,b\n1,2\n"{CANARY}"{CANARY},3\n4,5\n',
    f"a,b\n{CANARY},\0\n",
    f"a,b\n{CANARY},1\n",
    f"a:b\n{CANARY}:1\n{CANARY}:2\n",
    f"a,b;c,d\n{CANARY},2;3,4\n1,2;3,{CANARY}\n",
]


@pytest.mark.parametrize("text", CANARY_FILES)
def test_no_sentence_contains_a_value(text: str) -> None:
    assert CANARY not in refusal(text.encode())
    latin = (text + "ü").encode("latin-1")
    assert CANARY not in refusal(latin)


def test_no_note_of_a_nearly_numeric_column_contains_a_value() -> None:
    text = "a,b\n" + "1,x\n" * 300 + f"{CANARY},x\n"
    notes = column_of(text, "a").notes
    assert "row 301 is not" in notes[0]
    assert all(CANARY not in note for note in notes)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    text = 'name,size,note\nx,1,"a,b;c\td|e"\ny,2,z\n'.replace(",", separator)
    frame = parse(text).frame
    assert list(frame.columns) == ["name", "size", "note"]
    assert list(frame["size"]) == [1, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_says_the_encoding(encoding: str) -> None:
    frame = parse("Stadt,n\nMünchen,1\nKöln,2\n".encode(encoding)).frame
    assert list(frame["Stadt"]) == ["München", "Köln"]


def test_a_decimal_comma_is_read_and_said() -> None:
    text = "name;price\na;1,5\nb;2,25\nc;3\n"
    read = parse(text)
    assert list(read.frame["price"]) == [1.5, 2.25, 3.0]
    assert read.profile.notes[0] == "The columns are separated by a semicolon."
    assert "comma as decimal sign" in read.profile.columns[1].notes[0]
    assert (read.report.separator, read.report.decimal_sign) == (";", ",")


def test_a_comma_in_quotes_is_no_decimal_sign_where_commas_separate() -> None:
    assert parse('a,b\n"1,5",x\n"2,5",y\n').frame.dtypes["a"] == "str"


def test_blank_cells_of_a_number_are_missing_and_counted() -> None:
    column = column_of("a,total\n1,29.85\n2, \n3,\n4,108\n", "total")
    assert (column.kind, column.n_missing) == ("number", 2)
    assert column.notes[0] == "2 cells are blank and read as missing."


def test_missing_tokens_are_read_and_counted_by_spelling() -> None:
    column = column_of("a,b\nNA,x\n1,x\nNA,y\nnull,y\n5,z\n", "a")
    assert (column.kind, column.n_missing) == ("number", 3)
    assert column.notes[:2] == (
        "2 cells are spelled “NA” and read as missing.",
        "1 cell is spelled “null” and read as missing.",
    )


KEPT_AS_TEXT = {
    "leading zeros": (["00123", "45678", "01234"], "begin with a zero"),
    "more than 15 digits": (["1234567890123456", "1", "2"], "more than 15 digits"),
    "beyond 64 bits": (["123456789012345678901234567890", "1", "2"], "more than 15 digits"),
}


@pytest.mark.parametrize("case", KEPT_AS_TEXT)
def test_what_a_number_would_change_stays_text(case: str) -> None:
    cells, expected = KEPT_AS_TEXT[case]
    text = "code,b\n" + "".join(f"{cell},x\n" for cell in cells)
    assert list(parse(text).frame["code"]) == cells
    assert any(expected in note for note in column_of(text, "code").notes)


@pytest.mark.parametrize("cell", ["+1", "-0.5", ".5", "5.", "1e3", "0", "0.25", "-7"])
def test_every_spelling_of_a_number_is_read(cell: str) -> None:
    frame = parse(f"a,b\n{cell},x\n2,y\n").frame
    assert frame["a"].iloc[0] == float(cell)


@pytest.mark.parametrize("cell", ["1,000", "1 000", "0x10", "1_000", "€5", "--1", "1e"])
def test_what_is_not_plainly_a_number_stays_text(cell: str) -> None:
    frame = parse(f'a,b\n"{cell}",x\n2,y\n').frame
    assert list(frame["a"]) == [cell, "2"]


def test_a_number_too_large_is_missing_and_said() -> None:
    column = column_of("a,b\n1e400,x\n2,y\n-inf,y\n", "a")
    assert column.n_missing == 2
    assert column.notes[0] == "2 cells are too large for a number and read as missing."


DATES = {
    "2024-12-31": ("2024-12-31", "2024-01-02"),
    "with time": ("2024-12-31 10:00:05", "2024-01-02 00:00:00"),
    "German": ("31.12.2024", "02.01.2024"),
    "day first": ("31/12/2024", "02/01/2024"),
    "month first": ("12/31/2024", "01/02/2024"),
}


@pytest.mark.parametrize("case", DATES)
def test_one_spelling_of_dates_is_read(case: str) -> None:
    first, second = DATES[case]
    frame = parse(f"day,b\n{first},x\n{second},y\n").frame
    assert [moment.date().isoformat() for moment in frame["day"]] == ["2024-12-31", "2024-01-02"]


def test_a_date_that_could_be_two_days_is_asked_about() -> None:
    text = "day,b\n01/02/2024,x\n03/04/2024,y\n"
    with pytest.raises(ChoiceNeededError, match="could be day/month or month/day") as asked:
        parse(text)
    (question,) = asked.value.questions
    assert (question.field, question.column) == ("date_orders", "day")
    assert [value for value, _ in question.options] == ["day", "month"]
    assert list(parse(text, date_orders={"day": "day"}).frame["day"].dt.month) == [2, 4]
    assert list(parse(text, date_orders={"day": "month"}).frame["day"].dt.month) == [1, 3]


def test_dates_in_two_orders_stay_text_with_the_rows_that_differ() -> None:
    column = column_of("day,b\n31/12/2024,x\n12/31/2024,y\n", "day")
    assert "row 1 can only be day/month/year, row 2 only month/day/year" in column.notes[0]


def test_mixed_line_ends_are_read() -> None:
    assert len(parse("a,b\r\n1,2\n3,4\r\n5,6").frame) == 3


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(_CELL, _CELL), min_size=2, max_size=6))
def test_text_comes_back_as_the_standard_reader_reads_it(rows: list[tuple[str, str]]) -> None:
    """The oracle is Python's strict `csv`; a mark in the first column keeps cells from being typed or dropped."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["first", "second"])
    writer.writerows([(f"§{a}§", f"§{b}§") for a, b in rows])
    content = buffer.getvalue()
    frame = parse(content).frame
    expected = list(csv.reader(io.StringIO(content, newline=""), strict=True))[1:]
    assert [list(row) for row in frame.itertuples(index=False)] == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_sentence(content: bytes) -> None:
    try:
        read = parse(content)
    except (UnreadableFileError, ChoiceNeededError) as error:
        assert error.sentence.endswith((".", "?"))
    else:
        assert len(read.frame) == read.profile.n_rows >= 2
