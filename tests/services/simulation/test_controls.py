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


def deciding(*columns: str) -> Lever:
    return replace(DOSE, deciding_columns=columns)


def test_only_what_decided_it_and_was_known_before_is_a_control() -> None:
    assert controls_of(make_dosed(), DOSE).names == ("need",), "The size is known before too and decided nothing."
    both = deciding("size", "nowhere", "outcome", "need")
    found = controls_of(make_dosed(lever=both, known_before=("dose", "need", "outcome", "size", "nowhere")), both)
    assert found.names == ("need", "size")
    assert found.numbers.shape[1] == 2
    assert np.isfinite(found.numbers).all()


@pytest.mark.parametrize("later", ["yes and no", "not said"])
def test_what_was_measured_after_the_lever_is_never_a_control(later: str) -> None:
    before = (*BEFORE, "later") if later == "yes and no" else BEFORE
    after = ("later",) if later == "yes and no" else ()
    lever = deciding("need", "later")
    assert controls_of(make_dosed(lever=lever, known_before=before, known_after=after), lever).names == ("need",)


def test_columns_the_model_does_not_take_may_be_controls_and_words_and_gaps_become_numbers() -> None:
    frame = make_doses(400)
    frame["place"] = pd.Series(np.where(frame["need"] > 0, "Basel", "Bern"), dtype="str").mask(frame["size"] > 1)
    frame.loc[:40, "size"] = np.nan
    lever = deciding(*BEFORE, "place")
    found = controls_of(make_dosed(frame, lever, known_before=(*BEFORE, "place")), lever)
    assert found.names == ("need", "size", "place")
    assert np.isfinite(found.numbers).all()
    assert found.numbers.shape[1] == 3 + 3, "That a number is missing may have decided too, and so may each word."
    words = deciding("place")
    alone = controls_of(make_dosed(frame, words, known_before=("place",)), words).numbers
    assert sorted(set(map(tuple, alone.tolist()))) == [(0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)]


def test_categories_are_not_told_by_their_outcome() -> None:
    frame = make_doses(400)
    frame["place"] = pd.Series([f"place {number % 20}" for number in range(400)], dtype="str")
    lever = deciding("place")
    cases = make_dosed(frame, lever, known_before=("place",))
    before, train = controls_of(cases, lever).numbers, cases.preparation.train
    cases.preparation = replace(cases.preparation, train=replace(train, y=train.y[::-1]))
    assert np.array_equal(controls_of(cases, lever).numbers, before)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([f"shop {number % 41}" for number in range(1_000)], "“shop” decided it and has 41 values, more than 40"),
        ([f"shop {min(number, 30)}" for number in range(1_000)], "has a value that fewer than 10 cases share"),
        ([f"shop {number % 30}" for number in range(1_000)], ""),
    ],
    ids=["too many", "too rare", "enough of each"],
)
def test_a_category_can_be_held_still_where_there_is_enough_of_each_value(values: list[str], says: str) -> None:
    lever = deciding("shop")
    frame = make_doses(1_000).assign(shop=pd.Series(values, dtype="str"))
    told = " ".join(missing_controls(make_dosed(frame, lever, known_before=("shop",)), lever))
    assert says in told
    assert bool(told) == bool(says)


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


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"lever_columns": ("dose", "size")}, "“size” decided it and is a lever itself: held still, it would hide"),
        ({"from_levers": ("size",)}, "“size” is said to have decided it, but the data compute it from a lever"),
    ],
)
def test_another_lever_and_what_is_computed_from_one_are_no_controls(terms: dict[str, Any], says: str) -> None:
    lever = deciding("need", "size")
    cases = make_dosed(lever=lever, **terms)
    assert controls_of(cases, lever).names == ("need",), "Though the dictionary says that it was known before."
    (told,) = missing_controls(cases, lever)
    assert told.startswith(says)


def test_of_cases_that_belong_together_a_value_needs_enough_groups() -> None:
    frame = make_doses(800).assign(customer=[f"customer {number % 80}" for number in range(800)])
    frame["town"] = [f"town {number % 16}" for number in range(800)]
    lever = deciding("town", "customer")
    cases = make_dosed(frame, lever, known_before=("town", "customer"))
    names = " ".join(missing_controls(cases, lever))
    assert "“customer” decided it and has 80 values" in names
    assert "“town”" not in names, "Of 40 cases a town."
    cases.preparation = replace(cases.preparation, split=replace(cases.preparation.split, group="customer"))
    assert cases.groups is not None
    assert len(np.unique(cases.groups)) == 80
    of_town, of_customer = missing_controls(cases, lever)
    assert "“town”, which decided it, has a value that fewer than 10 groups of cases share" in of_town
    assert "“customer” decided it and names the cases that belong together" in of_customer


def test_where_nothing_is_missing_nothing_is_told() -> None:
    assert [*missing_controls(make_dosed(), DOSE)] == []
    bare = controls_of(make_dosed(known_before=()), DOSE)
    assert (bare.names, bare.numbers.shape[1]) == ((), 0)
