"""Two versions are compared by shares of their rows, whatever the bins of their histograms."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from portal.ui.versions import moved_columns, paired_shares
from services.datasets.profiling import profile_column
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset, make_frame

NUMBERS = st.lists(st.integers(-1000, 1000), min_size=30, max_size=80)


@given(NUMBERS, NUMBERS)
def test_shares_of_a_column_of_numbers_add_up_to_one(before: list[int], after: list[int]) -> None:
    old, new = (profile_column(pd.Series([float(n) for n in values], name="x")) for values in (before, after))
    if not (old.histogram and new.histogram):
        return
    labels, left, right = paired_shares(old, new)
    assert len(labels) == len(left) == len(right)
    assert sum(left) == pytest.approx(1)
    assert sum(right) == pytest.approx(1)


def test_classes_are_compared_one_by_one() -> None:
    old, new = (profile_column(pd.Series(list(text), dtype="str", name="x")) for text in ("aaab", "abbb"))
    assert paired_shares(old, new) == (["a", "b"], [0.75, 0.25], [0.25, 0.75]) or paired_shares(old, new) == (
        ["b", "a"],
        [0.25, 0.75],
        [0.75, 0.25],
    )


def test_dates_are_named_as_dates() -> None:
    days = [
        pd.Series(pd.date_range(start, periods=50).astype("datetime64[us]"), name="d") for start in ("2024", "2025")
    ]
    labels, before, after = paired_shares(*(profile_column(day) for day in days))
    assert labels[0].startswith("1 Jan 2024")
    assert before[0] > 0.5
    assert after[-1] > 0.5


def test_only_columns_that_moved_are_listed_the_largest_move_first(session: Session) -> None:
    actor = make_actor(session, Role.DATA_SCIENTIST)
    project_id = make_project(session, actor).id
    frame = make_frame()
    before = make_dataset(session, actor, project_id, frame=frame)
    changed = frame.assign(payment="Card", contract=frame["contract"].where(frame.index > 20, "One year"))
    after = make_dataset(session, actor, project_id, frame=changed.astype({"payment": "str"}))
    assert [new.name for _old, new in moved_columns(before, after)] == ["payment", "contract"]
    assert moved_columns(before, before) == []
