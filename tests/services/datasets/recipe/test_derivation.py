"""Columns that a formula makes of others: in a version, on newer data, and of a row that a model is asked about."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.datasets.recipe.application import apply_recipe, apply_with_effects
from services.datasets.recipe.errors import InvalidStepError, StepNotPossibleError
from services.datasets.recipe.new_rows import derived_columns, prepare_rows, steps_on_cells
from services.datasets.recipe.replay import plan_replay
from services.datasets.recipe.steps import checked_step, checked_steps, columns_of, made_by

Step = dict[str, Any]
NUMBERS = ("charges", "calls")
TABLE = pd.DataFrame({"charges": [10.0, 20.0, 30.0], "calls": [2, 0, 3], "plan": ["a", "b", None]})


def derive(column: str, formula: str) -> Step:
    return {"kind": "derive", "column": column, "formula": formula, "reason": "Ana expects it to matter"}


def test_a_column_is_computed_and_rows_without_an_answer_are_missing_in_it() -> None:
    applied = apply_with_effects(TABLE, checked_steps([derive("per call", "charges / calls")]))
    assert applied.table["per call"].tolist()[::2] == [5.0, 10.0]
    assert np.isnan(applied.table["per call"][1])
    assert applied.effects[0].n_cells == 2
    assert list(TABLE) == ["charges", "calls", "plan"]


def test_a_step_may_use_what_an_earlier_one_made() -> None:
    steps = checked_steps([derive("per call", "charges / calls"), derive("dear", "`per call` > 6")])
    assert apply_recipe(TABLE, steps)["dear"].tolist()[::2] == [0.0, 1.0]
    assert [columns_of(step) for step in steps] == [("charges", "calls"), ("per call",)]
    assert [made_by(step) for step in steps] == ["per call", "dear"]


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (derive("x", "__import__('os')"), "A formula does not know this function"),
        (derive("x", "charges +"), "cannot be read"),
        (derive("x", "1 + 1"), "at least one other column"),
        (derive("x", "x + charges"), "cannot be computed from itself"),
        ({**derive("x", "charges"), "reason": ""}, "Say why this column should help"),
        ({**derive("x", "charges"), "formula": None}, "Write the formula"),
    ],
)
def test_what_is_no_clear_step_is_refused(step: Step, sentence: str) -> None:
    with pytest.raises(InvalidStepError, match=sentence):
        checked_step(step)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (derive("calls", "charges * 2"), "already has a column called “calls”"),
        (derive("x", "gone * 2"), "no column called “gone”"),
        (derive("x", "plan * 2"), "holds words"),
    ],
)
def test_what_the_table_does_not_allow_is_said(step: Step, sentence: str) -> None:
    with pytest.raises(StepNotPossibleError, match=sentence):
        apply_recipe(TABLE, checked_steps([step]))


def test_on_newer_data_it_is_taken_again_where_its_columns_are_and_it_is_not() -> None:
    recipe = checked_steps([derive("per call", "charges / calls"), derive("dear", "`per call` > 6")])
    assert plan_replay(recipe, ["charges", "calls"]).steps == tuple(recipe)
    lacking = plan_replay(recipe, ["charges"])
    assert [left.sentence for left in lacking.left_out] == [
        "The new data have no column called “calls”.",
        "The new data have no column called “per call”.",
    ]
    there = plan_replay(recipe, ["charges", "calls", "per call"])
    assert there.left_out[0].sentence == "The new data have a column called “per call” themselves."
    assert [step["column"] for step in there.steps] == ["dear"]


def test_of_a_row_only_the_steps_that_concern_the_model_are_taken() -> None:
    recipe = checked_steps(
        [
            {"kind": "to_number", "column": "charges", "decimal_comma": True},
            derive("per call", "charges / calls"),
            derive("unused", "calls * 2"),
            derive("dear", "`per call` > 6"),
            {"kind": "trim_text", "columns": ["plan"]},
        ]
    )
    steps = steps_on_cells(recipe, {"dear"})
    assert [(step["kind"], step["column"]) for step in steps] == [
        ("to_number", "charges"),
        ("derive", "per call"),
        ("derive", "dear"),
    ]
    assert derived_columns(steps) == ("per call", "dear")
    rows = prepare_rows({"charges": ["12,5", "7"], "calls": ["2", 1.0]}, steps, known={}, numbers=NUMBERS)
    assert rows.columns["dear"] == [1.0, 1.0]
    given_already = prepare_rows(
        {"charges": [1.0], "calls": [1.0], "per call": [9.0]}, steps, known={}, numbers=NUMBERS
    )
    assert given_already.columns["dear"] == [1.0]


def test_what_a_formula_takes_is_of_the_kind_it_has_in_the_version_however_it_is_given() -> None:
    """A word that looks like a number stays a word, a number spelled as a word becomes one, "NA" is a gap."""
    steps = checked_steps([derive("near", "(zip == '1234') * charges")])
    version = pd.DataFrame({"zip": ["1234", "99"], "charges": [2.0, 3.0]})
    assert apply_recipe(version, steps)["near"].tolist() == [2.0, 0.0]
    for zips, charges in ((["1234", "99"], ["2", "3"]), ([1234, 99], [2, 3.0])):
        rows = prepare_rows({"zip": zips, "charges": charges}, steps, known={}, numbers={"charges"})
        assert rows.columns["near"] == [2.0, 0.0]
    gap = prepare_rows({"zip": ["1234"], "charges": ["NA"]}, steps, known={}, numbers={"charges"})
    assert gap.columns["near"] == [None]
    with pytest.raises(StepNotPossibleError, match="“charges” is not a number in row 2") as refused:
        prepare_rows({"zip": ["1", "2"], "charges": ["1", "oops"]}, steps, known={}, numbers={"charges"})
    assert "oops" not in refused.value.sentence


@given(st.lists(st.tuples(st.integers(-99, 99), st.integers(-3, 3)), min_size=1, max_size=9))
def test_a_row_that_is_asked_about_gets_what_it_has_in_the_version(rows: list[tuple[int, int]]) -> None:
    table = pd.DataFrame(rows, columns=["charges", "calls"])
    steps = checked_steps([derive("x", "where(calls > 0, charges / calls, log(charges))")])
    in_version = apply_recipe(table, steps)["x"]
    asked = prepare_rows({str(name): table[name].tolist() for name in table}, steps, known={}, numbers=NUMBERS).columns[
        "x"
    ]
    np.testing.assert_array_equal(np.array(asked, dtype=float), in_version.to_numpy())
