"""A table keeps its names, order, types and values through its bytes."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from services.datasets.tables import read_table, write_table

_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
_CELLS = {
    "int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.one_of(st.floats(allow_nan=False), st.none()),
    "datetime64[us]": st.one_of(st.datetimes(), st.none()),
    "str": st.one_of(_TEXT, st.none()),
}


@st.composite
def tables(draw: DrawFn) -> pd.DataFrame:
    """Tables of every storable type, with gaps where the type has them."""
    n_rows = draw(st.integers(0, 6))
    names = draw(st.lists(_TEXT, min_size=1, max_size=5, unique=True))
    columns = {}
    for name in names:
        dtype = draw(st.sampled_from(sorted(_CELLS)))
        cells = draw(st.lists(_CELLS[dtype], min_size=n_rows, max_size=n_rows))
        columns[name] = pd.Series(cells, dtype=dtype)
    return pd.DataFrame(columns)


@settings(max_examples=60)
@given(tables())
def test_a_table_is_the_same_after_it_was_written_and_read(table: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(read_table(write_table(table)), table)


def test_equal_tables_have_equal_bytes() -> None:
    table = pd.DataFrame({"a": [1, 2], "b": ["x", None]}).astype({"b": "str"})
    assert write_table(table) == write_table(table.copy())


def test_the_index_is_not_kept() -> None:
    table = pd.DataFrame({"a": [1, 2, 3]}).iloc[[2, 0]]
    assert list(read_table(write_table(table)).index) == [0, 1]


def test_a_type_that_would_not_come_back_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="'flag' has the type bool"):
        write_table(pd.DataFrame({"flag": [True, False]}))
