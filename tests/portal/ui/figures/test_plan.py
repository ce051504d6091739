"""Figures of a plan: what they show is what was computed, and any plan can be drawn."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from portal.ui.figures.plan import exceedance_figure, rate_figure, tornado_figure, waterfall_figure
from portal.ui.figures.valuation import policies_figure
from services.valuation.business_case import make_business_case
from services.valuation.details import Details, TodaysRule
from services.valuation.readings import worth_by_rate
from services.valuation.reference_policies import reference_policies
from services.valuation.uncertainty.sensitivity import swings
from services.valuation.uncertainty.simulation import simulate
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost

ITEMIZED = replace(CALLS, items=(cost(), cost("A name of a cost that is longer than its room", 1, 2), benefit()))
SIMULATION = simulate(ITEMIZED.plan)


def test_the_chance_falls_from_all_to_none() -> None:
    (curve,) = exceedance_figure(SIMULATION).data
    assert max(curve.y) <= 100
    assert list(curve.y) == sorted(curve.y, reverse=True)
    assert curve.y[-1] == 0


def test_sliders_are_drawn_beside_what_is_saved_and_told_apart_without_colour() -> None:
    saved, moved = exceedance_figure(SIMULATION, simulate(CALLS.plan).worth).data
    assert (saved.name, moved.name) == ("As saved", "With the sliders")
    assert saved.line.dash != moved.line.dash


def test_the_waterfall_ends_at_the_worth() -> None:
    (bars,) = waterfall_figure(ITEMIZED.plan).data
    assert bars.measure[-1] == "total"
    assert bars.x[-1] == pytest.approx(float(ITEMIZED.plan.weights @ ITEMIZED.plan.expected_amounts))
    assert max(len(name) for name in waterfall_figure(ITEMIZED.plan).layout.yaxis.ticktext) <= 28


def test_bars_of_the_tornado_end_at_the_two_worths() -> None:
    found = [swing for swing in swings(SIMULATION) if swing.size > 0]
    low, high = tornado_figure(swings(SIMULATION), "EUR").data
    for bars, name in ((low, "worth_at_low"), (high, "worth_at_high")):
        ends = [base + length for base, length in zip(bars.base, bars.x, strict=True)]
        assert ends == pytest.approx([getattr(swing, name) for swing in found][::-1])
        assert len(bars.name) <= 14


def test_todays_rate_is_marked_on_the_worth_by_rate() -> None:
    rates = (0.0, 0.1, 0.5)
    figure = rate_figure(rates, worth_by_rate(ITEMIZED.plan, rates), 0.1, "EUR")
    assert "10% a year" in [annotation.text for annotation in figure.layout.annotations]


def test_every_reference_policy_has_its_bar() -> None:
    ruled = replace(CALLS, details=Details(rule=TodaysRule(300, 0.1)))
    found = reference_policies(make_business_case(ruled), TodaysRule(300, 0.1))
    (bars,) = policies_figure(found, "EUR").data
    assert len(bars.x) == 4
    assert list(bars.x) == [policy.yearly_amount for policy in found]


def test_a_figure_to_be_saved_has_one_button_and_the_colour_of_the_page_behind_it() -> None:
    def page() -> None:
        import plotly.graph_objects as go

        from portal.ui.charts import chart, house

        chart(house(go.Figure(go.Scatter(x=[1], y=[1]))), "One point", saved_as="a-point")

    app = AppTest.from_function(page).run(timeout=30)
    assert not app.exception
    (drawn,) = app.get("plotly_chart")
    assert '"modeBarButtons": [["toImage"]]' in drawn.proto.config
    assert '"filename": "a-point"' in drawn.proto.config
    assert '"paper_bgcolor":"#FFFFFF"' in drawn.proto.spec.replace(" ", "")


def test_items_whose_names_begin_alike_are_rows_of_their_own_and_no_name_is_markup() -> None:
    names = ("Data science and engineering days, phase 1", "Data science and engineering days, phase 2", "<b>x</b>")
    one = replace(CALLS, items=(benefit(), *(cost(name, 10, 90) for name in names)))
    (bars,) = waterfall_figure(one.plan).data
    low, _ = tornado_figure(swings(simulate(one.plan)), "EUR").data
    for figure_bars in (bars, low):
        assert len(set(figure_bars.y)) == len(figure_bars.y)
    labels = waterfall_figure(one.plan).layout.yaxis.ticktext
    assert sum(label.startswith("Data science") for label in labels) == 2
    assert "&lt;b&gt;x&lt;/b&gt;" in labels
