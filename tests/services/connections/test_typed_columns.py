"""Types: no number loses a digit on its way into a table."""

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.connections.errors import UnusableCellsError
from services.connections.source import RawColumn, Role
from services.connections.typed_columns import TypedColumn, finish_column


def finish(role: Role, *batches: pa.Array) -> TypedColumn:
    return finish_column(RawColumn("x", role), list(batches))


@given(st.lists(st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=4), min_size=1, max_size=20))
def test_an_exact_number_is_the_same_number_afterwards(values: list[Decimal | None]) -> None:
    texts = [None if value is None else f"{value:f}" for value in values]
    found = finish("decimal", pa.array(texts, pa.string())).values.to_pylist()
    assert [None if value is None else Decimal(str(value)) for value in found] == values


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20))
def test_a_whole_number_is_the_same_number_afterwards(values: list[int | None]) -> None:
    found = finish("number", pa.array(values, pa.int64())).values.to_pylist()
    assert [None if value is None else int(value) for value in found] == values


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5), min_size=1, max_size=20))
def test_a_mixed_column_keeps_every_value_as_text(values: list[int | str | None]) -> None:
    batches = [pa.array([value if value is None else str(value)], pa.string()) for value in values]
    batches = [pa.array([v], pa.int64()) if isinstance(v, int) else b for v, b in zip(values, batches, strict=True)]
    column = finish("loose", *batches)
    assert [
        None if v is None else str(int(v)) if isinstance(v, float) else str(v) for v in column.values.to_pylist()
    ] == [None if value is None else str(value) for value in values]


@pytest.mark.parametrize(
    ("texts", "kind", "has_note"),
    [
        (["1", "2"], pa.int64(), False),
        (["1", None], pa.float64(), False),
        (["19.99", "0.01"], pa.float64(), False),
        (["123456789012345678901", "1"], pa.string(), True),
        (["0.12345678901234567", None], pa.string(), True),
        (["1234567890123456", None], pa.string(), True),
        (["NaN", "1"], pa.string(), True),
    ],
)
def test_digits_decide_what_an_exact_number_becomes(texts: list[str | None], kind: pa.DataType, has_note: bool) -> None:
    column = finish("decimal", pa.array(texts, pa.string()))
    assert (column.values.type, bool(column.notes)) == (kind, has_note)


def test_truth_becomes_words_and_not_a_number_a_gap() -> None:
    assert finish("flag", pa.array([True, None, False])).values.to_pylist() == ["true", None, "false"]
    assert finish("number", pa.array([float("nan"), 1.5])).values.to_pylist() == [None, 1.5]


def test_infinity_is_refused_by_the_name_of_its_column() -> None:
    with pytest.raises(UnusableCellsError, match="Column “x” holds infinity"):
        finish("number", pa.array([float("inf"), 1.0]))


def test_whole_numbers_and_fractions_meet_in_one_column() -> None:
    assert finish("loose", pa.array([1, 2]), pa.array([0.5]), pa.nulls(1)).values.to_pylist() == [1.0, 2.0, 0.5, None]
    huge = finish("loose", pa.array([2**53 + 1]), pa.array([0.5]))
    assert huge.values.to_pylist() == ["9007199254740993", "0.5"]
    assert huge.notes == ("It mixes numbers and text, so all of it is kept as text.",)
