"""What the figures of an examination draw."""

from dataclasses import replace

import pytest

from portal.ui.figures.examination import MOST_STRESSES, slices_figure, stress_name, stresses_figure
from tests.makers_examinations import make_examination_report, make_slice, make_stress

REPORT = make_examination_report()


def test_each_slice_has_its_interval_beside_all_rows() -> None:
    two = replace(REPORT, slices=replace(REPORT.slices, found=(make_slice(), make_slice(conditions=("“a” is 1",)))))
    figure = slices_figure(two)
    (marks,) = figure.data
    assert len(marks.x) == 2
    assert [place + up for place, up in zip(marks.x, marks.error_x.array, strict=True)] == pytest.approx([0.53, 0.53])
    assert [place - down for place, down in zip(marks.x, marks.error_x.arrayminus, strict=True)] == pytest.approx(
        [0.33, 0.33]
    )
    assert figure.layout.annotations[0].text == "All rows"
    assert figure.layout.xaxis.title.text == "Wrong answers"
    assert figure.layout.xaxis.range[0] == 0


def test_a_name_is_broken_into_lines_and_never_read_as_markup() -> None:
    wild = make_slice(
        conditions=("“contract” is “<b>One year</b>” and more that goes on for a very long while indeed",)
    )
    figure = slices_figure(replace(REPORT, slices=replace(REPORT.slices, found=(wild,))))
    (name,) = figure.data[0].y
    assert "<b>" not in name
    assert "&lt;b&gt;" in name
    assert name.count("<br>") == 2


def test_of_a_number_the_axis_is_the_error() -> None:
    figure = slices_figure(replace(REPORT, task="regression"))
    assert figure.layout.xaxis.title.text == "Mean error"
    assert figure.layout.xaxis.tickformat is None


def test_stress_is_drawn_in_money_the_worst_on_top() -> None:
    figure = stresses_figure(REPORT)
    (bars,) = figure.data
    assert list(bars.x) == [-20_000.0, -269_000.0], "Plotly draws from below."
    assert bars.y[-1] == "tenure: missing"
    assert figure.layout.xaxis.title.text == "Change of its worth a year"
    assert bars.x[-1] + bars.error_x.array[-1] == pytest.approx(-217_000.0)


def test_without_a_price_it_is_drawn_in_score() -> None:
    found = tuple(replace(one, amount=None) for one in REPORT.stresses.found)
    figure = stresses_figure(replace(REPORT, currency=None, stresses=replace(REPORT.stresses, found=found)))
    assert list(figure.data[0].x) == [-0.18, -0.18]
    assert figure.layout.xaxis.title.text == "Change of the score"


def test_no_more_are_drawn_than_can_be_read() -> None:
    many = tuple(make_stress(amount=-float(place)) for place in range(30, 0, -1))
    figure = stresses_figure(replace(REPORT, stresses=replace(REPORT.stresses, found=many)))
    assert len(figure.data[0].x) == MOST_STRESSES
    assert figure.data[0].x[-1] == -30.0


def test_a_stress_of_all_inputs_says_so() -> None:
    assert stress_name(make_stress(column=None)) == "every input: missing"
    assert stress_name(make_stress(column=None, kind="noisy")) == "every number: noisy"
