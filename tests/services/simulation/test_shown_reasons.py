"""Reasons are left out for who must first say what they expect, and told in the words of the business."""

from typing import Literal, get_args

import pytest

from services.proposals.causal import causal_status
from services.proposals.lever import Assignment
from services.simulation.sentences import explain_finding
from services.simulation.shown_reasons import WITHHELD, reasons_in_business_words, without_reasons
from tests.makers_simulation import make_adjusted_report, make_common_report, make_lever_finding, make_report


def test_without_reasons_everything_else_stays() -> None:
    report = make_report()
    bare = without_reasons(report)
    assert [case.reasons for case in bare.first] == [()]
    assert (bare.money, bare.first[0].row) == (report.money, report.first[0].row)


def test_the_curve_over_a_lever_is_left_out_too() -> None:
    report = make_common_report()
    assert any(found.curve for found in report.segments)
    bare = without_reasons(report)
    assert [found.curve for found in bare.segments] == [(), (), ()]
    assert [found.gain for found in bare.segments] == [found.gain for found in report.segments]


def test_what_adjusting_makes_of_a_lever_is_left_out_and_its_grade_stays() -> None:
    bare = without_reasons(make_adjusted_report())
    assert (bare.levers[0].adjusted, bare.levers[0].grade, bare.grade) == (None, "B", "B")


@pytest.mark.parametrize("grade", ["B", "C"])
def test_what_a_simulation_found_of_a_lever_is_no_reason_that_is_shown(grade: Literal["B", "C"]) -> None:
    found = "It is adjusted for “need”, agrees in sign with the simulator, and its robustness value is 0.31."
    lever = make_lever_finding(grade=grade, reason=found)
    bare = without_reasons(make_report(levers=(lever,), grade=grade, money=None))
    assert [one.reason for one in bare.levers] == [WITHHELD]
    told = explain_finding(bare)
    assert WITHHELD in told
    for word in ("need", "sign", "robustness", "0.31"):
        assert word not in told


@pytest.mark.parametrize("assignment", get_args(Assignment))
def test_how_a_lever_was_set_stays_a_reason(assignment: Assignment) -> None:
    said = causal_status(assignment).reason
    bare = without_reasons(make_report(levers=(make_lever_finding(reason=said),)))
    assert bare.levers[0].reason == said


def test_the_reason_of_a_grade_speaks_the_words_of_the_business() -> None:
    told = reasons_in_business_words(make_adjusted_report(), {"need": "Need at the start"})
    assert told.levers[0].reason == "It is adjusted for “Need at the start” and “size”."


def test_a_column_is_called_as_the_business_calls_it() -> None:
    told = reasons_in_business_words(make_report(), {"tenure": "Time with us"})
    assert told.first[0].reasons == ("“Time with us” is 2 (typical 29)",)
