"""Reasons are left out for who must first say what they expect, and told in the words of the business."""

from services.simulation.shown_reasons import reasons_in_business_words, without_reasons
from tests.makers_simulation import make_adjusted_report, make_common_report, make_report


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


def test_the_reason_of_a_grade_speaks_the_words_of_the_business() -> None:
    told = reasons_in_business_words(make_adjusted_report(), {"need": "Need at the start"})
    assert told.levers[0].reason == "It is adjusted for “Need at the start” and “size”."


def test_a_column_is_called_as_the_business_calls_it() -> None:
    told = reasons_in_business_words(make_report(), {"tenure": "Time with us"})
    assert told.first[0].reasons == ("“Time with us” is 2 (typical 29)",)
