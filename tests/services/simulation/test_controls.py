"""What an effect may be adjusted for: only what the dictionary says was known before."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.preparation import prepare
from services.proposals.lever import Lever
from services.simulation.cases import Cases
from services.simulation.controls import controls_of, missing_controls
from services.simulation.worth import PREDICTED, Worth
from tests.makers_simulation import DOSE, make_doses
from tests.services.simulation.test_simulating_common import TERMS

BEFORE = ("need", "size")


def make_dosed(frame: pd.DataFrame | None = None, lever: Lever = DOSE, **terms: Any) -> Cases:
    """Cases of doses; the model takes dose, need and size."""
    told = make_doses(400) if frame is None else frame
    inputs = [name for name in ("dose", "need", "size") if name in told]
    preparation = prepare(told, target="outcome", feature_columns=inputs)
    worth = Worth(0.0, PREDICTED, answer_name=PREDICTED)
    changes = {"worth": worth, "worth_in_words": PREDICTED, "known_before": BEFORE, "known_after": ("later",)}
    return Cases(preparation, told, (lever,), replace(TERMS, **{**changes, **terms}))


def test_only_what_was_known_before_is_a_control_and_never_the_lever_or_the_outcome() -> None:
    found = controls_of(make_dosed(known_before=("dose", "need", "outcome", "size", "nowhere")), DOSE)
    assert found.names == ("need", "size")
    assert found.numbers.shape[1] == 2
    assert np.isfinite(found.numbers).all()


@pytest.mark.parametrize("later", ["yes and no", "not said"])
def test_what_was_measured_after_the_lever_is_never_a_control(later: str) -> None:
    before = (*BEFORE, "later") if later == "yes and no" else BEFORE
    after = ("later",) if later == "yes and no" else ()
    assert "later" not in controls_of(make_dosed(known_before=before, known_after=after), DOSE).names


def test_columns_the_model_does_not_take_may_be_controls_and_words_and_gaps_become_numbers() -> None:
    frame = make_doses(400)
    frame["place"] = pd.Series(np.where(frame["need"] > 0, "Basel", "Bern"), dtype="str").mask(frame["size"] > 1)
    frame.loc[:40, "size"] = np.nan
    found = controls_of(make_dosed(frame, known_before=(*BEFORE, "place")), DOSE)
    assert found.names == ("need", "size", "place")
    assert np.isfinite(found.numbers).all()
    assert found.numbers.shape[1] == 4, "That a number is missing may have decided too."


def test_many_categories_are_not_told_by_their_outcome() -> None:
    frame = make_doses(400)
    frame["place"] = pd.Series([f"place {number % 90}" for number in range(400)], dtype="str")
    cases = make_dosed(frame, known_before=(*BEFORE, "place"))
    before, train = controls_of(cases, DOSE).numbers, cases.preparation.train
    cases.preparation = replace(cases.preparation, train=replace(train, y=train.y[::-1]))
    assert np.array_equal(controls_of(cases, DOSE).numbers, before)


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ("nowhere", "“nowhere” decided it and is not in the data."),
        ("later", "the dictionary says that it is known only afterwards"),
        ("silent", "The dictionary does not say that “silent” was known before the decision."),
        ("same", "“same” decided it, but names cases or never differs"),
    ],
)
def test_each_column_that_decided_and_cannot_be_used_is_told(column: str, says: str) -> None:
    frame = make_doses(400).assign(silent=lambda table: table["size"] ** 2, same=1.0)
    lever = replace(DOSE, deciding_columns=("need", column))
    (told,) = missing_controls(make_dosed(frame, lever, known_before=(*BEFORE, "same")), lever)
    assert says in told


def test_where_nothing_is_missing_nothing_is_told() -> None:
    assert [*missing_controls(make_dosed(), DOSE)] == []
    bare = controls_of(make_dosed(known_before=()), DOSE)
    assert (bare.names, bare.numbers.shape[1]) == ((), 0)
