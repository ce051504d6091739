"""What the money figures draw."""

from dataclasses import replace

import pytest

from portal.ui.figures.valuation import break_even_figure, cash_figure, quality_scale_figure
from services.valuation.business_case import make_business_case
from tests.makers_money import CALLS

CASE = make_business_case(CALLS)


def test_the_line_crosses_zero_at_the_marked_break_even() -> None:
    figure = break_even_figure(CASE)
    found, net = figure.data[0].x, figure.data[0].y

    before = max(x for x, amount in zip(found, net, strict=True) if amount < 0)
    after = min(x for x, amount in zip(found, net, strict=True) if amount >= 0)
    marked = next(float(shape.x0) for shape in figure.layout.shapes if shape.x0 == shape.x1)
    assert before <= marked <= after
    assert "Break-even 23" in [annotation.text for annotation in figure.layout.annotations]


def test_policies_without_a_model_are_named_with_their_money() -> None:
    names = [annotation.text for annotation in break_even_figure(CASE).layout.annotations]

    assert "Do nothing €0" in names
    assert any(name.startswith("Picking at random") for name in names)
    assert "Perfect model €565k" in names
    free = make_business_case(replace(CALLS, capacity_per_month=None))
    assert any(note.text.startswith("Acting on everyone") for note in break_even_figure(free).layout.annotations)


def test_quality_is_whom_to_spare_where_everyone_is_worth_it() -> None:
    spare = make_business_case(replace(CALLS, action_amount=5.0, base_rate=0.5, capacity_per_month=None))

    assert break_even_figure(spare).layout.xaxis.title.text == "Cases rightly left alone, of 100"
    assert break_even_figure(CASE).layout.xaxis.title.text == "Cases that matter found, of 100"


def test_cash_starts_with_the_project_cost_and_marks_payback() -> None:
    figure = cash_figure(CASE)

    assert {trace.name: trace.y[0] for trace in figure.data} == {"Break-even": -90_000, "Perfect model": -90_000}
    assert "Paid back, month 1.8" in [annotation.text for annotation in figure.layout.annotations]


def test_a_project_that_never_pays_back_has_no_payback_mark() -> None:
    figure = cash_figure(make_business_case(replace(CALLS, project_amount=9e7)))

    assert [trace.name for trace in figure.data] == ["Perfect model"]
    assert not any((annotation.text or "").startswith("Paid back") for annotation in figure.layout.annotations)


@pytest.mark.parametrize("is_reachable", [True, False])
def test_the_scale_marks_what_is_needed_if_anything_is_enough(is_reachable: bool) -> None:
    figure = quality_scale_figure(CASE.required if is_reachable else None)

    words = [annotation.text for annotation in figure.layout.annotations]
    assert words[:4] == ["Easy", "Plausible", "Hard", "Doubtful"]
    assert ("<b>Needed 82</b>" in words) is is_reachable
