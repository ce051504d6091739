"""JSON lines: flat objects, numbers as they are spelled, every faulty line with its number."""

import pytest

from services.datasets.choices import ChoiceNeededError
from services.datasets.errors import UnreadableFileError
from tests.makers_files import parse


def test_numbers_and_text_stay_what_they_are() -> None:
    read = parse('{"n":1,"s":"00123","t":"7","ok":true,"e":null}\n{"n":2.5,"s":"NA","t":"","ok":false}\n', "t.jsonl")
    assert read.frame["n"].tolist() == [1.0, 2.5]
    assert read.frame["s"].tolist() == ["00123", "NA"]
    assert read.frame["t"].tolist() == ["7", ""]
    assert read.frame["ok"].tolist() == ["true", "false"]
    assert read.frame["e"].isna().all()
    assert (read.report.format, read.report.encoding) == ("JSON lines", "UTF-8")


def test_numbers_that_would_change_are_text() -> None:
    read = parse('{"n":99999999999999999999}\n{"n":1}\n', "t.ndjson")
    assert read.frame["n"].tolist() == ["99999999999999999999", "1"]
    assert "kept as text" in read.report.columns[0].reason
    assert parse('{"n":1e400}\n{"n":1}\n', "t.jsonl").frame["n"].isna().tolist() == [True, False]


FAULTS = {
    '{"a":[1]}': "has values inside values",
    '{"a":{"b":1}}': "has values inside values",
    '{"a":1,"a":2}': "repeats a name",
    '{"a":NaN}': "is no JSON object",
    '{"a":1': "is no JSON object",
    "[1]": "is no JSON object",
    '{"a":"\\ud800"}': "half of a character",
    '{"a":"\\u0000"}': "a NUL character",
}


@pytest.mark.parametrize("line", FAULTS)
def test_a_faulty_line_is_asked_about_and_left_out_by_choice(line: str) -> None:
    content = f'{{"a":1}}\n\n{line}\n{{"a":3}}\n'
    with pytest.raises(ChoiceNeededError) as asked:
        parse(content, "t.jsonl")
    assert asked.value.sentence.startswith("Line 3 ")
    assert FAULTS[line] in asked.value.sentence
    read = parse(content, "t.jsonl", faulty_rows="set_aside")
    assert read.frame["a"].tolist() == [1, 3]
    assert read.set_aside.splitlines()[1].startswith("3,")


def test_plain_text_under_this_name_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="Line 1 is no JSON object"):
        parse("a,b\n1,2\n3,4\n", "t.jsonl")
