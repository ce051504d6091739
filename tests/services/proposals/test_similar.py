"""Likeness of proposals: by stems of the words that carry meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.proposals.similar import ALIKE_FROM, likeness


@pytest.mark.parametrize(
    ("one", "other", "is_alike"),
    [
        ("Fewer customers should leave us", "customers who are leaving", True),
        ("Fewer customers should leave us", "Machines should stop less often", False),
        ("Fewer late deliveries", "deliveries arrive late", True),
        ("we want the", "we want the", False),
        ("", "anything", False),
    ],
)
def test_what_carries_meaning_decides(one: str, other: str, is_alike: bool) -> None:
    assert (likeness(one, other) >= ALIKE_FROM) is is_alike


@given(st.text(), st.text())
def test_it_is_a_share_and_the_same_from_both_sides(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
