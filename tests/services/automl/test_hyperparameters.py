"""Parameters as axes, and the part of them a person looks at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl.hyperparameters import Axis, Brush, axes_of, families_of, within
from services.automl.views import TrialView
from tests.services.automl.test_sentences import make_trial


def variant(number: int, **parameters: object) -> TrialView:
    return make_trial(number, "lightgbm", parameters=parameters)


TRIALS = [
    variant(1, rate=0.01, leaves=10, scale="ranked", calibrate=False, trees=300),
    variant(2, rate=0.1, leaves=60, scale="standard", calibrate=True, trees=300),
    variant(3, rate=1.0, leaves=30, scale="ranked", calibrate=False, trees=300, target="log"),
]


def axis(name: str) -> Axis:
    return next(axis for axis in axes_of(TRIALS) if axis.name == name)


def test_numbers_over_orders_of_magnitude_are_spread_by_their_logarithm() -> None:
    assert [(axis.name, axis.kind) for axis in axes_of(TRIALS)] == [
        ("rate", "log"),
        ("leaves", "number"),
        ("scale", "choice"),
        ("calibrate", "choice"),
    ]
    assert [axis("rate").place(trial) for trial in TRIALS] == pytest.approx([0.0, 0.5, 1.0])
    assert [axis("leaves").place(trial) for trial in TRIALS] == pytest.approx([0.0, 1.0, 0.4])
    assert [axis("scale").place(trial) for trial in TRIALS] == [0.0, 1.0, 0.0]


def test_what_never_varies_is_no_axis() -> None:
    assert "trees" not in {axis.name for axis in axes_of(TRIALS)}
    assert axes_of(TRIALS[:1]) == []
    assert axes_of([]) == []


def test_a_place_is_told_in_words() -> None:
    assert axis("rate").label_at(0.5) == "0.1"
    assert axis("leaves").label_at(0.4) == "30"
    assert axis("scale").label_at(1.0) == "standard"
    assert axis("calibrate").label == "Calibrate"


@given(place=st.floats(0, 1))
def test_a_value_and_its_place_are_the_same_thing(place: float) -> None:
    for name in ("rate", "leaves"):
        assert axis(name).place_of(axis(name).value_at(place)) == pytest.approx(place, abs=1e-9)


def test_every_brush_has_a_say() -> None:
    low_rate, ranked = Brush(axis("rate"), 0.0, 0.5), Brush(axis("scale"), 0.0, 0.0)
    assert [trial.number for trial in within(TRIALS, [low_rate])] == [1, 2]
    assert [trial.number for trial in within(TRIALS, [low_rate, ranked])] == [1]
    assert within(TRIALS, []) == TRIALS


def test_a_variant_without_the_parameter_is_outside_of_its_brush() -> None:
    other = variant(4, strength=1.0)
    assert within([*TRIALS, other], [Brush(axis("rate"), 0.0, 1.0)]) == TRIALS
    assert axis("scale").place(variant(5, scale="never seen")) is None
    assert axis("rate").place(variant(6, rate="a word")) is None


def test_kinds_are_counted_and_those_that_chose_none_left_out() -> None:
    trials = [make_trial(1, "linear"), make_trial(2, "lightgbm"), make_trial(3, "lightgbm"), make_trial(4, "")]
    assert families_of(trials) == {"lightgbm": 2, "linear": 1}
