"""How names are spelled in a formula."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.formulas.reading import read_formula
from services.formulas.spelling import spell, written


@pytest.mark.parametrize(
    ("name", "spelled"),
    [("price", "price"), ("monthly fee", "`monthly fee`"), ("if", "`if`"), ("a`b", "`a``b`"), ("1st", "`1st`")],
)
def test_a_name_is_plain_where_it_can_be(name: str, spelled: str) -> None:
    assert written(name) == spelled


@given(st.text(min_size=1, max_size=30))
def test_what_is_written_is_read_as_the_same_name(name: str) -> None:
    assert read_formula(written(name), [name]).names == (name,)


def test_nothing_in_quotes_is_grammar() -> None:
    spelled = spell("`a' + b` == 'c`d' and x == \"e'f\"")
    assert list(spelled.names.values()) == ["a' + b"]
    assert list(spelled.words.values()) == ["c`d", "e'f"]


def test_a_placeholder_never_meets_a_name_of_the_text() -> None:
    assert read_formula("quoted_0 + `x y`", ["quoted_0", "x y"]).names == ("quoted_0", "x y")
    fullwidth = "\uff51uoted_0"
    assert read_formula(f"{fullwidth} + `x y`", ["quoted_0", "x y"]).names == ("quoted_0", "x y")
