"""Counts and shares in words."""

import pytest

from services.datasets.checks.phrases import count, names, share


def test_one_is_singular() -> None:
    assert (count(1, "row"), count(1234, "row"), count(2, "class", "classes")) == ("1 row", "1,234 rows", "2 classes")


@pytest.mark.parametrize(
    ("part", "words"),
    [(0, "0.0%"), (0.0001, "less than 0.1%"), (0.05, "5.0%"), (0.12, "12%"), (0.995, "99.5%"),
     (0.99999, "more than 99.9%"), (1, "100%")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_all_or_nothing(part: float, words: str) -> None:
    assert share(part) == words


def test_long_lists_of_names_are_cut() -> None:
    assert names(["a"]) == "“a”"
    assert names(["a", "b", "c"]) == "“a”, “b” and “c”"
    assert names(list("abcdefg")) == "“a”, “b”, “c” and 4 more"
