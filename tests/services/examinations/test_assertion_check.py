"""What people assert, checked on what copies of a model say: holds, fails, or too few rows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from services.automl.intervals import wilson
from services.examinations.assertion_check import LEAST_ROWS, check_assertions
from services.examinations.assertions import Assertion
from services.examinations.report import FAILS, HOLDS, NOT_POSSIBLE, UNCLEAR, AssertionResult
from tests.makers_automl import CANDIDATES
from tests.makers_prepared import Prepared, make_plain_table, make_prepared

LOYAL = Assertion("share", ({"column": "tenure", "operator": "more", "value": 40},), outcome="No", least_share=0.8)
FALLS = Assertion("direction", column="tenure", way="raises", outcome="Yes")


@pytest.fixture(scope="module")
def model() -> Prepared:
    return make_prepared(make_plain_table(2_000))


def result_of(model: Prepared, assertion: Assertion) -> AssertionResult:
    (found,) = check_assertions(
        {"a": assertion}, model.asked, model.table, model.preparation, model.copies, model.threshold
    )
    assert found.assertion_id == "a"
    return found


def test_it_counts_what_the_copies_would_do_of_the_rows_it_speaks_of(model: Prepared) -> None:
    found = result_of(model, replace(LOYAL, least_share=0.5))
    rows = model.preparation.train.x["tenure"].to_numpy() > 40
    acted = model.copies.predictions[rows, 1] >= model.threshold
    assert found.n == int(rows.sum())
    assert found.share == pytest.approx(float((~acted).mean()))
    assert (found.low, found.high) == pytest.approx(wilson(int((~acted).sum()), int(rows.sum())))
    assert found.state == HOLDS


def test_a_share_beyond_the_interval_fails_and_one_inside_it_is_unclear(model: Prepared) -> None:
    share = result_of(model, LOYAL).share
    assert share is not None
    assert result_of(model, replace(LOYAL, outcome="Yes", least_share=0.9)).state == FAILS
    inside = result_of(model, replace(LOYAL, least_share=share))
    assert inside.state == (HOLDS if share == 1.0 else UNCLEAR)


def test_every_case_means_every_case(model: Prepared) -> None:
    everybody = replace(LOYAL, conditions=(), least_share=1.0)
    found = result_of(model, everybody)
    assert found.state == FAILS
    assert "not 100%" in found.sentence


def test_too_few_rows_are_too_few(model: Prepared) -> None:
    narrow = replace(LOYAL, conditions=(*LOYAL.conditions, {"column": "size", "operator": "more", "value": 2.8}))
    found = result_of(model, narrow)
    assert found.n < LEAST_ROWS
    assert found.state == UNCLEAR
    assert found.share is None
    assert "Not enough rows" in found.sentence


def test_a_formula_is_checked_as_well(model: Prepared) -> None:
    found = result_of(model, replace(LOYAL, conditions=(), formula="tenure * 2 > 80"))
    assert found.n == result_of(model, LOYAL).n


def test_a_linear_effect_holds_in_its_direction_and_fails_in_the_other(model: Prepared) -> None:
    holds, fails = result_of(model, FALLS), result_of(model, replace(FALLS, way="lowers"))
    assert (holds.state, fails.state) == (HOLDS, FAILS)
    assert holds.share == 1.0
    assert holds.low is not None
    assert holds.low > 0.99
    assert fails.share is not None
    assert fails.share < 0.05
    assert "answered the wrong way" in fails.sentence
    assert holds.is_direction


def test_an_effect_that_turns_around_fails_in_both_directions() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.uniform(-2, 2, 1_500)})
    table["churn"] = pd.Series(np.where(random.random(1_500) < np.exp(-(table["a"] ** 2)), "Yes", "No"), dtype="str")
    model = make_prepared(table, candidate=CANDIDATES["random_forest"])
    for way in ("raises", "lowers"):
        assert result_of(model, Assertion("direction", column="a", way=way, outcome="Yes")).state == FAILS


def test_a_direction_may_be_asked_of_some_rows_only(model: Prepared) -> None:
    found = result_of(model, replace(FALLS, conditions=({"column": "contract", "operator": "is", "value": "Monthly"},)))
    assert found.n == int((model.preparation.train.x["contract"] == "Monthly").sum())


def test_a_column_that_a_newer_version_lacks_is_said_and_stops_nothing(model: Prepared) -> None:
    gone = replace(LOYAL, conditions=({"column": "gone", "operator": "more", "value": 3},))
    both = check_assertions(
        {"a": gone, "b": LOYAL}, model.asked, model.table, model.preparation, model.copies, model.threshold
    )
    assert both[0].state == NOT_POSSIBLE
    assert "no column called “gone”" in both[0].sentence
    assert both[1].share is not None


def test_of_a_number_amounts_are_expected() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=800), "b": random.normal(size=800)})
    table["amount"] = 100 + 3 * table["a"] + random.normal(size=800)
    model = make_prepared(table, target="amount", is_priced=False)
    most = Assertion("share", bound="at_least", amount=80.0, least_share=0.95)
    assert result_of(model, most).state == HOLDS
    assert result_of(model, replace(most, bound="at_most")).state == FAILS
    assert result_of(model, Assertion("direction", column="a", way="lowers")).state == HOLDS


def test_several_classes_are_expected_by_name() -> None:
    random = np.random.default_rng(0)
    kind = random.choice(["a", "b", "c"], 600)
    table = pd.DataFrame({"hint": pd.Series(kind, dtype="str"), "noise": random.normal(size=600)})
    table["kind"] = pd.Series(np.where(random.random(600) < 0.9, kind, "a"), dtype="str")
    model = make_prepared(table, target="kind", is_priced=False)
    wanted = Assertion("share", ({"column": "hint", "operator": "is", "value": "b"},), outcome="b", least_share=0.9)
    assert result_of(model, wanted).state == HOLDS


def test_nothing_asserted_is_nothing_found(model: Prepared) -> None:
    assert check_assertions({}, model.asked, model.table, model.preparation, model.copies, model.threshold) == ()
