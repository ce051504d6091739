"""A row that a model is asked about goes through the steps that rewrote the cells of the rows it learned from."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.datasets.recipe.application import apply_recipe
from services.datasets.recipe.new_rows import prepare_rows, spelled_as_text, steps_on_cells
from services.datasets.recipe.rewriting import texts
from services.datasets.recipe.steps import KINDS, checked_step, checked_steps

Step = dict[str, Any]

STEPS: dict[str, Step] = {
    "trim_text": {"columns": ["x"]},
    "merge_spellings": {"column": "x", "mapping": {"yes": "Yes", "1": "one"}},
    "replace_with_missing": {"column": "x", "values": ["?", -9]},
    "to_number": {"column": "x"},
    "to_date": {"column": "x", "order": "day"},
    "to_text": {"column": "x"},
    "hash_column": {"column": "x"},
}
CELLS = ("yes", "Yes", " padded ", "?", "-9", "1", "2.5", "1,5", "31/12/2024", "2024-03-01", "", "oops", None)


def prepared(cells: list[Any], *steps: Step, dates: tuple[str, ...] = (), known: tuple[str, ...] = ()) -> list[Any]:
    rows = prepare_rows({"x": cells}, checked_steps(steps), known={"x": known}, dates=dates, key=b"key")
    return rows.columns["x"]


def spelled(values: Any) -> list[Any]:
    return [None if pd.isna(cell) else cell for cell in texts(pd.Series(values)).tolist()]


@settings(max_examples=60)
@example(["31/12/2024"], ["to_date"])
@given(st.lists(st.sampled_from(CELLS), min_size=1, max_size=12), st.lists(st.sampled_from(sorted(STEPS)), max_size=3))
def test_new_rows_become_what_the_rows_of_the_version_became(cells: list[Any], kinds: list[str]) -> None:
    steps = [checked_step({"kind": kind, **STEPS[kind]}) for kind in dict.fromkeys(kinds)]
    base = pd.DataFrame({"x": pd.Series(cells, dtype="str")})
    try:
        expected = apply_recipe(base, steps, key=b"key")["x"]
    except Exception:  # a later step does not fit what an earlier one made: there is no such version
        return
    found = prepared(cells, *steps)
    if expected.dtype.kind == "M":  # in ISO spelling, always with the time of day
        assert spelled(pd.to_datetime(pd.Series(found, dtype="str"), format="ISO8601")) == spelled(expected)
    else:
        assert spelled(found) == spelled(expected)


@pytest.mark.parametrize(
    ("cells", "step", "expected"),
    [
        (
            [-1.0, 5, None, "7", "oops"],
            {"kind": "clip", "column": "x", "low": 0, "high": 4},
            ["0", "4", None, "4", "oops"],
        ),
        ([-1.0, 5], {"kind": "clip", "column": "x", "low": 0}, [0, 5]),
        ([True, False, None], {"kind": "merge_spellings", "column": "x", "mapping": {"1": "Yes"}}, ["Yes", "0", None]),
        ([1, 2.0, 2.5], {"kind": "to_number", "column": "x", "decimal_comma": True}, [1, 2, 2.5]),
        ([1.0, -999, None], {"kind": "replace_with_missing", "column": "x", "values": ["-999"]}, [1, None, None]),
        ([2**60, 1], {"kind": "to_text", "column": "x"}, [str(2**60), "1"]),
    ],
    ids=lambda part: part["kind"] if isinstance(part, dict) else None,
)
def test_values_may_come_as_numbers_or_as_text(cells: list[Any], step: Step, expected: list[Any]) -> None:
    assert prepared(cells, step) == expected


def test_a_date_that_stood_for_missing_is_missing_in_every_spelling() -> None:
    step = {"kind": "replace_with_missing", "column": "x", "values": ["9999-12-31", "never"]}
    cells = ["9999-12-31", "9999-12-31T00:00:00", "2024-01-01", "never", None]
    assert prepared(cells, step, dates=("x",)) == [None, None, "2024-01-01", None, None]


def test_what_no_step_is_about_comes_back_as_it_is() -> None:
    given_columns: dict[str, list[Any]] = {"x": [" a "], "y": [" b ", None]}
    step = checked_step({"kind": "trim_text", "columns": ["x"]})
    rows = prepare_rows(given_columns, [step], known={})
    assert rows.columns == {"x": ["a"], "y": [" b ", None]}
    assert given_columns["x"] == [" a "]


def test_a_hash_is_not_hashed_again() -> None:
    step = {"kind": "hash_column", "column": "x"}
    (once,) = prepared(["anna@example.com"], step)
    assert len(once) == 64
    assert prepared([once, "anna@example.com", None], step, known=(once,)) == [once, once, None]


def test_cells_that_cannot_be_read_are_named_and_words_for_missing_are_not() -> None:
    steps = checked_steps([{"kind": "to_number", "column": "x"}, {"kind": "to_date", "column": "y", "order": "iso"}])
    rows = prepare_rows({"x": ["1", "oops", "NA", " ", None, "2,5"], "y": ["2024-01-01"] * 6}, steps, known={})
    assert rows.unread == {"x": (1, 5)}
    assert rows.columns["x"] == [1, None, None, None, None, None]


def test_only_steps_that_rewrite_cells_of_the_model_are_taken() -> None:
    recipe = checked_steps(
        [
            {"kind": "trim_text", "columns": ["x", "gone"]},
            {"kind": "to_number", "column": "gone"},
            {"kind": "exclude_rows", "condition": {"column": "x", "operator": "is", "value": "a"}, "reason": "A test"},
            {"kind": "drop_duplicates"},
            {"kind": "set_values", "column": "x", "values": {0: "a"}},
            {"kind": "to_date", "column": "x", "order": "iso"},
        ]
    )
    steps = steps_on_cells(recipe, {"x"})
    assert [(step["kind"], step.get("columns", ["x"])) for step in steps] == [("trim_text", ["x"]), ("to_date", ["x"])]
    assert spelled_as_text(steps) == {"x"}


def test_each_kind_of_step_is_either_taken_or_known_not_to_be() -> None:
    """A new kind must be decided on: rows to score would otherwise miss it silently."""
    assert set(KINDS) - {*STEPS, "clip", "derive"} == {"exclude_rows", "drop_duplicates", "set_values"}
