"""What other readers get wrong, one test each: ours refuses with the place, asks with a preview, or reads and says."""

import json

import pandas as pd
import pytest

from services.datasets.choices import ChoiceNeededError, Question
from services.datasets.errors import UnreadableFileError
from services.datasets.outcome import ColumnReading
from tests.makers_files import Parsed, parse
from tests.makers_hostile import fixture_files, make_workbook, text_files

FILES = text_files()


def questions_of(content: bytes | str, file_name: str = "table.csv") -> tuple[Question, ...]:
    with pytest.raises(ChoiceNeededError) as asked:
        parse(content, file_name)
    return asked.value.questions


def refusal_of(content: bytes | str, file_name: str = "table.csv") -> str:
    with pytest.raises(UnreadableFileError) as refused:
        parse(content, file_name)
    return refused.value.sentence


def reading_of(read: Parsed, name: str) -> ColumnReading:
    return next(column for column in read.report.columns if column.name == name)


@pytest.mark.parametrize("case", ["too many fields", "too few fields"])
def test_a_row_of_another_width_is_refused_with_its_line_or_left_out_by_choice(case: str) -> None:
    (question,) = questions_of(FILES[case])
    assert question.sentence.startswith("Line 3 has ")
    assert question.sentence.endswith("Correct that line, or continue without the 1 faulty row.")
    assert question.preview[0][0] == "line 3"
    read = parse(FILES[case], faulty_rows="set_aside")
    assert (read.report.n_set_aside, len(read.frame)) == (1, FILES[case].count(b"\n") - 2)
    assert read.set_aside.splitlines()[1].split(",")[0] == "3"
    assert "1 faulty row was set aside." in read.report.warnings


def test_rows_that_are_not_to_be_set_aside_leave_no_file() -> None:
    assert "set_aside.csv" not in parse(FILES["plain"], faulty_rows="set_aside").names


def test_set_aside_rows_cannot_run_in_a_spreadsheet() -> None:
    read = parse("a,b\n1,2\n=1+1,@x,-5\n3,4\n", faulty_rows="set_aside")
    assert read.set_aside.splitlines()[1] == "3,3 values,'=1+1,'@x,-5"


def test_semicolons_with_decimal_commas_are_read_and_said() -> None:
    read = parse(b"a;b\n1,5;2\n2,5;3\n")
    assert list(read.frame["a"]) == [1.5, 2.5]
    assert "Numbers use a comma as decimal sign (1,5 is one and a half)." in read.report.warnings


def test_two_columns_of_decimal_commas_are_no_three_columns() -> None:
    read = parse(b"a;b\n1,5;2,5\n3,5;4,5\n")
    assert read.frame.to_dict("list") == {"a": [1.5, 3.5], "b": [2.5, 4.5]}


@pytest.mark.parametrize(("answer", "values"), [("true", [1.5, 2.25]), ("false", ["1,500", "2,250"])])
def test_a_comma_that_may_group_thousands_is_asked_about(answer: str, values: list[object]) -> None:
    content = b"a;b\n1,500;2\n2,250;3\n"
    (question,) = questions_of(content)
    assert question.field == "decimal_comma"
    assert question.sentence.startswith("The columns are separated by a semicolon, and numbers in “a” have a comma.")
    read = parse(content, decimal_comma=answer == "true")
    assert list(read.frame["a"]) == values


@pytest.mark.parametrize(("answer", "values"), [("true", [1500, 2250]), ("false", [1.5, 2.25])])
def test_a_point_that_may_group_thousands_is_asked_about(answer: str, values: list[float]) -> None:
    content = b"a;b\n1.500;x\n2.250;y\n"
    (question,) = questions_of(content)
    assert question.field == "decimal_comma"
    assert question.sentence.endswith("“a” have a point. Does it group thousands (so that 1.500 is fifteen hundred)?")
    assert question.preview[0] == ("a",)
    assert list(parse(content, decimal_comma=answer == "true").frame["a"]) == values


def test_points_that_surely_group_thousands_are_read_and_said() -> None:
    read = parse("a;b\n1.234.567,5;2\n-950;3\n+12.000;4\n")
    assert list(read.frame["a"]) == [1_234_567.5, -950, 12_000]
    (column,) = [one for one in read.profile.columns if one.name == "a"]
    assert any("groups thousands" in note for note in column.notes)


@pytest.mark.parametrize("content", ["a;b\n0.500;x\n2.250;y\n", "a;b\n1.5;x\n2.250;y\n", "a\tb\n1.500\tx\n2.250\ty\n"])
def test_points_that_cannot_group_thousands_or_do_so_nowhere_near_are_decimal(content: str) -> None:
    assert list(parse(content).frame["a"])[1] == 2.25


def test_grouped_thousands_among_tabs_are_asked_about_as_their_comma_is() -> None:
    content = b"a\tb\n1.500,25\tx\n2.250\ty\n"
    (question,) = questions_of(content)
    assert question.sentence.startswith("The columns are separated by a tab, and numbers in “a” have a comma.")
    assert list(parse(content, decimal_comma=True).frame["a"]) == [1500.25, 2250]
    assert list(parse(content, decimal_comma=False).frame["a"]) == ["1.500,25", "2.250"]


def test_two_separators_that_fit_are_asked_about_with_both_previews() -> None:
    (question,) = questions_of(FILES["two separators"])
    assert dict(question.options) == {",": "A comma", ";": "A semicolon"}
    assert question.previews[","][0] == ("a", "b;c", "d")
    assert question.previews[";"][0] == ("a,b", "c,d")
    assert list(parse(FILES["two separators"], separator=";").frame.columns) == ["a,b", "c,d"]


def test_an_unusual_separator_is_proposed() -> None:
    (question,) = questions_of(FILES["tildes"])
    assert dict(question.options) == {"~": "A tilde"}
    assert len(parse(FILES["tildes"], separator="~").frame.columns) == 2


@pytest.mark.parametrize("separator", ['"', "\n", "ab", "x", "", ";"])
def test_a_separator_that_cannot_be_one_is_refused(separator: str) -> None:
    with pytest.raises(UnreadableFileError, match="separator"):
        parse(FILES["plain"], separator=separator)


@pytest.mark.parametrize(
    ("case", "names"), [("duplicate header", ["a", "b", "a_2"]), ("empty header", ["a", "column_2", "c"])]
)
def test_names_that_are_missing_or_repeated_are_proposed_anew(case: str, names: list[str]) -> None:
    (question,) = questions_of(FILES[case])
    assert question.field == "renames"
    renames = {int(position): name for position, name in json.loads(question.options[0][0]).items()}
    assert list(parse(FILES[case], renames=renames).frame.columns) == names


def test_a_nul_is_refused_with_its_line() -> None:
    assert refusal_of(FILES["NUL"]).startswith("Line 3 contains a NUL character")


def test_a_quote_that_never_closes_is_refused_with_the_line_that_opens_it() -> None:
    assert refusal_of(FILES["unterminated quote"]).startswith("In line 3 a quote is opened and not closed")


def test_a_quote_closed_inside_a_cell_may_be_left_out() -> None:
    (question,) = questions_of(FILES["misplaced quote"])
    assert question.sentence.startswith("Line 3 has a quote that is closed in the middle of a cell.")
    assert list(parse(FILES["misplaced quote"], faulty_rows="set_aside").frame["a"]) == [1, 4, 6]


def test_a_quote_inside_a_plain_cell_is_a_character() -> None:
    assert list(parse(FILES["quote in a cell"]).frame["a"]) == ['5" pipe', "x"]


@pytest.mark.parametrize(
    ("case", "column", "first"), [("Latin-1", "Stadt", "München"), ("Windows-1252", "item", "“fair”")]
)
def test_an_unknown_encoding_is_asked_about_with_a_preview(case: str, column: str, first: str) -> None:
    (question,) = questions_of(FILES[case])
    assert question.field == "encoding"
    assert "Windows-1252" in question.sentence
    assert any(first in row[0] for row in question.previews["cp1252"])
    read = parse(FILES[case], encoding="cp1252")
    assert read.frame[column].iloc[0] == first
    assert "The text is read as Windows-1252 (Western Europe)." in read.report.warnings


def test_letters_that_two_encodings_share_are_taken_for_the_more_usual_one() -> None:
    cities = "\n".join(["city,n", *(f"{city},{n}" for n in range(40) for city in ("Köln", "Zürich", "Düsseldorf"))])
    (question,) = questions_of(cities.encode("cp1252"))
    assert question.options[0] == ("cp1252", "Windows-1252 (Western Europe)")
    assert question.options[1:] == (("latin-1", "Latin-1 (ISO 8859-1)"), ("cp1250", "Windows-1250 (Central Europe)"))


@pytest.mark.parametrize("encoding", ["zip", "rot13", "no such", "utf-8"])
def test_an_encoding_that_cannot_be_one_is_refused(encoding: str) -> None:
    with pytest.raises(UnreadableFileError, match=r"encoding|not UTF-8"):
        parse(FILES["Latin-1"], encoding=encoding)


@pytest.mark.parametrize("case", ["UTF-8 mark", "UTF-16", "UTF-32"])
def test_a_mark_is_believed(case: str) -> None:
    assert len(parse(FILES[case]).frame) >= 2


def test_utf_16_without_a_mark_is_proposed() -> None:
    (question,) = questions_of(FILES["UTF-16 without mark"])
    assert question.options == (("utf-16-le", "UTF-16"),)
    assert list(parse(FILES["UTF-16 without mark"], encoding="utf-16-le").frame["a"]) == [1, 3]


@pytest.mark.parametrize(("case", "column"), [("beyond 64 bits", "n"), ("leading zeros", "zip")])
def test_what_a_number_would_change_is_text_with_a_note(case: str, column: str) -> None:
    read = parse(FILES[case])
    assert read.frame[column].iloc[0] in ("123456789012345678901234567890", "00123")
    assert "kept as text" in reading_of(read, column).reason


def test_one_word_among_numbers_is_kept_and_its_row_named() -> None:
    read = parse("n,b\n" + "7,x\n" * 3_000 + "oops,y\n")
    assert read.frame["n"].iloc[-1] == "oops"
    assert reading_of(read, "n").notes[0].startswith("3,000 of 3,001 values are numbers, row 3,001 is not")


def test_spellings_of_missing_are_listed_with_their_counts() -> None:
    read = parse(FILES["missing tokens"])
    notes = [*reading_of(read, "a").notes, *reading_of(read, "b").notes]
    for spelled in (
        "1 cell is spelled “NA” and read",
        "1 cell is spelled “null” and read",
        "1 cell is spelled “N/A” and",
    ):
        assert any(note.startswith(spelled) for note in notes)
    assert "1 cell is spelled “None” and kept as text." in notes
    assert list(read.frame["b"].dropna()) == ["x", "None", "y", "z"]


@pytest.mark.parametrize(("tokens", "second"), [(["NA"], "NA"), ([], None)])
def test_na_among_country_codes_is_asked_about(tokens: list[str], second: str | None) -> None:
    (question,) = questions_of(FILES["country codes"])
    assert (question.field, question.column) == ("missing_tokens", "country")
    found = parse(FILES["country codes"], missing_tokens={"country": tokens}).frame["country"].iloc[1]
    assert found == second if second else pd.isna(found)


def test_infinite_numbers_are_missing_and_counted() -> None:
    read = parse(FILES["infinite"])
    assert read.frame["a"].isna().sum() == 2
    assert "2 cells are too large for a number and read as missing." in reading_of(read, "a").notes


def test_a_remark_before_the_names_is_refused_with_a_hint() -> None:
    for content in (FILES["remark first"], b"# exported, today\na,b,c\n1,2,3\n4,5,6\n", FILES["sep line"]):
        assert refusal_of(content).startswith("The first line is a remark")


def test_mixed_line_ends_are_read() -> None:
    assert list(parse(FILES["mixed line ends"]).frame["b"]) == [2, 4, 6]


def test_formulas_stay_text() -> None:
    assert parse(FILES["formulas"]).frame["a"].iloc[0] == "=1+1"
    assert list(parse('"=a",b\nx,1\ny,2\n').frame.columns) == ["=a", "b"]


def test_spaces_around_text_are_kept_and_said() -> None:
    read = parse(FILES["spaces"])
    assert list(read.frame["b"] if "b" in read.frame else read.frame.iloc[:, 1]) == [" x", "y ", "z"]
    assert "2 values have spaces around the text, which are kept." in reading_of(read, "b").notes


@pytest.mark.parametrize("case", fixture_files())
def test_every_fixture_is_read_asked_about_or_refused_with_a_sentence(case: str) -> None:
    name, content = fixture_files()[case]
    try:
        read = parse(content, name)
    except ChoiceNeededError as asked:
        assert all(question.options and question.sentence.endswith((".", "?")) for question in asked.questions)
        assert all(Question.from_document(json.loads(json.dumps(q.document()))) == q for q in asked.questions)
    except UnreadableFileError as refused:
        assert refused.sentence.endswith(".")
    else:
        assert all(column.reason for column in read.report.columns)
        assert read.report.n_rows == len(read.frame) == read.profile.n_rows


def test_several_sheets_are_asked_about_and_the_chosen_one_is_read() -> None:
    content = make_workbook([["a", "b"], [1, 2], [3, 4]], [["c", "d"], [5, 6], [7, 8]])
    (question,) = questions_of(content, "table.xlsx")
    assert dict(question.options).keys() == {"Sheet1", "Sheet2"}
    assert question.previews["Sheet2"][0] == ("c", "d")
    assert list(parse(content, "table.xlsx", sheet="Sheet2").frame["d"]) == [6, 8]


def test_merged_cells_are_warned_of_and_formulas_without_results_are_listed() -> None:
    _, merged = fixture_files()["workbook with merged cells"]
    read = parse(merged, "table.xlsx")
    assert any(
        "1 groups of merged cells" in warning or "1 group of merged" in warning for warning in read.report.warnings
    )
    _, calculated = fixture_files()["workbook with formulas"]
    sentence = refusal_of(calculated, "table.xlsx")
    assert sentence.startswith("The results of formulas are missing in B2, B3.")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.xlsx", b"a,b\n1,2\n3,4\n", "The name ends in .xlsx but the content is plain text. Save it as CSV"),
        ("t.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "an old Excel workbook (.xls)"),
        ("t.csv", b"\x28\xb5\x2f\xfd....", "packed with zstd"),
        ("t.csv.gz", b"a,b\n1,2\n", "not packed with gzip"),
        ("t.parquet", b"PAR1....", "has no end"),
        ("t.xlsm", b"PK", "not from files ending in .xlsm"),
    ],
)
def test_the_name_must_agree_with_the_content(name: str, content: bytes, words: str) -> None:
    assert words in refusal_of(content, name)
