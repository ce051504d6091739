"""Two people at one objective: nothing of either is lost, and only what clashes is asked."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.proposals.merging import compare

BEFORE = {"metric": "Leavers", "target": 4.0, "unit": "%", "risk.affects_people": False}


def test_what_only_one_of_them_changed_needs_no_decision() -> None:
    found = compare(BEFORE, BEFORE | {"unit": "customers"}, {"target": 3.0})
    assert found.conflicts == ()
    assert found.theirs_only == ("unit",)
    assert found.decided({}) == {"target": 3.0}


def test_what_both_changed_is_shown_with_all_three_values() -> None:
    found = compare(BEFORE, BEFORE | {"target": 3.5}, {"target": 3.0, "unit": "per cent"})
    (conflict,) = found.conflicts
    assert (conflict.name, conflict.before, conflict.theirs, conflict.mine) == ("target", 4.0, 3.5, 3.0)
    assert found.decided({"target": True}) == {"unit": "per cent", "target": 3.0}
    assert found.decided({"target": False}) == {"unit": "per cent"}


def test_the_same_change_and_an_answer_typed_back_are_no_difference() -> None:
    found = compare(BEFORE, BEFORE | {"target": 3.0}, {"target": 3.0, "metric": "Leavers"})
    assert (found.conflicts, found.decided({})) == ((), {})


def test_no_is_an_answer_and_no_zero() -> None:
    found = compare({}, {"risk.is_automatic": 0}, {"risk.is_automatic": False})
    assert len(found.conflicts) == 1
    assert compare({}, {}, {"metric": ""}).decided({}) == {}


VALUES = st.none() | st.sampled_from(["", "a", "b"]) | st.sampled_from([0.0, 1.0])
ANSWERS = st.dictionaries(st.sampled_from("abcd"), VALUES)


@given(ANSWERS, ANSWERS, ANSWERS)
def test_nothing_typed_is_lost_where_mine_is_chosen(
    before: dict[str, Any], theirs: dict[str, Any], draft: dict[str, Any]
) -> None:
    found = compare(before, theirs, draft)
    merged = theirs | found.decided({each.name: True for each in found.conflicts})
    for name, value in draft.items():
        if (value or None) != (before.get(name) or None):
            assert (merged.get(name) or None) == (value or None)
    for name in found.theirs_only:
        assert merged.get(name) == theirs.get(name)
