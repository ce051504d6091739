"""Cash over time: what a yearly value is worth today, and when the project has paid for itself.

Flows are one number per period, t = 0 first. The flow at t = 0 is not discounted (Excel's NPV does discount it).

References
----------
R. Brealey, S. Myers and F. Allen, *Principles of Corporate Finance*. HM Treasury, *The Green Book*.
"""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate

import pyxirr

from services.valuation.assumptions import Assumptions

MONTHS = 12


def monthly_flows(assumptions: Assumptions, yearly_amount: float) -> tuple[float, ...]:
    """The project's cost at the start, then value less running cost at the end of each month of the horizon.

    Parameters
    ----------
    yearly_amount
        Money a year of acting on predictions, against acting on nobody, before the project's and the running cost.
    """
    monthly = yearly_amount / MONTHS - assumptions.running_amount_per_month
    return (-assumptions.project_amount, *[monthly] * int(assumptions.horizon_months))


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
    """What the solution costs a year: running cost, and the project's cost as a level instalment over the horizon.

    A solution that earns exactly this has a net present value of 0.
    """
    return MONTHS * (assumptions.running_amount_per_month + _instalment(assumptions))


def _instalment(assumptions: Assumptions) -> float:
    rate, n_months = monthly_rate(assumptions.yearly_discount_rate), int(assumptions.horizon_months)
    if rate == 0:
        return assumptions.project_amount / n_months
    return assumptions.project_amount * rate / (1 - (1 + rate) ** -n_months)
