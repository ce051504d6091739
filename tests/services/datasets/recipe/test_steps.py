"""A step says exactly what is to be done, and nothing else; what it says can be read."""

from typing import Any

import pytest

from services.datasets.recipe.errors import InvalidStepError
from services.datasets.recipe.steps import KINDS, checked_step, checked_steps, columns_of, names_rows
from services.datasets.recipe.words import describe_step, name_step

WHY = "Test accounts"

GOOD: dict[str, tuple[dict[str, Any], str]] = {
    "rows by a condition": (
        {"kind": "exclude_rows", "condition": {"column": "age", "operator": "more", "value": 120}, "reason": WHY},
        "Leave out the rows where “age” is more than 120.",
    ),
    "rows between": (
        {
            "kind": "exclude_rows",
            "condition": {"column": "day", "operator": "between", "value": ["2024-01-01", "2024-02-01"]},
            "reason": WHY,
        },
        "Leave out the rows where “day” is between “2024-01-01” and “2024-02-01”.",
    ),
    "rows with a gap": (
        {"kind": "exclude_rows", "condition": {"column": "age", "operator": "is_missing"}, "reason": WHY},
        "Leave out the rows where “age” is missing.",
    ),
    "rows by hand": (
        {"kind": "exclude_rows", "rows": [7, 3, 7], "reason": WHY},
        "Leave out 2 rows picked by hand.",
    ),
    "duplicates": ({"kind": "drop_duplicates"}, "Keep one of rows that are equal in every column."),
    "spaces": (
        {"kind": "trim_text", "columns": ["a", "b", "a"]},
        "Remove spaces around the text in “a”, “b”.",
    ),
    "spellings": (
        {"kind": "merge_spellings", "column": "a", "mapping": {"yes": "Yes", "YES": "Yes", "Yes": "Yes"}},
        "In “a”, write “YES”, “yes” as “Yes”.",
    ),
    "tokens": (
        {"kind": "replace_with_missing", "column": "a", "values": [-999, "?"]},
        "In “a”, read -999, “?” as missing.",
    ),
    "numbers": (
        {"kind": "to_number", "column": "a", "decimal_comma": True},
        "Read “a” as numbers, with a comma as decimal sign; other cells become missing.",
    ),
    "dates": (
        {"kind": "to_date", "column": "a", "order": "day"},
        "Read “a” as dates, day first; other cells become missing.",
    ),
    "text": ({"kind": "to_text", "column": "a"}, "Keep “a” as text."),
    "limits": (
        {"kind": "clip", "column": "a", "low": 0, "high": 99.5},
        "In “a”, raise what lies below 0 to it and lower what lies above 99.5 to it.",
    ),
    "hashes": ({"kind": "hash_column", "column": "a"}, "Hash the values of “a” with a key."),
    "a formula": (
        {"kind": "derive", "column": "a", "formula": " b / `c d` ", "reason": WHY},
        "Add “a” = b / `c d`.",
    ),
    "values": (
        {"kind": "set_values", "column": "a", "values": {"3": "Yes", 12: None}},
        "Set the value of “a” in 2 rows.",
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_a_step_is_described_in_one_sentence(case: str) -> None:
    raw, sentence = GOOD[case]
    assert describe_step(checked_step(raw)) == sentence


def test_every_kind_is_tried_here() -> None:
    assert {raw["kind"] for raw, _sentence in GOOD.values()} == set(KINDS)


@pytest.mark.parametrize("case", GOOD)
def test_checking_a_checked_step_changes_nothing(case: str) -> None:
    step = checked_step(GOOD[case][0])
    assert checked_step(step) == step


@pytest.mark.parametrize("case", ["spellings", "tokens", "rows by a condition"])
def test_the_name_of_a_step_shows_no_value(case: str) -> None:
    name = name_step(checked_step(GOOD[case][0]))
    assert not {"yes", "YES", "-999", "?", "120"} & set(name.split())


BAD: dict[str, tuple[Any, str]] = {
    "no kind": ({}, "A step is one of"),
    "an unknown kind": ({"kind": "drop_column", "column": "a"}, "A step is one of"),
    "no mapping": ([], "A step is one of"),
    "an unknown part": ({"kind": "drop_duplicates", "created_by": "me"}, "no part called created_by"),
    "a part of another kind": ({"kind": "to_text", "column": "a", "low": 1}, "no part called low"),
    "no column": ({"kind": "to_text"}, "which column"),
    "no columns": ({"kind": "trim_text", "columns": []}, "which columns"),
    "no reason": ({"kind": "exclude_rows", "rows": [1]}, "Say why"),
    "a long reason": ({"kind": "drop_duplicates", "reason": "x" * 301}, "301 characters"),
    "a reason of another form": ({"kind": "drop_duplicates", "reason": 7}, "is text"),
    "neither rows nor condition": ({"kind": "exclude_rows", "reason": WHY}, "either by one condition"),
    "a negative row": ({"kind": "exclude_rows", "rows": [-1], "reason": WHY}, "from 0 on"),
    "a row that is true": ({"kind": "exclude_rows", "rows": [True], "reason": WHY}, "from 0 on"),
    "an unknown operator": (
        {"kind": "exclude_rows", "condition": {"column": "a", "operator": "matches", "value": ".*"}, "reason": WHY},
        "Choose how to compare",
    ),
    "half a range": (
        {"kind": "exclude_rows", "condition": {"column": "a", "operator": "between", "value": [1]}, "reason": WHY},
        "needs two values",
    ),
    "nothing to compare with": (
        {"kind": "exclude_rows", "condition": {"column": "a", "operator": "is", "value": ""}, "reason": WHY},
        "choose “is missing”",
    ),
    "an endless number": (
        {"kind": "exclude_rows", "condition": {"column": "a", "operator": "is", "value": 1e999}, "reason": WHY},
        "Compare with a number",
    ),
    "a condition with more": (
        {"kind": "exclude_rows", "condition": {"column": "a", "operator": "is_missing", "x": 1}, "reason": WHY},
        "nothing else",
    ),
    "no order": ({"kind": "to_date", "column": "a", "order": "year"}, "day first, month first"),
    "a flag that is none": ({"kind": "to_number", "column": "a", "decimal_comma": "no"}, "is yes or no"),
    "no limits": ({"kind": "clip", "column": "a"}, "lowest or the highest"),
    "limits upside down": ({"kind": "clip", "column": "a", "low": 2, "high": 1}, "lies above"),
    "a limit that is text": ({"kind": "clip", "column": "a", "low": "0"}, "lowest value is a number"),
    "a row number that is none": ({"kind": "set_values", "column": "a", "values": {"x": "1"}}, "from 0 on"),
    "a value that is none": ({"kind": "set_values", "column": "a", "values": {"1": 5}}, "A value is text"),
    "a character the database cannot hold": (
        {"kind": "merge_spellings", "column": "a", "mapping": {"b": "\x00"}},
        "NUL",
    ),
    "no spellings": ({"kind": "merge_spellings", "column": "a", "mapping": {}}, "which spellings"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_faulty_step_is_refused_with_what_to_do(case: str) -> None:
    raw, expected = BAD[case]
    with pytest.raises(InvalidStepError, match=expected):
        checked_step(raw)


def test_a_recipe_does_not_grow_without_end() -> None:
    with pytest.raises(InvalidStepError, match="at most 500 steps"):
        checked_steps([{"kind": "drop_duplicates"}] * 501)


def test_a_step_says_which_columns_it_needs_and_whether_it_names_rows() -> None:
    assert columns_of(checked_step(GOOD["spaces"][0])) == ("a", "b")
    assert columns_of(checked_step(GOOD["rows by a condition"][0])) == ("age",)
    assert columns_of(checked_step(GOOD["duplicates"][0])) == columns_of(checked_step(GOOD["values"][0])) == ()
    named = [case for case, (raw, _sentence) in GOOD.items() if names_rows(checked_step(raw))]
    assert named == ["rows by hand", "values"]
