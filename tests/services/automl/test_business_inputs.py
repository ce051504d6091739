"""What people say of columns, frozen for a run."""

from services.automl.business_inputs import BusinessInputs, business_inputs, joined_directions
from services.datasets.dictionary import Description

RISES, FALLS = Description(expected_direction="rises"), Description(expected_direction="falls")
ALIKE = Description(compared="yes")


def test_only_what_models_learn_from_can_be_held_to_a_direction() -> None:
    said = {"calls": RISES, "tenure": FALLS, "left out": RISES, "gone": FALLS, "plan": Description()}
    found = business_inputs(said, learned=["calls", "tenure", "plan"], columns=["calls", "tenure"], target="left")
    assert found == BusinessInputs({"calls": 1, "tenure": -1})


def test_groups_are_compared_also_of_a_column_nobody_learns_from_but_never_of_the_outcome() -> None:
    said = {"sex": ALIKE, "left": ALIKE, "gone": ALIKE}
    found = business_inputs(said, learned=["calls"], columns=["calls", "sex", "left"], target="left")
    assert found == BusinessInputs(compared=("sex",))


def test_a_run_keeps_it_and_one_of_before_it_was_asked_has_none() -> None:
    inputs = BusinessInputs({"calls": 1}, ("sex",), "calls > 3")
    assert BusinessInputs.from_document(inputs.document()) == inputs
    assert BusinessInputs().document() == {}
    assert BusinessInputs.from_document({}) == BusinessInputs()


def test_a_lever_counts_more_than_what_is_expected() -> None:
    assert joined_directions({"price": -1}, {"price": 1, "calls": 1}) == {"price": -1, "calls": 1}
