"""What may be said of a lever's effect, and what follows from it."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import InvalidInputError
from services.proposals.causal import CONSEQUENCES, EARNS_A, EARNS_B, WORDINGS, causal_status, e_value
from services.proposals.lever import Assignment


def test_only_chance_makes_an_estimated_effect() -> None:
    grades = {assignment: causal_status(assignment).grade for assignment in get_args(Assignment)}
    assert grades == {"unknown": "C", "randomised": "A", "recorded": "C", "rule": "C", "judgement": "C"}


def test_what_earns_a_better_grade_is_said() -> None:
    assert "at random" in EARNS_A
    for condition in ("known before the decision", "agrees in sign with the simulator", "above 0.1"):
        assert condition in EARNS_B
    assert "a simulation holds that against the data" in causal_status("recorded").reason


def test_each_grade_says_what_its_effect_is_called_and_what_follows() -> None:
    assert causal_status("randomised").wording == "estimated effect"
    assert "hidden causes could change it" in WORDINGS["B"]
    assert "not a forecast" in causal_status("unknown").wording
    assert causal_status("unknown").consequence == CONSEQUENCES["C"]
    assert "limited experiment" in CONSEQUENCES["C"]


def test_the_e_value_is_the_published_one() -> None:
    """VanderWeele and Ding (2017): a risk ratio of 3.9 gives 7.26, its lower limit of 1.8 gives 3.0."""
    assert e_value(3.9) == pytest.approx(7.26, abs=0.005)
    assert e_value(1.8) == pytest.approx(3.0, abs=0.005)
    assert e_value(1.0) == 1.0


@given(st.floats(0.01, 100))
def test_a_protective_effect_counts_like_its_inverse(ratio: float) -> None:
    assert e_value(ratio) == pytest.approx(e_value(1 / ratio))
    assert e_value(ratio) >= 1


@pytest.mark.parametrize("ratio", [0.0, -1.0, float("nan"), float("inf")])
def test_what_is_no_ratio_is_refused(ratio: float) -> None:
    with pytest.raises(InvalidInputError):
        e_value(ratio)
