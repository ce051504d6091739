"""Directions towards one of several classes, and the class that all speak of."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import ConflictError, InvalidInputError
from services.interpretations.facing import chosen_class, drivers_towards, importances_towards
from services.models.report import ClassDriver, ClassDrivers
from tests.makers_classes import CLASSES, make_class_explanation
from tests.makers_models import make_explanation

SHAPE = ((1.0, -2.0), (9.0, 2.0))


@pytest.mark.parametrize(("label", "way"), [(CLASSES[0], "up"), (CLASSES[1], "mixed"), (CLASSES[2], "down")])
def test_directions_are_those_towards_the_class_and_the_order_is_that_of_the_model(label: str, way: str) -> None:
    explanation = make_class_explanation()
    found = drivers_towards(explanation, label)
    assert [driver.column for driver in found] == [driver.column for driver in explanation.drivers]
    assert [driver.importance for driver in found] == [driver.importance for driver in explanation.drivers]
    assert found[0].direction == way


@given(st.floats(0, 20, allow_nan=False))
def test_a_column_that_hardly_moves_the_class_has_no_direction_towards_it(size: float) -> None:
    own = ClassDrivers("b", (ClassDriver("tenure", 10.0, "up", SHAPE), ClassDriver("contract", size, "down", SHAPE)))
    found = drivers_towards(replace(make_explanation(), by_class=(own,)), "b")
    strongest = max(10.0, size)
    assert found[1].direction == ("down" if size >= strongest / 10 else "mixed")
    assert found[0].direction == ("up" if strongest / 10 <= 10.0 else "mixed")


def test_a_column_that_is_not_kept_has_no_direction_and_no_shape() -> None:
    own = ClassDrivers("b", (ClassDriver("tenure", 10.0, "up", SHAPE),))
    found = drivers_towards(replace(make_explanation(), by_class=(own,)), "b")
    assert (found[1].direction, found[1].points) == ("mixed", ())


def test_without_effects_on_the_class_the_drivers_stay_as_they_are() -> None:
    for explanation, label in ((make_explanation(), None), (make_class_explanation(), "another")):
        assert drivers_towards(explanation, label) == explanation.drivers
        assert importances_towards(explanation, label) == {}


def test_how_much_a_column_moves_the_class_is_not_how_much_it_moves_all() -> None:
    assert importances_towards(make_class_explanation(), CLASSES[2]) == {"tenure": 4.0, "contract": 0.3}


def test_all_speak_of_the_class_that_was_chosen_first() -> None:
    assert chosen_class(CLASSES[1], CLASSES, None, None) == CLASSES[1]
    assert chosen_class(None, CLASSES, CLASSES[1], None) == CLASSES[1]
    assert chosen_class(None, CLASSES, None, CLASSES[0]) == CLASSES[0]
    assert chosen_class(None, (), None, None) is None
    with pytest.raises(ConflictError, match="all speak of the same"):
        chosen_class(CLASSES[0], CLASSES, CLASSES[1], None)


@pytest.mark.parametrize("wanted", ["", "1 *NEW*", "x" * 10_000])
def test_a_class_that_the_model_does_not_have_is_refused(wanted: str) -> None:
    with pytest.raises(InvalidInputError, match="does not have the class"):
        chosen_class(wanted, CLASSES, None, CLASSES[0])


def test_a_class_with_an_empty_name_is_a_class() -> None:
    assert chosen_class("", ("", "a"), None, "a") == ""
