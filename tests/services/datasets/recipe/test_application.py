"""Steps do what they say to the cells they name, count it, leave the base alone, and do it again alike."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.datasets.recipe.application import StepEffect, apply_recipe, apply_with_effects
from services.datasets.recipe.errors import StepNotPossibleError
from services.datasets.recipe.steps import checked_step, checked_steps
from services.datasets.tables import read_table, write_table

Step = dict[str, Any]


def text(*cells: str | None) -> "pd.Series[Any]":
    return pd.Series(cells, dtype="str")


def applied(cells: "pd.Series[Any]", step: Step) -> tuple[list[Any], StepEffect]:
    found = apply_with_effects(pd.DataFrame({"x": cells}), [checked_step({"column": "x", **step})], key=b"key")
    write_table(found.table)  # every outcome can be stored
    return cells_of(found.table["x"]), found.effects[0]


def cells_of(column: "pd.Series[Any]") -> list[Any]:
    return [None if pd.isna(cell) else cell for cell in column.tolist()]


CASES: dict[str, tuple["pd.Series[Any]", Step, list[Any], StepEffect]] = {
    "spellings": (
        text("yes", "Yes", None, "no"),
        {"kind": "merge_spellings", "mapping": {"yes": "Yes"}},
        ["Yes", "Yes", None, "no"],
        StepEffect(n_cells=1),
    ),
    "spellings that change places": (
        text("a", "b"),
        {"kind": "merge_spellings", "mapping": {"a": "b", "b": "a"}},
        ["b", "a"],
        StepEffect(n_cells=2),
    ),
    "tokens in text": (
        text("?", "a", "-9"),
        {"kind": "replace_with_missing", "values": ["?", -9.0]},
        [None, "a", None],
        StepEffect(n_cells=2, n_missing=2),
    ),
    "tokens in whole numbers": (
        pd.Series([1, -999]),
        {"kind": "replace_with_missing", "values": ["-999"]},
        [1.0, None],
        StepEffect(n_cells=1, n_missing=1),
    ),
    "tokens that are not there": (
        pd.Series([1, 2]),
        {"kind": "replace_with_missing", "values": [7]},
        [1, 2],
        StepEffect(),
    ),
    "tokens in dates": (
        pd.Series(pd.to_datetime(["1900-01-01", "2024-01-01"])),
        {"kind": "replace_with_missing", "values": ["1900-01-01", "never"]},
        [None, pd.Timestamp("2024-01-01")],
        StepEffect(n_cells=1, n_missing=1),
    ),
    "whole numbers": (text(" 1", "+2", "007"), {"kind": "to_number"}, [1, 2, 7], StepEffect(n_cells=3)),
    "numbers with faults": (
        text("1.5", "oops", None, "1,5", "1e400"),
        {"kind": "to_number"},
        [1.5, None, None, None, None],
        StepEffect(n_cells=4, n_missing=3),
    ),
    "a decimal comma": (
        text("1,5", "2", "1.5"),
        {"kind": "to_number", "decimal_comma": True},
        [1.5, 2.0, None],
        StepEffect(n_cells=3, n_missing=1),
    ),
    "account numbers": (
        text("1234567890123456", "1"),
        {"kind": "to_number"},
        [None, 1.0],
        StepEffect(n_cells=2, n_missing=1),
    ),
    "days first": (
        text("31/12/2024", "1.2.2024 10:30", "2024-03-01", "12/31/2024"),
        {"kind": "to_date", "order": "day"},
        [
            pd.Timestamp("2024-12-31"),
            pd.Timestamp("2024-02-01 10:30"),
            pd.Timestamp("2024-03-01"),
            None,
        ],
        StepEffect(n_cells=4, n_missing=1),
    ),
    "months first": (
        text("12/31/2024", "31/12/2024"),
        {"kind": "to_date", "order": "month"},
        [pd.Timestamp("2024-12-31"), None],
        StepEffect(n_cells=2, n_missing=1),
    ),
    "numbers as text": (pd.Series([1.0, None, 2.5]), {"kind": "to_text"}, ["1", None, "2.5"], StepEffect(n_cells=2)),
    "dates as text": (
        pd.Series([pd.Timestamp("2024-12-31"), pd.NaT]),
        {"kind": "to_text"},
        ["2024-12-31", None],
        StepEffect(n_cells=1),
    ),
    "limits": (
        pd.Series([-1.0, 5.0, None]),
        {"kind": "clip", "low": 0, "high": 4},
        [0, 4, None],
        StepEffect(n_cells=2),
    ),
    "limits that all keep": (pd.Series([1, 2]), {"kind": "clip", "low": 0.5}, [1, 2], StepEffect()),
    "a limit between whole numbers": (pd.Series([1, 2]), {"kind": "clip", "low": 1.5}, [1.5, 2], StepEffect(n_cells=1)),
    "values of text": (
        text("a", "b", None),
        {"kind": "set_values", "values": {"0": "c", "1": None, "2": "d"}},
        ["c", None, "d"],
        StepEffect(n_cells=3, n_missing=1),
    ),
    "values of whole numbers": (
        pd.Series([1, 2]),
        {"kind": "set_values", "values": {"0": "5"}},
        [5, 2],
        StepEffect(n_cells=1),
    ),
    "no value for a whole number": (
        pd.Series([1, 2]),
        {"kind": "set_values", "values": {"0": None}},
        [None, 2.0],
        StepEffect(n_cells=1, n_missing=1),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_step_changes_the_cells_it_names_and_counts_them(case: str) -> None:
    cells, step, expected, effect = CASES[case]
    assert applied(cells, step) == (expected, effect)


def test_spaces_go_and_what_is_empty_then_is_missing() -> None:
    table = pd.DataFrame({"a": text(" x ", "\u00a0", "y"), "b": [1, 2, 3]})
    found = apply_with_effects(table, [checked_step({"kind": "trim_text", "columns": ["a"]})])
    assert cells_of(found.table["a"]) == ["x", None, "y"]
    assert found.effects == (StepEffect(n_cells=2, n_missing=1),)


def test_hashes_are_keyed_and_keep_equal_values_equal() -> None:
    cells = text("ann@example.org", "bob@example.org", "ann@example.org", None)
    (first, second, again, gap), effect = applied(cells, {"kind": "hash_column"})
    assert first == again != second and gap is None and effect == StepEffect(n_cells=3)
    other = apply_recipe(pd.DataFrame({"x": cells}), [{"kind": "hash_column", "column": "x"}], key=b"another")
    assert other["x"][0] != first and len(first) == 64
    with pytest.raises(ValueError, match="needs a key"):
        apply_recipe(pd.DataFrame({"x": cells}), [{"kind": "hash_column", "column": "x"}])


def test_rows_keep_the_numbers_of_the_base() -> None:
    table = pd.DataFrame({"a": [1, 1, 2, 3, 4]}, index=[9, 9, 9, 9, 9])
    steps = checked_steps(
        [
            {"kind": "drop_duplicates"},
            {"kind": "exclude_rows", "rows": [2], "reason": "A test"},
            {"kind": "set_values", "column": "note", "values": {"2": "gone", "4": "seen"}},
            {"kind": "exclude_rows", "condition": {"column": "a", "operator": "is", "value": 3}, "reason": "A test"},
        ]
    )
    found = apply_with_effects(table, steps)
    assert list(found.table.index) == [0, 4]
    assert cells_of(found.table["note"]) == [None, "seen"]
    assert [effect.words for effect in found.effects] == [
        "left out 1 row",
        "left out 1 row",
        "changed 1 cell",
        "left out 1 row",
    ]


IMPOSSIBLE: dict[str, tuple[Step, str]] = {
    "no such column": ({"kind": "to_text", "column": "z"}, r"Step 1 \(Keep “z” as text\).*no column called “z”"),
    "spaces in numbers": ({"kind": "trim_text", "columns": ["n"]}, "“n” does not hold text"),
    "dates of numbers": ({"kind": "to_date", "column": "n", "order": "iso"}, "“n” does not hold text"),
    "limits of text": ({"kind": "clip", "column": "t", "low": 1}, "“t” does not hold numbers"),
    "a row beyond the end": ({"kind": "exclude_rows", "rows": [0, 3], "reason": "why"}, "has 3 rows; 1 of"),
    "a value beyond the end": ({"kind": "set_values", "column": "t", "values": {"8": "x"}}, "has 3 rows; 1 of"),
    "a value of another kind": ({"kind": "set_values", "column": "n", "values": {"1": "x"}}, "1 of the new values"),
    "gaps in long numbers": (
        {"kind": "replace_with_missing", "column": "long", "values": [5]},
        "Keep it as text first",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_a_step_that_the_table_does_not_allow_is_named(case: str) -> None:
    step, expected = IMPOSSIBLE[case]
    table = pd.DataFrame({"n": [1, 2, 3], "t": text("a", "b", "c"), "long": [2**60, 5, 1]})
    with pytest.raises(StepNotPossibleError, match=expected):
        apply_recipe(table, [checked_step(step)])


labels = st.sampled_from(["a", " a", "A", "1", "2,5", "-7", "2024-01-02", "x" * 20])
moments = st.integers(0, 2**31).map(lambda seconds: pd.Timestamp(seconds, unit="s"))


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Small tables with a column of every kind, gaps included."""
    n_rows = draw(st.integers(2, 12))

    def column(cells: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(cells, min_size=n_rows, max_size=n_rows))

    return pd.DataFrame(
        {
            "whole": pd.Series(column(st.integers(-5, 5)), dtype="int64"),
            "real": pd.Series(column(st.none() | st.integers(-40, 40).map(lambda n: n / 4)), dtype="float64"),
            "text": pd.Series(column(st.none() | labels), dtype="str"),
            "day": pd.Series(column(st.none() | moments), dtype="datetime64[us]"),
        }
    )


columns = st.sampled_from(["whole", "real", "text", "day"])
comparisons: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, column=st.just("real"), operator=st.sampled_from(["less", "more", "is"]), value=st.integers(-9, 9)),
    st.builds(dict, column=st.just("text"), operator=st.sampled_from(["is", "contains", "is_not"]), value=labels),
    st.builds(dict, column=columns, operator=st.just("is_missing")),
    st.builds(dict, column=st.just("day"), operator=st.just("before"), value=st.just("2020-01-01")),
)
reasons = st.just("Because")
steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(dict, kind=st.just("exclude_rows"), condition=comparisons, reason=reasons),
    st.builds(
        dict, kind=st.just("exclude_rows"), rows=st.lists(st.integers(0, 1), min_size=1, max_size=2), reason=reasons
    ),
    st.just({"kind": "drop_duplicates"}),
    st.just({"kind": "trim_text", "columns": ["text"]}),
    st.builds(
        dict,
        kind=st.just("merge_spellings"),
        column=st.just("text"),
        mapping=st.dictionaries(labels, labels, min_size=1),
    ),
    st.builds(
        dict,
        kind=st.just("replace_with_missing"),
        column=columns,
        values=st.lists(labels | st.integers(-5, 5), min_size=1),
    ),
    st.builds(dict, kind=st.just("to_text"), column=st.just("day")),
    st.builds(dict, kind=st.just("clip"), column=st.just("real"), low=st.integers(-5, 0), high=st.integers(1, 5)),
    st.builds(dict, kind=st.just("hash_column"), column=columns),
    st.builds(
        dict,
        kind=st.just("derive"),
        column=st.sampled_from(["made", "real"]),
        formula=st.sampled_from(["whole / 2", "where(whole > 0, whole, 1)", "log(whole) + whole"]),
        reason=reasons,
    ),
    st.builds(
        dict,
        kind=st.just("set_values"),
        column=st.sampled_from(["real", "label"]),
        values=st.dictionaries(st.integers(0, 1), st.none() | st.sampled_from(["1", "2.5"]), min_size=1),
    ),
)


def outcome_of(table: pd.DataFrame, recipe: list[Step]) -> bytes:
    return write_table(apply_recipe(table, recipe, key=b"key"))


@settings(max_examples=150, deadline=None)
@given(tables(), st.lists(steps, max_size=5))
def test_the_same_recipe_makes_the_same_bytes_and_leaves_the_base_alone(table: pd.DataFrame, raw: list[Step]) -> None:
    before = write_table(table)
    try:
        first = outcome_of(table, checked_steps(raw))
    except StepNotPossibleError:
        return
    assert outcome_of(read_table(before), checked_steps(raw)) == first
    assert write_table(table) == before


@settings(max_examples=150, deadline=None)
@given(tables(), st.lists(steps, max_size=3), steps)
def test_a_step_taken_back_restores_the_bytes(table: pd.DataFrame, raw: list[Step], last: Step) -> None:
    recipe = checked_steps(raw)
    try:
        before = outcome_of(table, recipe)
        longer = [*recipe, checked_step(last)]
        outcome_of(table, longer)
    except StepNotPossibleError:
        return
    assert outcome_of(table, longer[:-1]) == before


@settings(max_examples=100, deadline=None)
@given(tables(), st.lists(steps, min_size=1, max_size=4))
def test_what_is_counted_is_what_differs(table: pd.DataFrame, raw: list[Step]) -> None:
    try:
        found = apply_with_effects(table, checked_steps(raw), key=b"key")
    except StepNotPossibleError:
        return
    assert len(table) - len(found.table) == sum(effect.n_rows for effect in found.effects)
    if all(effect.changes_nothing for effect in found.effects) and list(found.table) == list(table):
        there = [name for name in table if table[name].notna().any()]  # a column without a cell has only a type
        assert write_table(found.table[there]) == write_table(table[there])
