"""Words, numbers and dates that stand for a gap."""

import pandas as pd
import pytest

from services.datasets.checks.disguised_missing import CHECK, MANY_VALUES
from tests.makers_checks import find, find_one


@pytest.mark.parametrize("word", ["?", "NA", "n/a", "-", "Unknown", " ", "None", "9999-12-31", "NULL "])
def test_a_word_for_missing_is_found_in_its_spelling(word: str) -> None:
    found = find_one(CHECK, {"job": ["clerk", "nurse", word, word]})
    assert (found.n_rows_affected, found.severity) == (2, "amber")
    assert found.fixes[0]["step"] == {
        "kind": "replace_with_missing",
        "reason": "They stand for “missing”.",
        "column": "job",
        "values": [word],
    }


def test_a_blank_is_named_in_words() -> None:
    assert "2 cells of “job” hold “?” and nothing but spaces." in find_one(CHECK, {"job": ["a", "?", "  "]}).sentence


@pytest.mark.parametrize("number", [-999, -99, -9, -1, 999, 9999, 99999])
def test_a_number_far_from_the_others_is_found(number: int) -> None:
    found = find_one(CHECK, {"age": [*range(20, 60), number, number]})
    assert (found.fixes[0]["step"]["values"], found.n_rows_affected) == ([number], 2)


def test_two_stand_ins_of_one_column_are_one_finding() -> None:
    found = find_one(CHECK, {"age": [*range(20, 60), -999.0, -99.0]})
    assert sorted(found.fixes[0]["step"]["values"]) == [-999, -99]


@pytest.mark.parametrize(
    "values",
    [[*range(100), 99], [-99, -98, -97, -50, 0, 40], [-1.0, -0.5, 0.5], [900, 950, 999, 1000], ["a", "nap"]],
    ids=["an age of 99", "temperatures", "a scale", "prices", "words"],
)
def test_values_among_others_are_no_stand_ins(values: list[object]) -> None:
    assert not find(CHECK, {"x": values})


@pytest.mark.parametrize("day", ["9999-12-31", "1900-01-01", "1970-01-01", "0001-01-01"])
def test_a_date_nobody_meant_is_found(day: str) -> None:
    moments = pd.Series(["2023-01-01", "2024-02-01", day], dtype="datetime64[us]")
    assert find_one(CHECK, {"ended": moments}).fixes[0]["step"]["values"] == [day]


def test_new_year_among_old_dates_is_a_date() -> None:
    assert not find(CHECK, {"born": pd.Series(["1895-05-01", "1900-01-01", "1903-01-01"], dtype="datetime64[us]")})


def test_the_target_is_asked_too_but_never_left_out() -> None:
    found = find_one(CHECK, {"x": [1, 2, 3, 4], "y": ["?", "?", "?", "a"]}, target="y")
    assert [fix["kind"] for fix in found.fixes] == ["step"]


def test_among_very_many_words_only_one_that_repeats_is_told() -> None:
    words = [f"k{number}" for number in range(MANY_VALUES + 1)]
    assert find_one(CHECK, {"x": [*words, "?", "?", "unknown"]}).n_rows_affected == 2
