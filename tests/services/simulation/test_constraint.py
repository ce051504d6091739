"""What must hold: read, said, computed, and refused where it contradicts itself."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.errors import InvalidInputError
from services.simulation.constraint import MOST_CONSTRAINTS, Constraint
from services.simulation.request import SimulationRequest

MUST = Constraint("chance", "mean", "at least", 0.6)


def test_it_is_said_in_words_and_stored_as_it_was() -> None:
    assert MUST.words == "chance is at least 0.6 on average"
    assert Constraint("x", "sum", "at most", 1_000).words == "x is at most 1,000 in all cases of a month"
    assert Constraint.from_document(MUST.document()) == MUST
    request = SimulationRequest("m", ("Price",), constraints=(MUST,), segment_column="city")
    assert SimulationRequest.from_document(request.document()) == request


def test_a_request_that_asks_for_none_is_stored_as_before() -> None:
    assert not {"constraints", "segment_column"} & set(SimulationRequest("m", ("Price",)).document())


def test_values_are_of_the_formula_and_a_gap_does_not_hold() -> None:
    rows = pd.DataFrame({"size": [1.0, 0.0, 4.0]})
    each = Constraint("chance / size", "each", "at most", 0.3)
    values = each.values(rows, np.array([0.5, 0.5, 0.5]), "chance")
    assert np.isnan(values[1])
    assert each.holds_in(values).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("sense", "measure", "least"), [("at least", "mean", 0.6), ("at most", "mean", -0.6), ("at least", "sum", 0.006)]
)
def test_more_of_the_signed_number_is_better(sense: Any, measure: Any, least: float) -> None:
    assert Constraint("chance", measure, sense, 0.6).least(100.0) == pytest.approx(least)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"formula": " "}, "Say what must hold"),
        ({"formula": "x" * 3_000}, "more briefly"),
        ({"measure": "median"}, "in each case, on average"),
        ({"sense": "about"}, "at least or at most"),
        ({"limit": float("nan")}, "must be a number"),
    ],
)
def test_what_cannot_be_meant_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInputError, match=says):
        Constraint(**{**MUST.document(), **changes})


def test_bounds_that_contradict_each_other_are_refused_at_once() -> None:
    most = Constraint("chance", "mean", "at most", 0.5)
    with pytest.raises(InvalidInputError, match=r"cannot be at least 0.6 and at most 0.5 at once"):
        SimulationRequest("m", ("Price",), constraints=(MUST, most))
    SimulationRequest("m", ("Price",), constraints=(MUST, Constraint("chance", "each", "at most", 0.5)))


def test_too_many_are_refused() -> None:
    many = tuple(Constraint(f"chance * {place}", "mean", "at least", 0) for place in range(MOST_CONSTRAINTS + 1))
    with pytest.raises(InvalidInputError, match="At most 5 things"):
        SimulationRequest("m", ("Price",), constraints=many)


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(InvalidInputError, match="nowhere"):
        Constraint("nowhere", "mean", "at least", 0).check(pd.Index(["size"]), "chance")
