"""A report comes back as it was stored, and what tells the drivers can be taken out of it."""

import json
from dataclasses import replace

from services.examinations.report import WITHHELD, ExaminationReport, without_drivers
from tests.makers_examinations import LEAK_WORDS, make_examination_report, make_result, make_stress


def test_it_comes_back_as_it_was_stored() -> None:
    report = make_examination_report(assertions=(make_result("a"),))
    assert ExaminationReport.from_document(json.loads(json.dumps(report.document(), allow_nan=False))) == report


def test_nothing_of_the_drivers_is_left_for_who_must_first_say_what_they_expect() -> None:
    direction = make_result("a", is_direction=True, sentence="A higher tenure lowers it.")
    share = make_result("b")
    full = make_examination_report(assertions=(direction, share))
    report = without_drivers(replace(full, stresses=replace(full.stresses, notes=("“tenure” was changed alone.",))))
    told = json.dumps(report.document(), ensure_ascii=False)
    assert LEAK_WORDS not in told
    assert "changed alone" not in told
    assert "A higher tenure lowers it" not in told
    assert all(stress.column is None for stress in report.stresses.found)
    assert report.n_withheld == 1
    assert [(one.state, one.share) for one in report.assertions] == [(WITHHELD, None)] * 2
    assert share.sentence not in told


def test_that_something_must_be_answered_is_still_said() -> None:
    before = make_examination_report()
    assert [one.state for one in without_drivers(before).findings] == [one.state for one in before.findings]


def test_which_stress_hurts_most_does_not_show_in_what_is_left() -> None:
    report = make_examination_report()
    assert without_drivers(report).stresses.found == (report.stresses.found[1],)
    assert make_stress().column == "tenure"
