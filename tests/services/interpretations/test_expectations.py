"""What somebody expects is checked with one sentence for each fault, and kept as it was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.interpretations.expectations import (
    DIRECTIONS,
    MOST_COLUMNS,
    TEXT_LENGTH,
    Expected,
    checked_expectation,
    checked_sentence,
    read_expectation,
)

COLUMNS = ("tenure", "contract", "charges", "calls", "region", "usage", "payment")


def _said(*columns: str, direction: str = "raises") -> list[dict[str, str]]:
    return [{"column": column, "direction": direction} for column in columns]


@given(
    st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=MOST_COLUMNS, unique=True), st.sampled_from([*DIRECTIONS])
)
def test_up_to_six_different_columns_of_the_model_are_kept_in_order(columns: list[str], direction: str) -> None:
    expected = checked_expectation(_said(*columns, direction=direction), COLUMNS)
    assert expected == tuple(Expected(column, direction) for column in columns)
    assert read_expectation([one.document() for one in expected]) == expected


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ([], "Name at least one column"),
        (_said(*COLUMNS), "You named 7 columns; the 6 that matter most are enough"),
        (_said("tenure", "tenure"), "“tenure” is named twice"),
        (_said("shoe size"), "does not take a column “shoe size”"),
        (_said("tenure", direction="sideways"), "choose one of the three"),
        ([{}], "does not take a column “”"),
    ],
)
def test_a_faulty_expectation_is_refused_in_a_sentence(said: list[dict[str, str]], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        checked_expectation(said, COLUMNS)


def test_all_faults_are_said_at_once_and_a_name_without_end_is_cut() -> None:
    with pytest.raises(InvalidInputError) as refused:
        checked_expectation(_said("x" * 10_000, "tenure", "tenure", direction="up"), COLUMNS)
    assert len(refused.value.problems) == 3
    assert len(refused.value.sentence) < 400


def test_a_direction_that_nobody_gave_is_unknown() -> None:
    assert checked_expectation([{"column": "tenure"}], COLUMNS) == (Expected("tenure", "unknown"),)


@pytest.mark.parametrize("text", ["", "  \n ", "\x00"])
def test_a_sentence_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="Say why"):
        checked_sentence(text, "Say why.")


def test_a_text_of_ten_thousand_characters_is_refused_with_its_length() -> None:
    with pytest.raises(InvalidInputError, match="The text has 10,000 characters; 2,000 are enough"):
        checked_sentence("x" * 10_000, "Say why.")
    assert checked_sentence("x" * TEXT_LENGTH, "") == "x" * TEXT_LENGTH


def test_a_sentence_keeps_its_marks_and_loses_its_line_breaks() -> None:
    assert checked_sentence("<b>No</b>\n\n# **really** ", "") == "<b>No</b> # **really**"
