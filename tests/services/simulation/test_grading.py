"""Grades of levers: B is earned only where nothing that it needs is missing, and what is missing is said."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.errors import InvalidInputError
from services.proposals.lever import Assignment, Lever
from services.simulation import grading
from services.simulation.actions import Actions, actions_of
from services.simulation.cases import Cases
from services.simulation.controls import controls_of
from services.simulation.grading import Graded, SimulatedLever, grade_levers, grade_of, lever_findings, numbers_of
from services.simulation.lever_finding import LeverFinding
from services.simulation.sentences import describe_missing_extra
from tests.makers_datasets import make_frame
from tests.makers_simulation import CONTRACT, DOSE, PRICE, make_doses, make_lever_finding, make_report
from tests.services.simulation.test_adjusted import of_customers
from tests.services.simulation.test_controls import make_dosed

VALUES = (-1.0, 0.0, 1.0)


def says(cases: Cases, slope: float = 2.0, believed: Any = True) -> SimulatedLever:
    """A simulator whose answer grows by `slope` with each unit."""
    n = len(cases.rows)
    base = cases.rows["need"].to_numpy() if "need" in cases.rows else np.zeros(n)
    answers = base[:, None] + slope * np.array(VALUES)[None, :]
    return SimulatedLever(VALUES, answers, np.broadcast_to(believed, answers.shape))


def graded(cases: Cases, **simulated: Any) -> Graded:
    (found,) = grade_levers(cases, says(cases, **simulated))
    return found


def test_a_recorded_lever_earns_b_with_the_estimate_beside_it() -> None:
    found = graded(make_dosed(make_doses(2_000)))
    assert found.grade == "B", found.reason
    assert found.adjusted is not None
    assert found.adjusted.low < 2 < found.adjusted.high
    assert found.adjusted.simulated == pytest.approx(2.0)
    assert found.adjusted.controls == ("need",)
    assert found.effects == (found.adjusted.low, found.adjusted.high)
    assert "adjusted for “need”, agrees in sign with the simulator" in found.reason


def test_where_the_simulator_goes_the_other_way_it_stays_at_c() -> None:
    found = graded(make_dosed(make_doses(1_000)), slope=-0.1)
    assert (found.grade, found.adjusted is None) == ("C", False)
    assert "do not move the outcome the same way" in found.reason


def test_a_weak_effect_is_not_robust() -> None:
    found = graded(make_dosed(make_doses(1_000, effect=0.02)))
    assert found.grade == "C"
    assert "more than 0.1 is needed: a weak hidden cause would be enough" in found.reason


def test_where_the_guard_lets_nothing_through_there_is_nothing_to_hold_it_against() -> None:
    cases = make_dosed(make_doses(1_000))
    found = graded(cases, believed=[False, True, False])
    assert found.grade == "C"
    assert "no two settings of it through" in found.reason


@pytest.mark.parametrize(
    ("terms", "lever", "told"),
    [
        ({"known_before": ("size",)}, DOSE, "does not say that “need” was known before"),
        ({}, replace(DOSE, deciding_columns=("need", "later")), "says that it is known only afterwards"),
        ({}, replace(DOSE, deciding_columns=("need", "mood")), "“mood” decided it and is not in the data"),
    ],
)
def test_a_missing_column_keeps_it_at_c_without_an_estimate(terms: dict[str, Any], lever: Lever, told: str) -> None:
    found = graded(make_dosed(make_doses(1_000), lever, **terms))
    assert (found.grade, found.adjusted) == ("C", None)
    assert told in found.reason


def make_shops(n_shops: int, *, effect: float = 0.0, n: int = 4_000) -> Cases:
    """The shop decides the dose and three times as much of the outcome."""
    random = np.random.default_rng(8)
    shop, of_shop = random.integers(0, n_shops, n), random.normal(size=n_shops)
    dose = of_shop[shop] + random.normal(size=n)
    outcome = effect * dose + 3 * of_shop[shop] + random.normal(size=n)
    frame = pd.DataFrame({"dose": dose, "size": random.normal(size=n), "outcome": outcome})
    frame["shop"] = pd.Series([f"shop {number}" for number in shop], dtype="str")
    return make_dosed(frame, replace(DOSE, deciding_columns=("shop",)), known_before=("shop", "size"))


def test_of_hundreds_of_shops_that_decided_it_nothing_is_claimed() -> None:
    found = graded(make_shops(300))
    assert (found.grade, found.adjusted) == ("C", None)
    assert "“shop” decided it and has 300 values, more than 40" in found.reason


@pytest.mark.parametrize("effect", [0.0, 2.0])
def test_a_few_dozen_shops_are_each_held_still(effect: float) -> None:
    found = graded(make_shops(40, effect=effect))
    assert found.adjusted is not None, found.reason
    assert found.adjusted.low < effect < found.adjusted.high
    assert found.adjusted.high - found.adjusted.low < 0.1
    assert found.grade == ("B" if effect else "C")


def make_customers(effect: float) -> Cases:
    """Doses set once for each of 200 customers, who have 20 cases each and a level of their own."""
    outcomes, dose, need, who = of_customers(5, effect=effect)
    frame = pd.DataFrame({"dose": dose, "need": need[:, 0], "outcome": outcomes})
    frame["customer"] = pd.Series([f"customer {number}" for number in who], dtype="str")
    cases = make_dosed(frame)
    cases.preparation = replace(cases.preparation, split=replace(cases.preparation.split, group="customer"))
    return cases


def test_cases_that_belong_together_are_told_as_groups_and_earn_b_only_over_them() -> None:
    none, some = graded(make_customers(0.0)), graded(make_customers(2.0))
    assert (none.grade, some.grade) == ("C", "B"), (none.reason, some.reason)
    assert none.adjusted is not None
    assert none.adjusted.low < 0 < none.adjusted.high
    assert some.adjusted is not None
    assert some.adjusted.low < 2 < some.adjusted.high
    assert (some.adjusted.n_groups, some.adjusted.beside) == (200, None)
    assert "cases in 200 groups that belong together" in some.adjusted.sentence
    report = make_report(levers=(make_lever_finding(adjusted=some.adjusted),))
    assert describe_missing_extra(report) is None, "Its interval would take each case to stand by itself."


def test_a_text_without_a_word_leaves_it_at_c_and_ends_nothing() -> None:
    frame = make_doses(400)
    letters = np.random.default_rng(1).choice([*"abcdefghij"], (400, 5))
    frame["note"] = pd.Series([" ".join(row) for row in letters], dtype="str")
    lever = replace(DOSE, deciding_columns=("need", "note"))
    cases = make_dosed(frame, lever, known_before=("need", "note"))
    with pytest.raises(ValueError, match="empty vocabulary"):
        controls_of(cases, lever)
    found = graded(cases)
    assert (found.grade, found.adjusted) == ("C", None)
    assert "What decided it cannot be made into numbers to adjust for." in found.reason


def test_an_estimate_that_is_refused_leaves_it_at_c(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_values: Any, **_settings: Any) -> None:
        raise InvalidInputError("A column holds an infinite number.")

    monkeypatch.setattr(grading, "estimate_adjusted", refuse)
    found = graded(make_dosed(make_doses(400)))
    assert (found.grade, found.adjusted) == ("C", None)
    assert "cannot be made into numbers" in found.reason


def test_too_few_cases_are_told() -> None:
    assert "200 are needed for an adjusted estimate" in graded(make_dosed(make_doses(200))).reason


def test_moved_together_no_effect_is_set_apart() -> None:
    cases = make_dosed()
    cases.actions = actions_of([DOSE, replace(DOSE, name="Size", column="size")], observed={})
    found = grade_levers(cases, None)
    assert [one.grade for one in found] == ["C", "C"]
    assert "simulate it alone" in found[0].reason


def switched(lever: Lever, *words: str) -> Cases:
    """The dose as a word: the larger half the last one."""
    frame = make_doses(2_000)
    places = np.digitize(frame["dose"], np.quantile(frame["dose"], np.linspace(0, 1, len(words) + 1)[1:-1]))
    frame["dose"] = pd.Series(np.array(words, dtype=object)[places], dtype="str")
    return make_dosed(frame, lever)


def test_one_of_two_is_estimated_too_and_a_choice_of_more_is_not() -> None:
    switch = replace(DOSE, kind="yes_no", low=None, high=None, step=None)
    cases = switched(switch, "no", "yes")
    assert numbers_of(cases, switch, ["no", "yes", "perhaps", None]).tolist()[:2] == [0.0, 1.0]
    assert np.isnan(numbers_of(cases, switch, ["perhaps", None])).all()
    answers = np.tile([0.0, 2.0], (len(cases.rows), 1))
    (found,) = grade_levers(cases, SimulatedLever(("no", "yes"), answers, np.ones_like(answers, dtype=bool)))
    assert found.grade == "B", found.reason
    choice = replace(switch, kind="choice", choices=("few", "some", "many"))
    (untold,) = grade_levers(switched(choice, *choice.choices), says(cases))
    assert "a choice of more than two" in untold.reason


def test_cases_left_out_by_their_outcome_are_not_adjusted() -> None:
    cases = make_dosed(make_doses(1_000))
    cases.learned_at, cases.terms = 0.5, replace(cases.terms, base_rate=0.1)
    assert "no longer stand for those they were drawn from" in graded(cases).reason


def test_other_levers_have_the_grade_of_how_they_were_set() -> None:
    grades: dict[Assignment, str] = {"randomised": "A", "rule": "C", "judgement": "C", "unknown": "C"}
    for assignment, grade in grades.items():
        lever = replace(DOSE, assignment=assignment, deciding_columns=())
        assert graded(make_dosed(lever=lever)).grade == grade


def test_the_poorest_grade_counts() -> None:
    at_random, recorded, unknown = Graded("A", ""), Graded("B", ""), Graded("C", "")
    assert grade_of([at_random]) == "A"
    assert grade_of([at_random, recorded]) == "B"
    assert grade_of([recorded, at_random, unknown]) == "C"
    assert grade_of([]) == "C"


def looked_at(frame: pd.DataFrame, actions: Actions, columns: list[str]) -> LeverFinding:
    (found,) = lever_findings(frame, actions, columns, 0, [Graded("A", "It was set at random.")])
    return found


def test_a_lever_that_the_other_columns_decide_is_red() -> None:
    frame = make_frame(400)[["tenure", "contract"]].assign(copy=lambda table: table["contract"])
    actions = actions_of([CONTRACT], observed={})
    told, untold = (looked_at(frame, actions, ["tenure", "contract", *more]) for more in ([], ["copy"]))
    assert told.light == "green"
    assert untold.light == "red"
    assert untold.explained > 0.9


def test_a_column_of_500_categories_is_looked_at_in_groups() -> None:
    random = np.random.default_rng(0)
    words = pd.Series([f"word {number}" for number in random.integers(0, 500, 1_500)], dtype="str")
    words[:300] = random.choice(["Month-to-month", "One year", "Two year"], 300)
    frame = pd.DataFrame({"contract": words, "size": random.normal(size=1_500)})
    assert looked_at(frame, actions_of([CONTRACT], observed={}), ["contract", "size"]).light == "green"


def test_what_was_thinned_is_told() -> None:
    actions = actions_of([replace(PRICE, step=1.0)], observed={})
    assert looked_at(pd.DataFrame({"price": np.linspace(200, 900, 300)}), actions, ["price"]).is_thinned
