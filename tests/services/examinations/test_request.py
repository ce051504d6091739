"""What a reason must be."""

import pytest

from services.errors import InvalidInputError
from services.examinations.request import REASON_LENGTH, checked_reason


def test_a_reason_is_one_line() -> None:
    assert checked_reason("  It is\n fast   enough ") == "It is fast enough"


@pytest.mark.parametrize(("reason", "said"), [(" \n ", "Give a reason"), ("x" * (REASON_LENGTH + 1), "are enough")])
def test_none_and_too_long_a_reason_are_refused(reason: str, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        checked_reason(reason)
