"""A worked example for objectives and money: calling customers who may leave."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from services.proposals.considerations import Considerations
from services.proposals.objective import Constraints, DataNeed, Lever, Objective
from services.proposals.reflection import Answer, Reflection
from services.proposals.risk import RISK_QUESTIONS, RiskAnswers
from services.valuation.assumptions import Assumptions

CALLS = Assumptions(
    currency="EUR",
    caught_value_amount=480.0,
    success_rate=0.4,
    false_alarm_amount=5.0,
    miss_amount=0.0,
    action_amount=42.0,
    cases_per_month=7_000.0,
    base_rate=0.05,
    capacity_per_month=860.0,
    project_amount=90_000.0,
    running_amount_per_month=2_500.0,
    horizon_months=36,
    yearly_discount_rate=0.1,
    source="report",
)
DISCOUNT = Lever(
    name="Discount", kind="number", low=0.0, high=30.0, unit="%", unit_cost_amount=4.0, controlled_by="Sales"
)
RETENTION = Objective(
    sentence="Fewer customers should leave us",
    metric="Customers who leave in a month",
    unit="%",
    baseline=5.0,
    target=4.0,
    by_when=date(2027, 6, 30),
    how_measured="Contracts ended, from the billing system",
    decision="Whom the service team calls this week",
    decided_by="Head of service",
    outcome="Customer leaves within 30 days",
    levers=(DISCOUNT,),
    data_needed=(DataNeed(source="Billing system", owner="Finance", status="have"),),
    constraints=Constraints(max_latency_ms=200.0),
)


def reflected(*yes: str, delay: int | None = None, risk: Mapping[str, bool] | None = None) -> Objective:
    """The example with a yes to some questions of the reflection; of those on risk a no where `risk` does not say."""
    answers = tuple((code, Answer(True, "We look after it.")) for code in yes)
    tier = RiskAnswers(**dict.fromkeys(RISK_QUESTIONS, False) | dict(risk)) if risk is not None else RiskAnswers()
    considered = Considerations(label_delay_days=delay, reflection=Reflection(answers), risk=tier)
    return replace(RETENTION, considered=considered)
