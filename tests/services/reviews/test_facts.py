"""What a signer reads is all that the signature binds."""

from dataclasses import replace

from services.reviews.facts import tolerance_facts, valuation_facts
from services.valuation.adoption import Adoption, Stage
from services.valuation.assumptions import COLUMNS, Assumptions
from services.valuation.details import Details, TodaysRule
from services.valuation.plan_document import plan_document
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost


def facts(assumptions: Assumptions) -> dict[str, str]:
    plan = plan_document(assumptions.items, assumptions.adoption, assumptions.details)
    return dict(valuation_facts({name: assumptions.document().get(name) for name in COLUMNS} | {"plan": plan or None}))


def test_figures_alone_are_read_as_before() -> None:
    assert list(facts(CALLS))[-1] == "Source of the figures"


def test_items_limits_stages_and_how_the_benefit_arrives_are_read() -> None:
    details = Details(action_budget_per_month=9_000, rule=TodaysRule(300, 0.1), stages=(Stage("Pilot", 20_000, 0.6),))
    said = facts(replace(CALLS, items=(cost(), benefit()), adoption=Adoption(ramp_months=3), details=details))
    assert said["Item “Integration”"].startswith("cost, 1 × 40,000 to 80,000")
    assert said["The budget for actions a month"] == "9,000"
    assert said["Today's rule"] == "300 actions a month, 10 of 100 right"
    assert said["The stages"] == "Pilot: 20,000, 60%"
    assert "full after 3 months" in said["Adoption"]
    assert "How many pairs a model may rank right" not in said  # the usual


def test_any_part_that_can_be_signed_differs_in_words() -> None:
    plain = facts(CALLS)
    for changed in (
        replace(CALLS, items=(cost(),)),
        replace(CALLS, adoption=Adoption(ramp_months=3)),
        replace(CALLS, details=Details(counted=("calls",))),
        replace(CALLS, details=Details(amount_formula="charges * 12")),
    ):
        assert facts(changed) != plain


def test_a_tolerance_is_read_in_points_or_in_units_with_who_had_looked() -> None:
    row = {"harm": "missed", "largest_gap": 0.05, "reason": "As today", "n_seen": 0}
    assert dict(tolerance_facts(row))["Largest gap between groups"] == "5 points"
    assert dict(tolerance_facts(row))["Comparisons seen before"] == "none"
    number = {**row, "harm": "error", "largest_gap": 1_250.0, "n_seen": 2}
    assert dict(tolerance_facts(number))["Largest gap between groups"] == "1,250"
    assert dict(tolerance_facts(number))["Comparisons seen before"] == "2"
    assert len({tolerance_facts(each) for each in (row, number, {**row, "reason": "Else"})}) == 3
