"""What is said of a simulation: money with its interval, or that nobody may say."""

from dataclasses import replace
from typing import Any

import pytest

from services.simulation.report import GainFound, SimulationReport
from services.simulation.sentences import (
    allocation_of,
    describe_agreement,
    describe_edge,
    describe_guard,
    describe_light,
    describe_obstacle,
    describe_pilot,
    describe_scarcity,
    describe_short,
    explain_finding,
    finding_of,
    lost_amount,
)
from services.simulation.usable_levers import UsableLever
from services.simulation.ways import TODAY
from tests.makers_money import CALLS
from tests.makers_simulation import (
    CONTRACT,
    make_adjusted,
    make_adjusted_report,
    make_allocation,
    make_lever_finding,
    make_report,
    make_report_without_forecast,
)


def gaining(amount: float, low: float, high: float, **changes: object) -> SimulationReport:
    report = make_report(**changes)
    assert report.money is not None
    gains = (GainFound(TODAY, amount, low, high), *report.money.gains[1:])
    return replace(report, money=replace(report.money, gains=gains))


def test_the_sentence_is_money_with_how_sure_it_is() -> None:
    assert finding_of(make_report()) == (
        "Worth about €120k a year over today's way, 19 times in 20 between €80k and €160k"
    )


@pytest.mark.parametrize(
    ("report", "says"),
    [
        (gaining(5_000, -10_000, 20_000), "cannot be told from today's way"),
        (gaining(-50_000, -60_000, -40_000), "Worse than today's way: a loss of €50k a year"),
        (gaining(120_000, 80_000, 160_000, grade="B"), "Worth at least €80k a year"),
        (
            gaining(5_000, -10_000, 20_000, grade="B"),
            "No gain over today's way is sure: at the lower end it loses €10k",
        ),
        (make_report(acts=0.0), "Nothing within these limits beats today's way"),
        (make_report(moves_nothing=True), "says the same of every case"),
        (make_report_without_forecast(), "No benefit may be forecast: “Contract” was not set at random"),
    ],
)
def test_what_cannot_be_claimed_is_not(report: SimulationReport, says: str) -> None:
    assert says in finding_of(report)
    assert describe_short(report.document()) == f"{finding_of(report)}."


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "The guard lets no other setting through, so all is left as it is"),
        ({"constraints": ("price is at most 1 in each case",)}, "Neither the guard nor what must hold lets another"),
        ({"is_guarded": False}, "No other setting may be taken, so all is left as it is"),
        ({"share_with_choice": 0.5}, "Nothing within these limits beats today's way"),
    ],
)
def test_where_no_setting_may_be_given_that_is_said(changes: dict[str, Any], says: str) -> None:
    assert finding_of(make_report(**{"acts": 0.0, "share_with_choice": 0.0, **changes})).startswith(says)


def test_of_grade_b_no_word_tells_a_middle_or_a_claim() -> None:
    report = make_report(grade="B", levers=(make_lever_finding(grade="B", adjusted=make_adjusted()),))
    said = explain_finding(report)
    assert "Grade B: adjusted estimate; hidden causes could change it." in said
    assert "lower of two ends" in said
    assert "one unit more goes with +2" in said
    assert "€" not in said
    assert describe_scarcity(report) == "", "What one more of a limit brings is a middle too."
    assert describe_agreement(report) is None


def test_two_levers_are_named_together() -> None:
    lever = make_lever_finding(grade="C")
    report = make_report_without_forecast(levers=(lever, replace(lever, name="Discount")))
    assert "“Contract” and “Discount” were not set at random" in finding_of(report)


def test_without_a_forecast_no_word_below_the_sentence_names_money() -> None:
    said = explain_finding(make_report_without_forecast())
    assert "Grade C" in said
    assert "€" not in said
    assert describe_scarcity(make_report_without_forecast()) == ""


def test_the_claim_of_those_who_chose_is_told_and_called_too_high() -> None:
    said = explain_finding(make_report())
    assert "would claim €150k, which is too high because they chose" in said


def test_scarcity_is_the_price_of_one_more() -> None:
    assert describe_scarcity(make_report()) == "One more €1 of budget would bring about €0.12."
    report = make_report()
    assert report.money is not None
    free = replace(report, money=replace(report.money, budget_price=0.0, capacity_price=31.0))
    assert "The budget is not scarce" in describe_scarcity(free)
    assert "One more case acted on would bring about €31." in describe_scarcity(free)


def test_how_near_to_the_best_a_choice_is_comes_in_money_of_grade_a_alone() -> None:
    near = make_allocation()
    assert allocation_of(make_report()) is None
    assert allocation_of(make_report(allocation=near)) == near
    for report in (make_adjusted_report(allocation=near), make_report_without_forecast(allocation=near)):
        assert allocation_of(report) == near.without_money


def test_the_guard_warns_of_its_edge_and_of_being_off() -> None:
    assert describe_edge(make_report()) is None
    wide = describe_edge(make_report(has_wide_edge=True, share_on_edge=0.69))
    assert wide is not None
    assert wide.startswith("69% of the chosen settings")
    assert "Do not act on this" in describe_guard(make_report(is_guarded=False))


@pytest.mark.parametrize(
    ("light", "says"), [("green", "can be told"), ("amber", "hard to separate"), ("red", "cannot separate")]
)
def test_a_lever_says_whether_its_effect_can_be_told(light: str, says: str) -> None:
    assert says in describe_light(make_lever_finding(light=light))


def test_of_grade_c_no_light_is_taken_for_a_forecast() -> None:
    said = describe_light(make_lever_finding(light="green", grade="C"))
    assert "can be told" not in said
    assert "What is not in the data may still have decided it" in said


def test_the_pilot_has_a_size_and_a_time() -> None:
    report = make_report_without_forecast()
    assert report.pilot is not None
    assert describe_pilot(report.pilot) == (
        "Draw 2,500 cases by chance, set the lever in one half and leave the other as it is: a change of 4.2 in 100 "
        "cases, which would just pay, is then found 8 times in 10. Where every case takes part, that takes 2 weeks."
    )


def test_what_stands_in_the_way_comes_with_what_to_do() -> None:
    usable, not_usable = UsableLever(CONTRACT), UsableLever(CONTRACT, "“Contract” has no column.")
    assert describe_obstacle("binary", [usable, not_usable], has_figures=True) is None
    assert "several classes" in str(describe_obstacle("multiclass", [usable], has_figures=True))
    assert "names no lever" in str(describe_obstacle("binary", [], has_figures=True))
    assert describe_obstacle("binary", [not_usable], has_figures=True) == "“Contract” has no column."
    assert "page Money" in str(describe_obstacle("binary", [usable], has_figures=False))


def test_what_is_lost_is_what_catching_brings_and_missing_costs() -> None:
    assert lost_amount(replace(CALLS, miss_amount=20.0)) == 500.0
