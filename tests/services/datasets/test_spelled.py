"""A column by its different spellings says of every row what the column itself says."""

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets import spelled
from services.datasets.counted import count_values
from services.datasets.inference import Rules, infer_column
from services.datasets.numbers import CommaRule
from services.datasets.spelled import Spelled

CELLS = st.lists(
    st.sampled_from(["", " ", "a", " a", "NA", "-", "1", "1.5", "+2", "007", "1e400", "inf", None]), min_size=1
)
_POOLS: list[list[str | None]] = [
    ["1", "2", "-3", ""],
    ["1.5", "2", "", "NA"],
    ["1.5", " 2 ", "inf", "1e400"],
    ["007", "8"],
    ["1", "2", "oops"],
    ["1234567890123456", "2"],
    ["2024-01-31", "2024-02-01", ""],
    ["31/01/2024", "01/02/2024"],
    ["01/02/2024", "02/02/2024"],
    ["31/01/2024", "01/31/2024"],
    ["1,5", "2,25"],
    ["1,500", "2"],
    ["None", "x", " x", "?"],
    ["", "NA"],
    [None, "x", ""],
]
_RULES: tuple[CommaRule, ...] = ("no", "ask", "likely", "separator")
COLUMNS = st.sampled_from(_POOLS).flatmap(lambda pool: st.lists(st.sampled_from(pool), min_size=1, max_size=30))


def sort_out(cells: list[str | None]) -> Spelled:
    found = Spelled.of(pa.chunked_array([cells], type=pa.string()), few_rows=0)
    assert found.rows is not None
    return found


@pytest.fixture(autouse=True)
def always_sorted_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spelled, "_repeat", lambda cells: True)


@given(CELLS)
def test_the_rows_come_back(cells: list[str | None]) -> None:
    found = sort_out(cells)
    assert found.spread().to_pylist() == cells
    assert found.values.to_pylist() == list(dict.fromkeys(cells))
    assert found.first(3).to_pylist() == cells[:3]
    assert found.sample(10**6).to_pylist() == [cell for cell in cells if cell is not None]


@given(CELLS)
def test_rows_are_counted_as_without_sorting_out(cells: list[str | None]) -> None:
    found, plain = sort_out(cells), Spelled(pa.chunked_array([cells], type=pa.string()))
    flags, plain_flags = (pc.is_in(one.values, pa.array(["a", "NA", "1"])) for one in (found, plain))
    assert found.count(flags) == plain.count(plain_flags) == sum(cell in ("a", "NA", "1") for cell in cells)
    assert found.tally(flags) == plain.tally(plain_flags)
    assert dict(found.tally(flags)) == Counter(cell for cell in cells if cell in ("a", "NA", "1"))
    if found.count(flags):
        assert found.first_row(flags) == plain.first_row(plain_flags)


@given(COLUMNS, st.sampled_from(_RULES))
def test_a_column_is_typed_as_cell_by_cell(cells: list[str | None], comma: CommaRule) -> None:
    column = pa.chunked_array([cells], type=pa.string())
    rules = Rules("c", comma=comma)
    by_spelling, by_cell = (infer_column(column, rules, few_rows=few) for few in (0, 10**6))
    assert by_spelling.plan == by_cell.plan
    assert (by_spelling.reason, by_spelling.notes) == (by_cell.reason, by_cell.notes)
    assert by_spelling.question == by_cell.question
    if by_cell.question is None:
        assert by_spelling.values.to_pylist() == by_cell.values.to_pylist()
    if by_spelling.counted is not None:
        counted = count_values(by_cell.values)
        assert by_spelling.counted.n_top == counted.n_top
        assert sorted(by_spelling.counted.labels(50)) == sorted(counted.labels(50))


def test_few_rows_and_cells_that_all_differ_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    few = pa.chunked_array([["a", "a"]])
    differing = pa.chunked_array([[str(number) for number in range(10_000)]])
    repeating = pa.chunked_array([["a", "b"] * 5_000])
    assert Spelled.of(few).rows is None
    assert Spelled.of(differing).rows is None
    assert Spelled.of(repeating).values.to_pylist() == ["a", "b"]
