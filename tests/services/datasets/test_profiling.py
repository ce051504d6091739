"""The profile of a column says what is in it, and what deserves a second look."""

import json
import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.profile import HistogramBin, TableProfile, label_of
from services.datasets.profiling import profile_column, profile_table
from tests.makers_datasets import make_frame


def column(values: Sequence[object], dtype: str, name: str = "x") -> "pd.Series[Any]":
    return pd.Series(values, dtype=dtype, name=name)


def test_a_profile_survives_its_document() -> None:
    profile = profile_table(make_frame(), notes=["separated by tabs"], column_notes={"tenure": ["whole months"]})
    assert TableProfile.from_document(json.loads(json.dumps(profile.document()))) == profile


def test_a_document_from_before_a_field_was_kept_can_be_read() -> None:
    document = profile_table(make_frame()).document()
    later = ("sd", "skew", "n_zeros", "n_negatives", "n_top", "shortest", "longest")
    document["columns"] = [{key: one[key] for key in one if key not in later} for one in document["columns"]]
    found = TableProfile.from_document(json.loads(json.dumps(document)))
    assert [column.name for column in found.columns] == list(make_frame().columns)
    assert found.columns[1].sd is None


def test_what_surprises_in_numbers_and_texts_is_counted() -> None:
    found = profile_column(column([-1.0, 0.0, 0.0, 7.0, None], "float64"))
    assert (found.n_zeros, found.n_negatives, found.n_top) == (2, 1, 2)
    assert found.sd == pytest.approx(3.6968, abs=1e-4)
    assert found.skew == pytest.approx(1.0970, abs=1e-4)
    text = profile_column(column(["a", "äöü", "a", None], "str"))
    assert (text.shortest, text.longest, text.n_top) == (1, 3, 2)


def test_a_number_is_described_by_its_spread() -> None:
    found = profile_column(column([1.0, 2.0, 3.0, 4.0, float("nan")], "float64"))
    assert (found.kind, found.n_missing, found.n_distinct) == ("number", 1, 4)
    assert (found.low, found.high, found.mean) == (1.0, 4.0, 2.5)
    assert found.quantiles == pytest.approx((1.15, 1.75, 2.5, 3.25, 3.85))
    assert found.histogram == tuple(HistogramBin(v - 0.5, v + 0.5, 1) for v in (1.0, 2.0, 3.0, 4.0))


def test_a_number_with_few_values_lists_them_as_labels() -> None:
    found = profile_column(column([0.0, 1.0, 0.0, float("nan")], "float64"))
    assert found.top_values == (("0", 2), ("1", 1))


def test_the_most_frequent_values_come_first() -> None:
    found = profile_column(column(["b", "a", "b", "c", None], "str"))
    assert (found.kind, found.top_values) == ("category", (("b", 2), ("a", 1), ("c", 1)))


KINDS: dict[str, tuple[str, Sequence[object], str, str]] = {
    "a named key": ("customerID", [f"{n}-AB" for n in range(50)], "str", "identifier"),
    "a snake-case key": ("order_id", list(range(100, 50, -1)), "int64", "identifier"),
    "a running number": ("x", list(range(50)), "int64", "identifier"),
    "a uuid": ("x", [f"{n:08x}-0000-4000-8000-{n:012x}" for n in range(50)], "str", "identifier"),
    "an amount with many digits": ("x", [float(n) + 0.5 for n in range(50)], "float64", "number"),
    "unique whole amounts": ("x", random.Random(0).sample(range(10_000), 50), "int64", "number"),
    "a word ending in id": ("paid", random.Random(0).sample(range(10_000), 50), "int64", "number"),
    "a few rows": ("id", [1, 2, 3], "int64", "number"),
    "free text": ("x", [f"words about customer {n}, at some length" for n in range(60)], "str", "text"),
    "one value": ("x", ["a", "a", None], "str", "constant"),
    "nothing": ("x", [None, None], "str", "constant"),
    "a date": ("x", ["2024-01-01", "2024-01-02"], "datetime64[us]", "date"),
}


@pytest.mark.parametrize("case", KINDS)
def test_the_kind_of_a_column_is_told_from_name_and_values(case: str) -> None:
    name, values, dtype, expected = KINDS[case]
    assert profile_column(column(values, dtype, name)).kind == expected


def test_personal_text_is_not_listed() -> None:
    assert profile_column(column([f"{n}-AB" for n in range(50)], "str", "customerID")).top_values == ()


NOTES: dict[str, tuple[Sequence[object], str]] = {
    "empty": ([None, None, None], "Every cell is empty."),
    "constant": (["a", "a", "a"], "Every row has the same value"),
    "mostly missing": (["a", "b", None, None, None], "60% of the cells are empty."),
    "nearly constant": (["a"] * 995 + ["b"] * 5, "One value fills 99.5% of the rows."),
}


@pytest.mark.parametrize("case", NOTES)
def test_what_deserves_a_second_look_is_said(case: str) -> None:
    values, expected = NOTES[case]
    assert any(expected in note for note in profile_column(column(values, "str")).notes)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=40))
def test_a_histogram_counts_every_value_once(values: list[float]) -> None:
    found = profile_column(pd.Series(values, dtype="float64", name="x"))
    assert sum(bin_.count for bin_ in found.histogram) == len(values)
    assert len(found.histogram) <= 20
    json.dumps(TableProfile(len(values), (found,)).document(), allow_nan=False)


def test_dates_have_edges_and_a_histogram_in_seconds() -> None:
    found = profile_column(column(["2024-01-01", "2024-12-31", None], "datetime64[us]"))
    assert (found.low, found.high) == ("2024-01-01T00:00:00", "2024-12-31T00:00:00")
    assert found.histogram[0].low == np.datetime64("2024-01-01", "s").astype(int)


def test_whole_numbers_are_one_label_whatever_their_type() -> None:
    assert label_of(1) == label_of(1.0) == "1"
    assert label_of(1.5) == "1.5"
    assert label_of(math.inf) == "inf"
