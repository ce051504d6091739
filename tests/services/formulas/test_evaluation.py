"""Computing a formula: equal to numpy, and a row without an answer is counted."""

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.formulas.evaluation import compute, compute_one, invalid_sentence
from services.formulas.reading import read_formula

NAN = float("nan")
TABLE = pd.DataFrame(
    {
        "fee": [10.0, 20.0, None, 0.0],
        "calls": pd.array([1, None, 3, 0], dtype="Int64"),
        "channel": ["phone", "mail", None, "phone"],
        "group": pd.Categorical(["a", "b", "a", None]),
        "is new": [True, False, True, False],
        "since": pd.to_datetime(["2026-01-01"] * 4),
    }
)


def _computed(text: str, table: pd.DataFrame = TABLE) -> list[float | None]:
    computed = compute(read_formula(text, table.columns), table, len(table))
    assert np.array_equal(computed.is_valid, np.isfinite(computed.values))
    return [None if not np.isfinite(value) else float(value) for value in computed.values]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("fee * 12 + 1", [121, 241, None, 1]),
        ("100 / fee", [10, 5, None, None]),
        ("where(fee > 0, 100 / fee, 0)", [10, 5, None, 0]),
        ("100 / fee if fee > 0 else -1", [10, 5, None, -1]),
        ("fee > 0 and 100 / fee > 5", [1, 0, None, 0]),
        ("fee <= 0 or 100 / fee > 5", [1, 0, None, 1]),
        ("1 / (1 / fee)", [10, 20, None, None]),
        ("(1 / 0) * 0 == 0", [None] * 4),
        ("(0 / 0) ** 0", [None] * 4),
        ("log(fee)", [np.log(10), np.log(20), None, None]),
        ("sqrt(0 - fee)", [None, None, None, 0]),
        ("exp(fee * 100)", [None, None, None, 1]),
        ("10 ** fee", [1e10, 1e20, None, 1]),
        ("2 ** (fee * 5)", [2.0**50, None, None, 1]),
        ("fee % 3", [1, 2, None, 0]),
        ("fee // 3", [3, 6, None, 0]),
        ("1 // (1 // fee)", [None, None, None, None]),
        ("clip(fee, 5, 15)", [10, 15, None, 5]),
        ("clip(fee, 15, 5)", [None] * 4),
        ("min(fee, 15, 12)", [10, 12, None, 0]),
        ("max(fee, calls)", [10, None, None, 0]),
        ("round(fee / 3, 1)", [3.3, 6.7, None, 0]),
        ("round(2.5)", [2, 2, 2, 2]),
        ("-fee ** 2", [-100, -400, None, 0]),
        ("0 < fee < 15", [1, 0, None, 0]),
        ("not `is new`", [0, 1, 0, 1]),
        ("channel == 'phone'", [1, 0, None, 1]),
        ("5 if channel != 'phone' else calls", [1, 5, None, 0]),
        ("group == 'a'", [1, 0, 1, None]),
        ("channel == group", [0, 0, None, None]),
        ("7", [7, 7, 7, 7]),
    ],
)
def test_each_row_has_its_value_or_none(text: str, values: list[float | None]) -> None:
    assert _computed(text) == pytest.approx(values, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("channel * 2", "channel holds words; it can only be compared"),
        ("channel", "channel holds words"),
        ("fee == 'phone'", "fee holds numbers and cannot be compared with a word"),
        ("channel == 5", "a part of the formula holds numbers and cannot be compared with channel"),
        ("since > 5", "since holds dates or times"),
    ],
)
def test_words_where_numbers_are_needed_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        _computed(text)


def test_a_column_that_went_away_is_refused_by_name() -> None:
    formula = read_formula("fee + 1", TABLE.columns)
    with pytest.raises(InvalidInputError, match="names fee, which is not known"):
        compute(formula, TABLE[["calls"]], 4)


def test_rows_without_a_value_are_counted_in_words() -> None:
    computed = compute(read_formula("100 / fee", TABLE.columns), TABLE, 4)
    assert computed.n_invalid == 2
    assert invalid_sentence(computed).startswith("2 of 4 rows have no value")
    assert invalid_sentence(compute(read_formula("1", ()), {}, 3)) == ""


def test_named_values_stand_for_all_rows() -> None:
    assert compute_one(read_formula("rate * 2", ["rate"]), {"rate": 0.5}) == 1.0
    assert compute_one(read_formula("1 / rate", ["rate"]), {"rate": 0}) is None
    assert compute(read_formula("rate", ["rate"]), {"rate": 3}, 2).values.tolist() == [3, 3]


def test_no_rows_are_no_trouble() -> None:
    assert compute(read_formula("fee + 1", TABLE.columns), TABLE.head(0), 0).values.size == 0


def test_numbers_kept_as_objects_are_numbers() -> None:
    table = pd.DataFrame({"amount": pd.Series([Decimal("1.5"), None], dtype=object)})
    assert _computed("amount * 2", table) == [3.0, None]


NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
LEAVES = st.sampled_from(["a", "`b c`"]) | st.integers(0, 99).map(str)


def _grown(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(parts, st.sampled_from("+-*/"), parts).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
    # numpy compares to truth values, which it neither subtracts nor takes the exponential of in full precision
    compared = st.tuples(parts, st.sampled_from(["<", ">="]), parts).map(lambda t: f"(({t[0]} {t[1]} {t[2]}) * 1.0)")
    called = st.tuples(st.sampled_from(["abs", "sqrt", "log", "exp"]), parts).map(lambda t: f"{t[0]}({t[1]})")
    paired = st.tuples(st.sampled_from(["min", "max"]), parts, parts).map(lambda t: f"{t[0]}({t[1]}, {t[2]})")
    return two | compared | called | paired


FORMULAS = st.recursive(LEAVES, _grown, max_leaves=10)
ORACLE = {"abs": np.abs, "sqrt": np.sqrt, "log": np.log, "exp": np.exp, "min": np.minimum, "max": np.maximum}


@given(FORMULAS, st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5))
def test_it_equals_numpy_wherever_numpy_has_an_answer(text: str, rows: list[tuple[float, float]]) -> None:
    """The oracle is Python itself, run by the test on formulas the test has made."""
    table = pd.DataFrame(rows, columns=["a", "b c"])
    computed = compute(read_formula(text, table.columns), table, len(table))
    names = {"a": table["a"].to_numpy(), "b": table["b c"].to_numpy(), **ORACLE}
    with np.errstate(all="ignore"):
        expected = np.broadcast_to(_oracle(text.replace("`b c`", "b"), names), len(table)).astype(float)
    valid = computed.is_valid
    np.testing.assert_array_equal(computed.values[valid], expected[valid])
    assert np.isnan(computed.values[~valid]).all()
    assert np.isfinite(expected[valid]).all()


def _oracle(text: str, names: dict[str, object]) -> Any:
    try:
        return eval(text, {"__builtins__": {}}, names)  # noqa: S307 - made by this test
    except (ZeroDivisionError, OverflowError):
        return NAN
