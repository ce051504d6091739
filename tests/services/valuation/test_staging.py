"""Stages that may fail: the same expected worth by recursion, by two numbers, by cash and by drawing."""

import io
from dataclasses import replace

import formualizer
import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.valuation.adoption import Stage, staged_value
from services.valuation.cash_flow import monthly_rate, net_present_value
from services.valuation.drawings import waterfall_drawing
from services.valuation.plan import Plan
from services.valuation.readings import readings, worth_by_rate
from services.valuation.staging import expected_stage_amount, roll_out_chance
from services.valuation.uncertainty.information import advise, figure_worths, value_of_knowing
from services.valuation.uncertainty.sensitivity import swings
from services.valuation.uncertainty.sentences import (
    advice_sentences,
    chance_note,
    chance_title,
    failure_words,
    worth_sentence,
)
from services.valuation.uncertainty.simulation import simulate
from services.valuation.workbook import workbook
from tests.makers_plans import benefit, cost, plan

PILOT = Stage("Pilot", 60_000.0, 0.3)
GOOD = plan(cost(low=100_000, high=140_000), benefit(low=5_000, high=7_500))
STAGED = replace(GOOD, stages=(PILOT,))
stages = st.lists(st.builds(Stage, st.just("S"), st.floats(0, 1e6), st.floats(0, 1)), max_size=4).map(tuple)


@given(stages, st.floats(-1e7, 1e7))
def test_two_numbers_say_what_the_recursion_does(given_stages: tuple[Stage, ...], worth: float) -> None:
    found = roll_out_chance(given_stages) * worth - expected_stage_amount(given_stages)
    assert found == pytest.approx(staged_value(given_stages, worth), rel=1e-9, abs=1e-3)


def test_a_pilot_that_seldom_succeeds_is_no_go_though_the_roll_out_would_be() -> None:
    alone, staged = simulate(GOOD), simulate(STAGED)
    expected = staged_value(STAGED.stages, sum(STAGED.expected_parts))
    assert advise(alone.worth) == "go"
    assert "pays back in" in worth_sentence(alone)
    assert expected < 0
    assert staged.worth.mean == pytest.approx(expected, abs=4 * staged.worth.values.std() / 100)
    assert advise(staged.worth) == "stop"
    said = worth_sentence(staged)
    assert said.startswith("Worth about −\u2060€60k in money of today over 36 months, −\u2060€")
    assert "of 100 simulations a stage fails; does not pay back within them." in said
    assert advice_sentences(staged)[0].startswith("Stop, or change the plan: more simulations lose")
    assert chance_title(staged) == f"{staged.worth.chance_of_gain * 100:.0f} of 100 simulations gain"
    assert 0.2 < staged.worth.chance_of_gain < 0.31
    assert staged.chance_of_failure == pytest.approx(0.7, abs=0.02)
    assert failure_words(staged) in chance_note(staged)
    assert staged.worth.percentile(10) == -60_000
    assert staged.worth.tail_mean == pytest.approx(-60_000)


def test_a_cheap_pilot_of_a_good_plan_is_named_as_what_may_be_worth_its_cost() -> None:
    found = advice_sentences(simulate(replace(GOOD, stages=(Stage("Pilot", 500.0, 0.6),))))
    assert found[0].startswith("Measure first")
    assert found[1] == (
        "On average the plan gains all the same: “Pilot” alone may be worth its €500, if no more is promised before it "
        "has succeeded."
    )


def test_without_stages_the_draws_are_those_of_before() -> None:
    one = simulate(GOOD)
    assert (one.worth.values == GOOD.weights @ one.amounts.T).all()
    assert (one.amounts == simulate(STAGED).amounts).all()
    assert one.chance_of_failure == 0
    assert one.worth_by_amounts is one.worth.values
    assert "stage" not in worth_sentence(one) + chance_note(one)


@settings(max_examples=25, deadline=None)
@given(stages, st.integers(0, 1_000))
def test_the_mean_of_the_draws_is_the_expected_worth_by_stages(given_stages: tuple[Stage, ...], seed: int) -> None:
    one = replace(GOOD, stages=given_stages)
    found = simulate(one, seed=seed)
    error = found.worth.values.std() / np.sqrt(found.worth.values.size)
    expected = staged_value(given_stages, sum(one.expected_parts))
    rare = sum(stage.amount for stage in given_stages) / 100 + 2_000  # what never happened in the draws, or always did
    assert found.worth.mean == pytest.approx(expected, abs=5 * error + rare)
    assert net_present_value(one.staged_flows, monthly_rate(0.1)) == pytest.approx(expected, rel=1e-9, abs=1e-3)
    assert sum(part for _, part in one.staged_parts) == pytest.approx(expected, rel=1e-9, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(stages, st.floats(0, 3_000), st.floats(0, 3_000))
def test_the_chance_of_a_gain_never_falls_where_a_benefit_rises(
    given_stages: tuple[Stage, ...], low: float, raised: float
) -> None:
    def chance(more: float) -> float:
        one = plan(cost(), benefit(low=low + more, high=2 * low + more), stages=given_stages)
        return simulate(one, n_draws=500).worth.chance_of_gain

    assert chance(raised) >= chance(0)


def test_a_later_stage_is_paid_only_where_the_one_before_succeeded() -> None:
    one = simulate(plan(stages=(Stage("First", 10.0, 0.0), Stage("Second", 1e6, 1.0))))
    assert set(one.worth.values) == {-10.0}
    assert one.chance_of_payback == 0


def test_swings_and_what_is_worth_knowing_are_those_of_the_expected_worth() -> None:
    for before, after in zip(
        sorted(swings(simulate(GOOD)), key=lambda one: one.name),
        sorted(swings(simulate(STAGED)), key=lambda one: one.name),
        strict=True,
    ):
        assert after.worth_at_low == pytest.approx(0.3 * before.worth_at_low - 60_000)
        assert after.worth_at_high == pytest.approx(0.3 * before.worth_at_high - 60_000)
    simulation = simulate(STAGED)
    everything = value_of_knowing(simulation.worth.values)
    assert all(one.amount <= everything * 1.01 for one in figure_worths(simulation))


def computed(one: Plan) -> dict[str, float]:
    """Column B of the sheet "Case" by the names in column A, by an independent engine."""
    content = workbook(one, "A case")
    engine = formualizer.load_workbook_bytes(content)
    engine.evaluate_all()
    names = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content))["Case"]["A"]]
    return {str(name): engine.evaluate_cell("Case", row, 2) for row, name in enumerate(names, 1) if name}


@pytest.mark.parametrize("n_stages", [1, 2, 3])
def test_the_workbook_computes_the_expected_worth_by_stages_anew(n_stages: int) -> None:
    names = ("Proof", "=Pilot", "Trial")[:n_stages]
    one = replace(GOOD, stages=tuple(Stage(name, 1_000.0 * n, 0.4 + n / 10) for n, name in enumerate(names, 1)))
    ours = next(reading for reading in readings(one) if "ENPV" in reading.name)
    assert computed(one)["Expected worth by stages (ENPV)"] == pytest.approx(ours.amount, rel=1e-9)
    assert computed(one)["Net present value"] == pytest.approx(sum(one.expected_parts), rel=1e-9)
    assert not any("stages" in name.casefold() for name in computed(GOOD))


def test_what_is_drawn_and_read_ends_at_the_expected_worth_by_stages() -> None:
    assert "Pilot" in waterfall_drawing(simulate(STAGED))
    assert worth_by_rate(STAGED, (0.1,))[0] == pytest.approx(staged_value(STAGED.stages, sum(STAGED.expected_parts)))
    found = {reading.name: reading for reading in readings(STAGED)}
    assert found["Payback"].shown == "Never"
    assert found["Expected worth by stages (ENPV)"].sentence.startswith("The plan is paid for only if “Pilot” succeeds")
    assert "once every stage has succeeded" in found["Net present value (NPV)"].sentence
