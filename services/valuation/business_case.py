"""What the figures say before any model exists: the most it can bring, what it costs, how good a model must be."""

from dataclasses import dataclass
from itertools import accumulate

from services.valuation.assumptions import Assumptions
from services.valuation.cash_flow import (
    MONTHS,
    can_arrive,
    discounted,
    monthly_flows,
    monthly_rate,
    net_present_value,
    payback_periods,
    yearly_cost,
)
from services.valuation.policy import perfect_value, treat_all_value, yearly_value
from services.valuation.required_quality import Quality, Situation, best_use, required_quality

_CURVE_AUCS = (*(0.5 + step / 200 for step in range(100)), 0.9975, 0.999, 0.9995, 0.9999, 1.0)


@dataclass(frozen=True, slots=True)
class CashPath:
    """Expected cash over the horizon in money of today, if every year of full use brings the same.

    Attributes
    ----------
    cumulative
        Discounted cash up to each month, month 0 first.
    net_present_value
        The last of them: what the project is worth today.
    payback_months
        When cumulative cash is 0 or more for good; None where not within the horizon.
    """

    cumulative: tuple[float, ...]
    net_present_value: float
    payback_months: float | None


@dataclass(frozen=True, slots=True)
class BusinessCase:
    """The figures added up, in the currency of the assumptions. No amount here is a forecast: no model exists yet.

    Yearly amounts and paths of cash are against acting on nobody, as those of models are.

    Attributes
    ----------
    yearly_cost
        What a year must earn to pay for all that counts: running cost, and the project, the cost items of the plan and
        its stages as a level instalment (see `cash_flow.yearly_cost`).
    yearly_everyone
        A year of acting on everyone, or on as many as capacity allows, without a model.
    yearly_perfect
        A year of a model that is always right, after `yearly_cost`: no model can bring more.
    required
        The poorest model that is worth its cost beyond what is possible without one; None where even a perfect one is
        not.
    curve
        Models from a coin toss to perfect, each used as well as it can be.
    perfect_cash, required_cash
        Cash over the horizon with a perfect model, and with the required one.
    """

    assumptions: Assumptions
    yearly_cost: float
    yearly_everyone: float
    yearly_perfect: float
    required: Quality | None
    curve: tuple[Quality, ...]
    perfect_cash: CashPath
    required_cash: CashPath | None

    @property
    def is_everyone_worth_it(self) -> bool:
        """Whether acting without a model pays already, so that a model must find whom to leave alone."""
        return self.yearly_everyone > 0

    def yearly_net(self, quality: Quality) -> float:
        """Money a year of using such a model, after `yearly_cost`."""
        return yearly_value(quality.value_per_case, self.assumptions.cases_per_month) - self.yearly_cost

    def actions_per_month(self, quality: Quality) -> float:
        """Cases acted on in a month."""
        return quality.share_acted * self.assumptions.cases_per_month


def make_business_case(assumptions: Assumptions) -> BusinessCase:
    """Add up the figures."""
    payoffs, base_rate, capacity_rate = assumptions.payoffs, assumptions.base_rate, assumptions.capacity_rate
    situation = Situation(payoffs, base_rate, capacity_rate)
    volume, cost = assumptions.cases_per_month, yearly_cost(assumptions)
    required = required_quality(situation, cost / (MONTHS * volume)) if can_arrive(assumptions) else None
    perfect = yearly_value(perfect_value(payoffs, base_rate, capacity_rate=capacity_rate), volume)
    return BusinessCase(
        assumptions=assumptions,
        yearly_cost=cost,
        yearly_everyone=yearly_value(treat_all_value(payoffs, base_rate, capacity_rate=capacity_rate), volume),
        yearly_perfect=perfect - cost,
        required=required,
        curve=tuple(best_use(situation, auc) for auc in _CURVE_AUCS),
        perfect_cash=cash_path(assumptions, perfect),
        required_cash=cash_path(assumptions, yearly_value(required.value_per_case, volume)) if required else None,
    )


def cash_path(assumptions: Assumptions, yearly_amount: float) -> CashPath:
    """Cash over the horizon if acting on predictions brings `yearly_amount` a year, before all costs that count."""
    return path_of(monthly_flows(assumptions, yearly_amount), assumptions)


def path_of(flows: tuple[float, ...], assumptions: Assumptions) -> CashPath:
    """Cash in month 0 to the horizon, in money of today."""
    rate = monthly_rate(assumptions.yearly_discount_rate)
    today = discounted(flows, rate)
    return CashPath(
        cumulative=tuple(accumulate(today)),
        net_present_value=net_present_value(flows, rate),
        payback_months=payback_periods(today),
    )
