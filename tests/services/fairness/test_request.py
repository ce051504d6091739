"""A question about groups: an invalid one cannot exist."""

import pytest

from services.errors import InvalidInputError
from services.fairness.request import MOST_COLUMNS, AssessmentRequest


def test_a_question_comes_back_as_it_was_asked() -> None:
    asked = AssessmentRequest("m", ("sex", "age"))
    assert AssessmentRequest.from_document(asked.document()) == asked


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ((), "at least one"),
        (("sex", "sex"), "named twice"),
        (tuple("abcdefg"[: MOST_COLUMNS + 1]), f"You chose {MOST_COLUMNS + 1} columns"),
    ],
)
def test_what_cannot_be_asked_is_said(columns: tuple[str, ...], words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        AssessmentRequest("m", columns)
