"""Cash over time: what a yearly value is worth today, and when the project has paid for itself.

Flows are one number per period, t = 0 first. The flow at t = 0 is not discounted (Excel's NPV does discount it).

References
----------
R. Brealey, S. Myers and F. Allen, *Principles of Corporate Finance*. HM Treasury, *The Green Book*.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import accumulate

import pyxirr

from services.valuation.adoption import Adoption
from services.valuation.assumptions import Assumptions
from services.valuation.money_lines import counted_flows
from services.valuation.plan import Item
from services.valuation.staging import expected_stage_amount, roll_out_chance, staged_flows

MONTHS = 12
AT_ONCE = Adoption(ramp_months=0)
_NO_CHANCE = 1e-9  # below it, what stages cost could not be earned back in any currency


def monthly_flows(assumptions: Assumptions, yearly_amount: float) -> tuple[float, ...]:
    """Expected cash in month 0 to the horizon: all costs that count, and value at the end of each month.

    Value arrives at once unless somebody said how it does.

    Parameters
    ----------
    yearly_amount
        Money a year of acting on predictions, against acting on nobody, before all costs.
    """
    n_months, monthly = int(assumptions.horizon_months), yearly_amount / MONTHS
    adoption = assumptions.adoption or AT_ONCE
    calls = [monthly * share for share in adoption.shares(n_months).tolist()]
    return expected_flows(assumptions, calls, cost_items(assumptions), adoption)


def expected_flows(
    assumptions: Assumptions, calls: Sequence[float], items: Sequence[Item], adoption: Adoption
) -> tuple[float, ...]:
    """Expected cash in month 0 to the horizon of calls, items, what else counts of Money, and the stages.

    Parameters
    ----------
    calls
        What right calls bring in month 0 to the horizon.
    """
    running = counted_amount(assumptions, "running")
    flows = [-counted_amount(assumptions, "project"), *(call - running for call in calls[1:])]
    for item in items:
        units = item.schedule(len(flows) - 1, adoption) * (item.amount.mean * item.chance)
        flows = [flow + more for flow, more in zip(flows, units.tolist(), strict=True)]
    return staged_flows(assumptions.details.stages if assumptions.details else (), flows)


def monthly_rate(yearly_rate: float) -> float:
    """The rate a month that compounds to the effective yearly rate."""
    return float((1 + yearly_rate) ** (1 / MONTHS) - 1)


def discounted(flows: Sequence[float], rate: float) -> tuple[float, ...]:
    """Each flow in money of t = 0; `rate` is per period."""
    return tuple(flow / (1 + rate) ** period for period, flow in enumerate(flows))


def net_present_value(flows: Sequence[float], rate: float) -> float:
    """The sum of the discounted flows; `rate` is per period."""
    return float(pyxirr.npv(rate, flows, start_from_zero=True) or 0.0)


def internal_rate(flows: Sequence[float]) -> float | None:
    """The rate per period at which the flows are worth nothing; None unless they change sign exactly once."""
    if not pyxirr.is_conventional_cash_flow(flows):
        return None
    return pyxirr.irr(flows, silent=True)


def modified_internal_rate(flows: Sequence[float], finance_rate: float, reinvest_rate: float) -> float | None:
    """The rate per period that takes what is paid to what is earned (Excel's MIRR).

    What is paid is financed at one rate, what is earned is reinvested at another; None where all is paid or all earned.
    """
    if min(flows, default=0.0) >= 0 or max(flows, default=0.0) <= 0:
        return None
    rate = pyxirr.mirr(flows, finance_rate, reinvest_rate, silent=True)
    return None if rate is None else float(rate)


def excel_net_present_value(flows: Sequence[float], rate: float) -> float:
    """Excel's `NPV()`: it discounts the first flow by one period, which makes ours larger by the factor 1 + rate."""
    return net_present_value(flows, rate) / (1 + rate)


def dated_net_present_value(dates: Sequence[date], flows: Sequence[float], yearly_rate: float) -> float:
    """The worth on the first date of flows on their dates, 365 days to a year (Excel's XNPV)."""
    return float(pyxirr.xnpv(yearly_rate, dates, flows) or 0.0)


def dated_internal_rate(dates: Sequence[date], flows: Sequence[float]) -> float | None:
    """The yearly rate at which dated flows are worth nothing (Excel's XIRR); None unless they change sign once."""
    if not pyxirr.is_conventional_cash_flow(flows):
        return None
    return pyxirr.xirr(dates, flows, silent=True)


def payback_periods(flows: Sequence[float]) -> float | None:
    """Periods until the cumulative flow is 0 or more for good, linear within a period; None if not within the horizon.

    Give it discounted flows for the discounted payback.
    """
    totals = [*accumulate(flows)]
    negative = [period for period, total in enumerate(totals) if total < 0]
    if not negative:
        return 0.0
    last = negative[-1]
    if last == len(totals) - 1:
        return None
    return last - totals[last] / flows[last + 1]


def return_on_investment(benefits: Sequence[float], costs: Sequence[float]) -> float | None:
    """(benefits - costs) / costs, not discounted; None where there are no costs."""
    total = sum(costs)
    return (sum(benefits) - total) / total if total else None


def benefit_cost_ratio(benefits: Sequence[float], costs: Sequence[float], rate: float) -> float | None:
    """Present value of the benefits over that of the costs; `rate` is per period; None where there are no costs."""
    cost = net_present_value(costs, rate)
    return net_present_value(benefits, rate) / cost if cost else None


def yearly_cost(assumptions: Assumptions) -> float:
    """What a year of full use must earn to pay for all that counts: running cost, and the rest as a level instalment.

    The rest is the project's cost, the cost items of the plan, and the stages: those that fail are paid by those that
    do not. Where somebody said how benefits arrive, the months before they do are paid by the months after.

    A solution that earns exactly this has an expected net present value of 0, unless it can never arrive (see
    `can_arrive`): then this is what it costs.
    """
    n_months, rate = int(assumptions.horizon_months), assumptions.yearly_discount_rate
    stages = assumptions.details.stages if assumptions.details else ()
    chance = roll_out_chance(stages) if can_arrive(assumptions) else 1.0
    at_start = counted_amount(assumptions, "project") + expected_stage_amount(stages) / chance
    at_start -= sum(item_worth(assumptions, item, AT_ONCE) for item in cost_items(assumptions))
    monthly = counted_amount(assumptions, "running") + _instalment(at_start, n_months, monthly_rate(rate))
    if assumptions.adoption is None:
        return MONTHS * monthly
    full, arriving = (level_factor(how, n_months, rate) for how in (None, assumptions.adoption))
    return MONTHS * monthly * (full / arriving if arriving else 1.0)


def can_arrive(assumptions: Assumptions) -> bool:
    """Whether calls can bring anything in time: some stage may never succeed, or going live come after the horizon."""
    stages = assumptions.details.stages if assumptions.details else ()
    adoption, n_months = assumptions.adoption, int(assumptions.horizon_months)
    is_in_time = adoption is None or level_factor(adoption, n_months, assumptions.yearly_discount_rate) > 0
    return is_in_time and roll_out_chance(stages) > _NO_CHANCE


def counted_amount(assumptions: Assumptions, name: str) -> float:
    """The cost of the project ("project") or the running cost a month ("running"); 0 where it does not count."""
    if name not in counted_flows(assumptions):
        return 0.0
    return assumptions.project_amount if name == "project" else assumptions.running_amount_per_month


def cost_items(assumptions: Assumptions) -> tuple[Item, ...]:
    """The items that cost something."""
    return tuple(item for item in assumptions.items if not item.is_benefit)


def item_worth(assumptions: Assumptions, item: Item, adoption: Adoption) -> float:
    """What an item adds to the expected net present value of the roll-out; a cost takes away."""
    n_months, rate = int(assumptions.horizon_months), monthly_rate(assumptions.yearly_discount_rate)
    units = discounted(item.schedule(n_months, adoption).tolist(), rate)
    return sum(units) * item.amount.mean * item.chance


@lru_cache(maxsize=1_024)
def level_factor(adoption: Adoption | None, n_months: int, yearly_rate: float) -> float:
    """Money of today for one unit of money at the end of each month, as far as it has arrived; all of it if None."""
    shares = (adoption or AT_ONCE).shares(n_months).tolist()
    return sum(discounted(shares, monthly_rate(yearly_rate)))


def _instalment(amount: float, n_months: int, rate: float) -> float:
    """`amount` paid in equal parts at the end of each month; `rate` is a month's."""
    if rate == 0:
        return amount / n_months
    return amount * rate / (1 - (1 + rate) ** -n_months)
