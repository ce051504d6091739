"""The usual readings of expected cash over time, each with the sentence that says what it means.

The flow of month 0 is not discounted. Rates are effective rates a year. Excel's names: NPV, IRR, MIRR.
"""

from dataclasses import dataclass
from itertools import pairwise

from services.valuation.adoption import staged_value
from services.valuation.amounts import format_money
from services.valuation.cash_flow import (
    MONTHS,
    benefit_cost_ratio,
    discounted,
    internal_rate,
    modified_internal_rate,
    monthly_rate,
    net_present_value,
    payback_periods,
    return_on_investment,
)
from services.valuation.plan import Plan


@dataclass(frozen=True, slots=True)
class Reading:
    """One number about a plan: its name, the number in words, and what it means.

    Attributes
    ----------
    amount
        The number itself: money, a share, months; None where there is none, as the sentence explains.
    """

    name: str
    shown: str
    sentence: str
    amount: float | None


def readings(plan: Plan) -> tuple[Reading, ...]:
    """Worth, rates of return, ratios and payback of the expected cash, and the worth by stages where there are any.

    Where there are, rates and ratios are of the roll-out; payback is of all that is expected, as the worth by stages.
    """
    flows, rate = plan.expected_flows, monthly_rate(plan.yearly_discount_rate)
    found = [
        _worth(plan, flows, rate),
        *_returns(plan, flows),
        *_ratios(plan, rate),
        *_paybacks(plan.staged_flows, rate),
    ]
    if plan.stages:
        found.insert(1, _staged(plan, found[0].amount or 0.0))
    return tuple(found)


def sign_changes(flows: tuple[float, ...]) -> int:
    """How often cash turns from paid to earned or back; zeros do not count."""
    signs = [flow > 0 for flow in flows if flow != 0]
    return sum(one != other for one, other in pairwise(signs))


def worth_by_rate(plan: Plan, yearly_rates: tuple[float, ...]) -> tuple[float, ...]:
    """Expected worth, by stages, at each yearly rate: what to look at where no single rate of return exists."""
    flows = plan.staged_flows
    return tuple(net_present_value(flows, monthly_rate(rate)) for rate in yearly_rates)


def benefits_and_costs(plan: Plan) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Expected benefits and expected costs (without a minus) in month 0 to the horizon."""
    by_item = plan.expected_amounts[:, None] * plan.schedules
    earns = [place for place, item in enumerate(plan.items) if item.is_benefit]
    costs = [place for place, item in enumerate(plan.items) if not item.is_benefit]
    return tuple(map(float, by_item[earns].sum(axis=0))), tuple(map(float, -by_item[costs].sum(axis=0)))


def _worth(plan: Plan, flows: tuple[float, ...], rate: float) -> Reading:
    worth = net_present_value(flows, rate)
    verb = "brings" if worth >= 0 else "loses"
    staged = ", once every stage has succeeded and before what they cost" if plan.stages else ""
    return Reading(
        "Net present value (NPV)",
        format_money(worth, plan.currency),
        f"In money of today the plan {verb} {format_money(abs(worth), plan.currency)} over {plan.horizon_months} "
        f"months, at {plan.yearly_discount_rate * 100:.3g}% a year{staged}.",
        worth,
    )


def _staged(plan: Plan, worth: float) -> Reading:
    staged = staged_value(plan.stages, worth)
    names = ", ".join(f"“{stage.name}”" for stage in plan.stages)
    verb = "succeeds" if len(plan.stages) == 1 else "succeed"
    return Reading(
        "Expected worth by stages (ENPV)",
        format_money(staged, plan.currency),
        f"The plan is paid for only if {names} {verb}, with the chances somebody gave; what they cost is in it.",
        staged,
    )


def _returns(plan: Plan, flows: tuple[float, ...]) -> tuple[Reading, Reading]:
    single, changes = internal_rate(flows), sign_changes(flows)
    yearly = None if single is None else _yearly(single)
    if yearly is not None:
        sentence = f"At {_percent(yearly)} a year the plan would be worth nothing; money elsewhere earns " + (
            f"{plan.yearly_discount_rate * 100:.3g}%."
        )
    elif single is not None:
        sentence = "So little is paid before so much is earned that the rate is too large to be named."
    elif changes > 1:
        sentence = (
            f"Cash turns {changes} times between paid and earned, so several rates could be named, and none is. Read "
            "the modified rate, and the worth at each rate."
        )
    else:
        sentence = "Cash never turns from paid to earned, so there is no such rate."
    rate = monthly_rate(plan.yearly_discount_rate)
    modified = modified_internal_rate(flows, rate, rate)
    yearly_modified = None if modified is None else _yearly(modified)
    return (
        Reading("Internal rate of return (IRR)", _rate_words(yearly), sentence, yearly),
        Reading(
            "Modified rate of return (MIRR)",
            _rate_words(yearly_modified),
            "All is paid or all is earned: there is no such rate."
            if yearly_modified is None
            else f"What is paid grows to what is earned at {_percent(yearly_modified)} a year, if money is borrowed "
            f"and lent at {plan.yearly_discount_rate * 100:.3g}%.",
            yearly_modified,
        ),
    )


def _ratios(plan: Plan, rate: float) -> tuple[Reading, Reading]:
    benefits, costs = benefits_and_costs(plan)
    roi, ratio = return_on_investment(benefits, costs), benefit_cost_ratio(benefits, costs, rate)
    free = "Nothing is paid, so there is nothing to compare with."
    each = format_money(1, plan.currency)
    return (
        Reading(
            "Return on investment (ROI)",
            "None" if roi is None else _percent(roi),
            free
            if roi is None
            else f"Over the horizon each {each} paid comes back with {format_money(roi, plan.currency)} on top, not "
            "discounted."
            if roi >= 0
            else f"Over the horizon {format_money(-roi, plan.currency)} of each {each} paid is lost, not discounted.",
            roi,
        ),
        Reading(
            "Benefit-cost ratio (BCR)",
            "None" if ratio is None else f"{ratio:.2f}",
            free
            if ratio is None
            else f"In money of today each {each} paid brings {format_money(ratio, plan.currency)}; 1 is break-even.",
            ratio,
        ),
    )


def _paybacks(flows: tuple[float, ...], rate: float) -> tuple[Reading, Reading]:
    return (
        _payback("Payback", flows, "the money is back for good, not discounted"),
        _payback("Discounted payback", discounted(flows, rate), "the money is back for good, in money of today"),
    )


def _payback(name: str, flows: tuple[float, ...], meaning: str) -> Reading:
    months = payback_periods(flows)
    if months is None:
        return Reading(name, "Never", f"Not within the horizon of {len(flows) - 1} months.", None)
    return Reading(name, f"{months:.1f} months", f"After {months:.1f} months {meaning}.", months)


def _yearly(monthly: float) -> float | None:
    """The effective rate a year; None where it is too large to be named."""
    try:
        return (1 + monthly) ** MONTHS - 1
    except OverflowError:
        return None


def _percent(share: float) -> str:
    text = f"{share * 100:,.0f}%" if abs(share) >= 0.1 else f"{share * 100:.1f}%"
    return text.replace("-", "−")


def _rate_words(rate: float | None) -> str:
    return "None" if rate is None else f"{_percent(rate)} a year"
