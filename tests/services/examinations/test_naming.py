"""What was found of a model is said in the words of the business."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.examinations.naming import report_in_business_words
from tests.makers_examinations import make_examination_report, make_finding, make_slice, make_stress


def test_every_sentence_and_every_stress_is_renamed_and_no_figure() -> None:
    report = replace(
        make_examination_report(),
        findings=(make_finding(sentence="“tenure” alone has an AUC of 0.98"),),
        stresses=replace(
            make_examination_report().stresses, found=(make_stress(column="tenure", words="If “tenure” were"),)
        ),
        slices=replace(make_examination_report().slices, found=(make_slice(conditions=("“tenure” is over 24",)),)),
    )
    said = report_in_business_words(report, {"tenure": "Time with us"})
    assert said.findings[0].sentence == "“Time with us” alone has an AUC of 0.98"
    assert said.slices.found[0].conditions == ("“Time with us” is over 24",)
    assert (said.stresses.found[0].column, said.stresses.found[0].words) == ("Time with us", "If “Time with us” were")
    assert said.slices.found[0].loss == report.slices.found[0].loss
    assert said.stresses.found[0].amount == report.stresses.found[0].amount
    assert report_in_business_words(report, {}) is report


@given(st.dictionaries(st.text("abc", min_size=1), st.text("xyz", min_size=1), max_size=4))
def test_a_report_without_these_columns_stays_as_it_is(names: dict[str, str]) -> None:
    report = make_examination_report()
    assert report_in_business_words(report, names) == report
