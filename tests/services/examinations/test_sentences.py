"""An examination in words: verdict, slices and stress with their numbers, and nothing claimed that cannot be told."""

from dataclasses import replace
from typing import Any

import pytest

from services.examinations.report import AMBER, FAILS, PASSED, RED, Measured, SliceSearch
from services.examinations.sentences import (
    describe_search,
    describe_short,
    describe_slice,
    describe_stress,
    explain_verdict,
    slice_name,
    slices_title,
    stress_title,
    verdict_of,
)
from services.examinations.views import ExaminationView, FindingView
from services.jobs.views import JobView
from tests.makers_examinations import (
    make_examination_report,
    make_finding,
    make_result,
    make_slice,
    make_stress,
)

REPORT = make_examination_report()


def view_of(*states: str, is_current: bool = True, **changes: Any) -> ExaminationView:
    job: JobView = None  # type: ignore[assignment]
    findings = tuple(FindingView(make_finding(f"c{place}", state), ()) for place, state in enumerate(states))
    report = make_examination_report(**changes)
    return ExaminationView(job, report, findings, (), is_current, hides_drivers=False)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((PASSED, AMBER, RED), "2 of 3 checks need an answer"),
        ((PASSED, RED), "1 of 2 checks needs an answer"),
        ((PASSED, PASSED), "None of 2 checks needs an answer"),
        ((PASSED, "not_applicable"), "None of 1 check needs an answer"),
    ],
)
def test_the_verdict_counts_what_needs_an_answer(states: tuple[str, ...], said: str) -> None:
    assert verdict_of(view_of(*states)) == said


def test_what_stands_behind_the_verdict_is_said() -> None:
    told = explain_verdict(view_of(PASSED, "not_applicable", is_current=False))
    assert "1,600 rows" in told
    assert "1 check could not be asked" in told
    assert "The threshold is another one since" in told


def test_the_line_of_a_list_counts_failing_assertions_and_names_no_column() -> None:
    said = describe_short(make_examination_report(assertions=(make_result("a", state=FAILS),)).document())
    assert said == "2 of 3 checks need an answer. 1 of 1 assertions fail."
    assert "contract" not in said
    assert describe_short(REPORT.document()) == "2 of 3 checks need an answer."


def test_a_slice_is_told_in_shares_cases_and_money_beside_the_others() -> None:
    assert slice_name(make_slice()) == "“contract” is “One year” and “tenure” is over 17 and at most 36"
    said = describe_slice(make_slice(), REPORT)
    assert "42% of the answers are wrong (33% to 53%), elsewhere 21%" in said
    assert "18% of the cases are caught (9% to 31%), elsewhere 44%" in said
    assert "each row loses €22 against a perfect decision, on average it is €9" in said
    assert "that is €37k a year" in said
    assert "92 of 180 rows confirm it" in said


def test_where_capacity_is_short_money_is_held_against_the_best_there_is_capacity_for() -> None:
    bound = replace(REPORT, slices=replace(REPORT.slices, capacity_rate=0.12))
    assert "each row loses €22 against the best decisions that act on 12% of the cases, on" in describe_slice(
        make_slice(), bound
    )
    more = describe_slice(make_slice(lost=Measured(-4.0, -6.0, -2.0, 9.0), extra_yearly=-1_000.0), bound)
    assert "each row brings €4 more than by the best decisions that act on 12% of the cases" in more
    assert "a year" not in more


def test_of_a_number_the_error_is_told_and_a_single_class_has_its_sentence() -> None:
    number = replace(REPORT, task="regression", currency=None)
    bare = make_slice(caught=None, lost=None, extra_yearly=None, error=Measured(12.0, 10.0, 14.0, 5.0))
    assert "The answer is off by 12 on average (10 to 14), elsewhere by 5." in describe_slice(bare, number)
    one = make_slice(caught=None, remark="All 92 rows of the confirming half are “Yes”, so ranking cannot be judged.")
    assert describe_slice(one, REPORT).endswith("so ranking cannot be judged.")


@pytest.mark.parametrize(
    ("search", "title", "said"),
    [
        (
            REPORT.slices,
            "1 slice is clearly worse than the rest",
            "77 slices of one to three conditions, each of",
        ),
        (
            replace(REPORT.slices, found=(), n_tested=0),
            "No slice is clearly worse than the rest",
            "none of them stood out",
        ),
        (
            SliceSearch(90, 0, 0, 0, 0, 30, 0.2, None, (), (), "Too few rows."),
            "Worst slices could not be searched for",
            "Too few rows.",
        ),
    ],
)
def test_how_slices_were_looked_for_is_said(search: SliceSearch, title: str, said: str) -> None:
    assert slices_title(replace(REPORT, slices=search)) == title
    assert said in describe_search(search)


def test_stress_is_told_in_money_with_its_interval() -> None:
    said = describe_stress(make_stress(), REPORT).replace("\u2060", "")
    assert said == (
        "If “tenure” were missing for everybody, the model would be worth €269k a year less (−€321k to −€217k); "
        "AUC 0.59."
    )
    assert stress_title(REPORT) == "If “tenure” were missing for everybody, the model would be worth €269k a year less"


def test_what_chance_alone_may_be_is_no_change() -> None:
    unsure = make_stress(amount=-2_000.0, amount_low=-9_000.0, amount_high=5_000.0)
    assert "no change of its worth can be told" in describe_stress(unsure, REPORT)
    unpriced = make_stress(amount=None, low=-0.02, high=0.01, change=-0.004)
    assert "no change can be told" in describe_stress(unpriced, replace(REPORT, currency=None))


def test_without_a_price_the_score_is_told() -> None:
    free = replace(REPORT, currency=None, stresses=replace(REPORT.stresses, found=(make_stress(amount=None),)))
    said = describe_stress(free.stresses.found[0], free)
    assert said == "If “tenure” were missing for everybody, AUC would be 0.18 worse (−0.21 to −0.15)."
    assert stress_title(free) == "If “tenure” were missing for everybody, AUC would go from 0.77 to 0.59"


def test_where_nothing_hurts_that_is_said() -> None:
    better = make_stress(amount=500.0, amount_low=100.0, amount_high=900.0)
    assert "No stress makes the model clearly worth less" in stress_title(
        replace(REPORT, stresses=replace(REPORT.stresses, found=(better,)))
    )
    assert stress_title(replace(REPORT, stresses=replace(REPORT.stresses, found=()))) == "No input was put under stress"


def test_a_stress_whose_money_may_be_chance_is_not_in_the_title() -> None:
    unsure = make_stress(amount=-12.0, amount_low=-100.0, amount_high=76.0, words="If every number were off")
    sure = make_stress(amount=-9_000.0, amount_low=-11_000.0, amount_high=-7_000.0)
    both = make_examination_report(stresses=replace(REPORT.stresses, found=(unsure, sure)))
    assert stress_title(both).startswith("If “tenure” were missing for everybody")
    none = make_examination_report(stresses=replace(REPORT.stresses, found=(unsure,)))
    assert stress_title(none) == "No stress makes the model clearly worth less"
