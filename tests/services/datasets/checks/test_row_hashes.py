"""Equal rows have equal hashes, and different ones different hashes."""

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.checks.row_hashes import codes_of, count_different, hash_only, hash_table, hash_without
from tests.makers_checks import make_subject

CELLS = st.tuples(
    st.sampled_from([0.0, -0.0, 1.0, 1.5, None]), st.sampled_from(["a", "b", "", None]), st.integers(-2, 2)
)


def frame_of(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    columns = {"number": "float64", "text": "str", "whole": "int64"}
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


@given(st.lists(CELLS, min_size=1, max_size=30))
def test_as_many_different_hashes_as_different_rows(rows: list[tuple[Any, ...]]) -> None:
    frame = frame_of(rows)
    hashes = hash_table(make_subject(frame)).rows
    assert count_different(hashes) == len(frame.drop_duplicates()) == codes_of(hashes).max() + 1


@given(st.lists(CELLS, min_size=1, max_size=30))
def test_without_and_only_are_complements(rows: list[tuple[Any, ...]]) -> None:
    subject = make_subject(frame_of(rows))
    assert (hash_without(subject, {"text"}) == hash_only(subject, ["number", "whole"])).all()


def test_a_swap_of_two_columns_is_another_row() -> None:
    assert count_different(hash_table(make_subject({"a": [1, 2], "b": [2, 1]})).rows) == 2


def test_equal_columns_share_a_digest_and_shuffled_ones_do_not() -> None:
    digests = hash_table(make_subject({"a": [1, 2, 3], "b": [1.0, 2.0, 3.0], "c": [3, 2, 1]})).digests
    assert digests["a"] == digests["b"] != digests["c"]


def test_whole_numbers_beyond_a_double_stay_apart() -> None:
    assert count_different(hash_table(make_subject({"a": [2**60, 2**60 + 1]})).rows) == 2
