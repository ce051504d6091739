from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl.columns import (
    MISSING_TOKENS,
    Column,
    Kind,
    as_days,
    as_numbers,
    as_words,
    describe_columns,
    model_frame,
    to_model_values,
)
from tests.makers_automl import make_cases


def kinds(frame: pd.DataFrame) -> dict[str, str]:
    return {column.name: column.kind for column in describe_columns(frame)}


def test_a_table_as_it_comes_from_a_file_is_understood() -> None:
    assert kinds(make_cases().drop(columns=["segment", "spend"])) == {
        "case_id": "identifier",
        "months": "number",
        "charges": "number",
        "plan": "category",
        "since": "date",
        "left": "category",
    }


@pytest.mark.parametrize("missing", [" ", "?", "NA", ""])
def test_numbers_in_text_keep_being_numbers_where_some_are_missing(missing: str) -> None:
    frame = pd.DataFrame({"amount": ["1.5", missing, "2", "7", "1.5"]})
    assert kinds(frame) == {"amount": "number"}
    assert as_numbers(frame["amount"]).isna().tolist() == [False, True, False, False, False]


def test_codes_with_leading_zeros_are_not_numbers() -> None:
    assert kinds(pd.DataFrame({"code": ["00123", "00123", "00456"] * 5})) == {"code": "category"}


def test_a_running_number_and_a_column_of_one_value_are_left_out_with_a_reason() -> None:
    columns = describe_columns(pd.DataFrame({"row": range(50), "constant": "x", "empty": np.nan}))
    assert [column.kind for column in columns] == ["identifier", "constant", "constant"]
    assert all(column.note for column in columns)


def test_measurements_are_not_taken_for_identifiers_although_all_differ() -> None:
    random = np.random.default_rng(0)
    assert kinds(pd.DataFrame({"weight": random.normal(size=100), "income": random.permutation(10_000)[:100]})) == {
        "weight": "number",
        "income": "number",
    }


def test_sentences_are_text_and_short_labels_are_categories() -> None:
    reviews = [f"The fit is number {i} of all I tried so far" for i in range(50)]
    labels = ["Sales Representative", "Research Director"] * 25
    assert kinds(pd.DataFrame({"review": reviews, "role": labels})) == {"review": "text", "role": "category"}


def test_iso_dates_in_text_become_days() -> None:
    frame = pd.DataFrame({"day": ["1970-01-02", "2024-02-29", "1970-01-03"]})
    assert kinds(frame) == {"day": "date"}
    assert as_days(frame["day"]).tolist() == [1.0, 19_782.0, 2.0]


def test_infinite_numbers_are_missing() -> None:
    assert as_numbers(pd.Series([1.0, np.inf, -np.inf])).isna().tolist() == [False, True, True]


def test_one_and_one_point_zero_are_the_same_word() -> None:
    assert as_words(pd.Series([1.0, 2.5, np.nan])).tolist()[:2] == ["1", "2.5"]
    assert as_words(pd.Series([1.0, 2.5, np.nan])).isna().tolist() == [False, False, True]


def test_a_model_frame_has_only_usable_columns_in_three_types() -> None:
    frame = make_cases()
    typed = model_frame(frame, describe_columns(frame))
    assert "case_id" not in typed
    assert {str(dtype) for dtype in typed.dtypes} == {"float64", "str"}
    assert typed["charges"].isna().sum() == (frame["charges"] == " ").sum() > 0


ODD = [
    pd.Series([1, None], dtype="Int64"),
    pd.Series([1.5, None], dtype="Float32"),
    pd.Series([True, None], dtype="boolean"),
    pd.Series([1.5, np.nan, np.inf, -np.inf, 2.0], index=[5, 5, 7, 8, 9], name="x"),
    pd.Series(["a", " NA ", "?", None, "", "\u3000x\u3000", "NULL", "İ"]),
    pd.Series([1, "a", None, 2.0], dtype=object),
    pd.Series(["1", "2e400", "x", " 3 "]),
    pd.Series(["a", "?"], dtype="category"),
    pd.Series(["a", "?", None], dtype=pd.StringDtype("python")),
    pd.Series(["2026-01-01", None], dtype="datetime64[us]"),
    pd.Series([], dtype="str"),
    pd.Series([None, None]),
]


@pytest.mark.parametrize("values", ODD, ids=lambda values: f"{values.dtype}, {len(values)}")
def test_any_kind_of_storage_is_read_as_pandas_alone_would(values: "pd.Series[Any]") -> None:
    if pd.api.types.is_float_dtype(values.dtype):
        plain = values.map(lambda value: str(int(value)) if value.is_integer() else str(value), na_action="ignore")
    else:
        plain = values
    words = plain.astype("str").str.strip()
    words = words.mask(words.str.lower().isin(MISSING_TOKENS))
    pd.testing.assert_series_equal(as_words(values), words)
    is_number = pd.api.types.is_numeric_dtype(values.dtype)
    numbers = values.astype("float64") if is_number else pd.to_numeric(words, errors="coerce").astype("float64")
    pd.testing.assert_series_equal(as_numbers(values), numbers.where(np.isfinite(numbers)))


@pytest.mark.parametrize("kind", ["number", "date", "category", "text"])
def test_a_few_rows_are_read_at_once_as_each_column_by_itself(kind: Kind) -> None:
    """A model is asked for one row at a time: all columns of a kind are read together then."""
    known = [values.reset_index(drop=True) for values in ODD if len(values)]
    frame = pd.DataFrame({str(place): values.head(2) for place, values in enumerate(known)})
    frame = frame.drop(columns=[name for name in frame if kind == "date" and frame[name].dtype.kind in "bf"])
    together = model_frame(frame, [Column(str(name), kind) for name in frame])
    for name in together:
        pd.testing.assert_series_equal(together[name], to_model_values(frame[name], kind), check_names=False)


@given(
    cells=st.lists(
        st.tuples(*[st.one_of(st.none(), st.text(max_size=4), st.sampled_from([" 1 ", "NA", "1e3", "?"]))] * 3),
        min_size=1,
        max_size=4,
    )
)
def test_any_few_rows_of_text_are_read_like_many(cells: list[tuple[str | None, ...]]) -> None:
    frame = pd.DataFrame(cells, columns=["a", "b", "c"], dtype=object)
    columns = [Column("a", "number"), Column("b", "category"), Column("c", "text")]
    many = pd.concat([frame] * 101, ignore_index=True)
    pd.testing.assert_frame_equal(model_frame(frame, columns), model_frame(many, columns).head(len(frame)))


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        ("7", "8", "number"),
        ("7", "seven", "category"),
        ("2026-01-02", "2026-03-04", "date"),
        ("2026-01-02", "soon", "category"),
    ],
)
def test_the_last_rows_have_a_say_in_what_a_column_is_as_the_first_have(first: str, last: str, kind: str) -> None:
    frame = pd.DataFrame({"a": [first, last] * 15})
    frame.loc[frame.index < 25, "a"] = first
    assert describe_columns(frame)[0].kind == kind
    assert describe_columns(frame[::-1])[0].kind == kind
