"""Inputs that cannot be moved alone."""

from services.examinations.tied_inputs import tied_inputs

YEARLY = {"kind": "derive", "column": "yearly", "formula": "tenure * 12", "reason": "It is said"}


def test_both_ends_of_a_formula_are_tied() -> None:
    assert tied_inputs([YEARLY], ("tenure", "contract", "yearly")) == {
        "yearly": "it from other columns",
        "tenure": "“yearly” from it",
    }


def test_what_the_model_does_not_take_cannot_contradict_it() -> None:
    assert tied_inputs([YEARLY], ("tenure", "contract")) == {}
    assert tied_inputs([], ("tenure", "contract")) == {}


def test_steps_that_compute_nothing_tie_nothing() -> None:
    assert tied_inputs([{"kind": "to_text", "column": "tenure"}], ("tenure",)) == {}
