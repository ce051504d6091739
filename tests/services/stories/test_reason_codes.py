"""Reason codes: ranked by harm, at most four, groups as one, with the value beside a typical one."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from services.automl.columns import Column
from services.stories.case_report import Reason
from services.stories.clusters import Group
from services.stories.reason_codes import LEAST_SHARE, MOST_REASONS, plain_value, reason_codes, typical_values

COLUMNS = tuple(Column(name, "number") for name in "abcdef")
ROW = pd.Series({name: float(place) for place, name in enumerate("abcdef")})
TYPICAL = dict.fromkeys("abcdef", 9.0)


def reasons(
    *effects: float, groups: tuple[Group, ...] = (), is_towards: bool = True, without: str = ""
) -> list[Reason]:
    values = np.array([*effects, *[0.0] * (6 - len(effects))])
    return list(reason_codes(values, ROW, COLUMNS, TYPICAL, groups, is_towards=is_towards, without=list(without)))


def test_the_strongest_four_are_given_with_value_and_typical() -> None:
    found = reasons(1.0, 5.0, 2.0, 4.0, 3.0)
    assert [reason.column for reason in found] == ["b", "d", "e", "c"]
    assert (found[0].value, found[0].typical, found[0].effect) == (1.0, 9.0, 5.0)


def test_less_than_a_twentieth_of_the_harm_is_no_reason() -> None:
    assert [reason.column for reason in reasons(96.0, 4.0)] == ["a"]
    assert [reason.column for reason in reasons(95.0, 5.0)] == ["a", "b"]


def test_what_moves_it_the_other_way_is_a_reason_only_for_the_other_decision() -> None:
    assert [reason.column for reason in reasons(3.0, -5.0)] == ["a"]
    (low,) = reasons(3.0, -5.0, is_towards=False)
    assert (low.column, low.effect) == ("b", 5.0)
    assert reasons(-1.0, -2.0) == []


def test_columns_that_move_together_are_one_reason_under_the_strongest_name() -> None:
    found = reasons(1.0, 2.5, 3.0, groups=(Group((0, 1), 0.8, 0.8),))
    assert [(reason.column, reason.effect, reason.along) for reason in found] == [("b", 3.5, ("a",)), ("c", 3.0, ())]


def test_a_group_that_cancels_out_is_no_reason() -> None:
    assert [reason.column for reason in reasons(4.0, -4.0, 1.0, groups=(Group((0, 1), 0.8, 0.8),))] == ["c"]


def test_a_protected_column_is_never_named_but_its_group_may_be() -> None:
    assert [reason.column for reason in reasons(9.0, 2.0, without="a")] == ["b"]
    (group, *_) = reasons(9.0, 2.0, groups=(Group((0, 1), 0.8, 0.8),), without="a")
    assert (group.column, group.along) == ("b", ())


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(-20, 20), min_size=6, max_size=6), st.booleans())
def test_reasons_are_few_strong_and_in_order(effects: list[float], is_towards: bool) -> None:
    found = reasons(*effects, is_towards=is_towards)
    sizes = [reason.effect for reason in found]
    harm = sum(max(0.0, effect if is_towards else -effect) for effect in effects)
    assert len(found) <= MOST_REASONS
    assert sizes == sorted(sizes, reverse=True)
    assert all(size > 0 and size >= LEAST_SHARE * harm for size in sizes)


def test_typical_is_the_median_or_the_most_frequent_and_missing_where_nothing_is_known() -> None:
    frame = pd.DataFrame({"n": [1.0, 2.0, 90.0], "c": pd.Series(["x", "y", "y"], dtype="str"), "void": [np.nan] * 3})
    columns = (Column("n", "number"), Column("c", "category"), Column("void", "number"))
    assert typical_values(frame, columns) == {"n": 2.0, "c": "y", "void": None}


def test_values_are_plain_and_long_texts_are_cut() -> None:
    assert plain_value(np.float64(3), "number") == 3.0
    assert plain_value(np.nan, "category") is None
    assert plain_value("a  b", "text") == "a b"
    assert len(str(plain_value("x" * 500, "text"))) == 80
    assert plain_value("7", "category") == "7"


def test_a_reason_carries_nothing_of_a_column_that_is_never_given() -> None:
    together = (Group((0, 1), 0.9, 0.9),)
    assert reasons(-1.0, 9.0, groups=together, without="b") == []
    (found,) = reasons(2.0, 9.0, groups=together, without="b")
    assert (found.column, found.effect, found.along) == ("a", 2.0, ())
