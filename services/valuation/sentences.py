"""The business case in words. Nothing here names a trade: a case "matters" where the outcome happens."""

import math
from typing import Literal, NamedTuple

from services.valuation.amounts import format_money
from services.valuation.assumptions import Assumptions
from services.valuation.business_case import BusinessCase
from services.valuation.cash_flow import can_arrive
from services.valuation.money_lines import counted_flows
from services.valuation.required_quality import Quality

Level = Literal["easy", "plausible", "hard", "doubtful", "impossible"]
LEVEL_LIMITS: tuple[tuple[Level, float], ...] = (("easy", 0.65), ("plausible", 0.80), ("hard", 0.90), ("doubtful", 1.0))
_A_HUNDREDTH = 0.01 - 1e-9
_ZERO = "The break-even model ends at zero"
LEVEL_WORDS = {
    "easy": "easy to reach",
    "plausible": "plausible with good data",
    "hard": "hard to reach",
    "doubtful": "doubtful: few models are that good",
}


class Outcome(NamedTuple):
    """One of the four outcomes: what happens, money per case, and why."""

    title: str
    amount: float
    reason: str


def anything_pays(case: BusinessCase) -> str | None:
    """What is said instead of a task where so little is paid that there is none; None where there is one."""
    required = case.required
    if required is None:
        return None
    if case.yearly_cost <= 0:
        return "There are no costs to earn back: any model better than a coin toss is worth having"
    share = 1 - required.false_alarm_rate if case.is_everyone_worth_it else required.found_rate
    if share >= _A_HUNDREDTH:
        return None
    what = "rightly leaving alone" if case.is_everyone_worth_it else "finding"
    whom = "do not matter" if case.is_everyone_worth_it else "matter"
    return f"Costs are so small that {what} fewer than 1 of 100 cases that {whom} earns them back"


def actions_in_words(per_month: float) -> str:
    """221 actions a month, 1 action a month, less than one."""
    if per_month < 0.5:
        return "less than one action a month"
    whole = f"{per_month:,.0f}"
    return f"{whole} action{'' if whole == '1' else 's'} a month"


def opening_sentence(case: BusinessCase) -> str:
    """What the figures say, in one or two sentences. The amount is the upper bound, never a forecast."""
    currency, required = case.assumptions.currency, case.required
    perfect = format_money(abs(case.yearly_perfect), currency)
    if not can_arrive(case.assumptions):
        return (
            "Not worth it as it stands: no model can bring anything within the horizon. A stage has no chance to "
            "succeed, or going live comes too late."
        )
    if required is not None:
        payback = _within(case.perfect_cash.payback_months)
        before_costs = format_money(case.yearly_perfect + case.yearly_cost, currency)
        beside = _beside_everyone(case)
        task = anything_pays(case) or f"To break even, a model must {_task(case, required)}"
        return (
            f"Worth up to {before_costs} a year, {perfect} after costs{beside}: a perfect model pays back {payback}. "
            f"{task}.{_not_counted(case)}"
        )
    if case.is_everyone_worth_it:
        everyone = format_money(case.yearly_everyone, currency)
        return f"Act without a model: it brings {everyone} a year, and even a perfect model would not earn its cost."
    return f"Not worth it as it stands: even a perfect model would lose {perfect} a year."


def break_even_title(case: BusinessCase) -> str:
    """What a model must find, or rightly leave alone, to pay back."""
    if case.required is None:
        return "No model can pay back"
    if pays := anything_pays(case):
        return pays
    if case.is_everyone_worth_it:
        return f"A model must rightly leave alone {of_100(1 - case.required.false_alarm_rate)} of 100 to pay back"
    return f"A model must find {of_100(case.required.found_rate)} of 100 cases that matter to pay back"


def break_even_note(case: BusinessCase) -> str:
    """How to read the break-even line, and what it takes for granted."""
    rate = case.assumptions.capacity_rate
    most = None if rate is None else rate * case.assumptions.cases_per_month
    limit = "with no limit on actions" if most is None else f"with at most {most:,.0f} actions a month"
    return (
        f"Yearly value against acting on nobody, after all costs, by model quality, {limit}. The line takes the usual "
        "trade-off between finding more and raising more false alarms."
    )


def outcomes(assumptions: Assumptions) -> tuple[Outcome, Outcome, Outcome, Outcome]:
    """The 2x2 in words and money: acted and right, acted and wrong, left alone and wrong, left alone and right."""
    payoffs, currency = assumptions.payoffs, assumptions.currency
    action, value, extra = (
        format_money(amount, currency)
        for amount in (assumptions.action_amount, assumptions.caught_value_amount, assumptions.false_alarm_amount)
    )
    works = (
        f"Acting works in {assumptions.success_rate * 100:.3g} of 100 cases and then brings {value}; it costs {action}."
    )
    alarm = f"Acting costs {action}" + (
        f"; the false alarm another {extra}." if assumptions.false_alarm_amount else "."
    )
    miss = "The case is lost." if assumptions.miss_amount else "Nothing is gained, as if nobody ever acted."
    return (
        Outcome("We act, and the case matters", payoffs.true_positive, works),
        Outcome("We act, but the case does not matter", payoffs.false_positive, alarm),
        Outcome("We do not act, and the case matters", payoffs.false_negative, miss),
        Outcome("We do not act, and the case does not matter", payoffs.true_negative, "Nothing changes."),
    )


def cash_title(case: BusinessCase) -> str:
    """What the project is worth at most over its horizon."""
    months, worth = int(case.assumptions.horizon_months), case.perfect_cash.net_present_value
    amount = format_money(abs(worth), case.assumptions.currency)
    if worth < 0:
        return f"Even a perfect model loses {amount} over {months} months"
    against = ", against acting on nobody" if case.is_everyone_worth_it else ""
    return f"A perfect model is worth {amount} over {months} months{against}"


def cash_note(case: BusinessCase) -> str:
    """How to read the cash chart."""
    rate = case.assumptions.yearly_discount_rate * 100
    use = (
        "as if everybody used it from the first month on"
        if case.assumptions.adoption is None
        else "used as fast as the plan says"
    )
    end = "The break-even model brings what acting without a model does" if case.is_everyone_worth_it else _ZERO
    return (
        f"Cash so far in money of today, discounted at {rate:.3g}% a year (net present value), {use}. {end}: between "
        "the two lines lies every model worth having."
    )


def quality_level(required: Quality | None) -> Level:
    """How hard the required quality is to reach, by experience with tabular data."""
    if required is None:
        return "impossible"
    return next(level for level, limit in LEVEL_LIMITS if required.auc <= limit)


def quality_title(case: BusinessCase) -> str:
    """The required quality and what it means."""
    if case.required is None:
        return "No quality is enough"
    words = LEVEL_WORDS[quality_level(case.required)]
    return f"It must rank {of_100(case.required.auc)} of 100 pairs right: {words}"


def doubts(assumptions: Assumptions) -> tuple[str, ...]:
    """What may be wrong with figures that are usable."""
    found = []
    if assumptions.miss_amount > 0 and assumptions.miss_amount == assumptions.caught_value_amount:
        found.append(
            "A caught case brings exactly what a missed one costs. If both are the same money, it counts twice: "
            "set the cost of a miss to 0."
        )
    if assumptions.success_rate == 1:
        found.append("Acting is taken to work every time. Is there a figure from the past?")
    return tuple(found)


def _beside_everyone(case: BusinessCase) -> str:
    """What of the amount needs no model; nothing where acting on everyone does not pay."""
    if not case.is_everyone_worth_it:
        return ""
    everyone = format_money(case.yearly_everyone, case.assumptions.currency)
    return f", against acting on nobody ({everyone} of it without a model)"


def _not_counted(case: BusinessCase) -> str:
    """That the plan does not count on right calls, where items state what it brings or somebody said so."""
    if "calls" in counted_flows(case.assumptions):
        return ""
    return " The plan does not count on that: what it brings is stated as items."


def _task(case: BusinessCase, required: Quality) -> str:
    actions = actions_in_words(case.actions_per_month(required))
    if case.is_everyone_worth_it:
        spared = of_100(1 - required.false_alarm_rate)
        return f"rightly leave alone {spared} of 100 cases that do not matter, with {actions}"
    return f"find {of_100(required.found_rate)} of 100 cases that matter with {actions}"


def of_100(share: float) -> int:
    """A share as "of 100", rounded up: what is asked for is at least this."""
    return max(1, math.ceil(share * 100 - 1e-6))


def _within(months: float | None) -> str:
    if months is None:
        return "after the horizon"
    if months == 0:
        return "at once"
    whole = max(1, math.ceil(months - 1e-6))
    return "within a month" if whole == 1 else f"within {whole} months"
