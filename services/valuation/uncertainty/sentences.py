"""What the draws say, in words."""

from services.valuation.adoption import Stage
from services.valuation.amounts import format_money
from services.valuation.cash_flow import payback_periods
from services.valuation.plan import Plan
from services.valuation.staging import expected_stage_amount
from services.valuation.uncertainty.information import (
    EVEN,
    SURE,
    Advice,
    FigureWorth,
    advise,
    figure_worths,
    value_of_knowing,
)
from services.valuation.uncertainty.sensitivity import Swing
from services.valuation.uncertainty.simulation import Simulation

_SAFE = 20  # eight in ten draws lie above this percentile
_WORTH_ASKING = 0.01  # of all that is paid: a sum below it is not worth a decision of its own
_ADVICE: dict[Advice, str] = {
    "go": "Go: at least 8 in 10 simulations gain, and so does the mean.",
    "measure": "Measure first: too many simulations lose to go, too few to stop.",
    "stop": "Stop, or change the plan: more simulations lose than gain.",
}
_RUINOUS = "Stop, or change the plan: most simulations gain, but those that lose lose more than all others bring."


def worth_sentence(simulation: Simulation) -> str:
    """What the plan is worth, how surely, how often a stage fails, and when the money is back."""
    plan, worth = simulation.plan, simulation.worth
    middle, safe, mean = (
        format_money(amount, plan.currency) for amount in (worth.percentile(50), worth.percentile(_SAFE), worth.mean)
    )
    back = _back(payback_periods(plan.staged_flows))
    if plan.stages:  # many draws then share one value, what the stages cost, so that none need lie above it
        return (
            f"Worth about {middle} in money of today over {plan.horizon_months} months, {mean} on average; "
            f"8 in 10 simulations at {safe} or above; {failure_words(simulation)}; {back}."
        )
    return (
        f"Worth about {middle} in money of today over {plan.horizon_months} months; "
        f"8 in 10 simulations above {safe}; {back}."
    )


def failure_words(simulation: Simulation) -> str:
    """In how many simulations a stage fails."""
    return f"in {_of_100(simulation.chance_of_failure)} of 100 simulations a stage fails"


def chance_title(simulation: Simulation) -> str:
    """How often the plan gains."""
    words = _of_100(simulation.worth.chance_of_gain)
    return f"{words[:1].upper()}{words[1:]} of 100 simulations gain"


def chance_note(simulation: Simulation) -> str:
    """The range, the worst, and the rule, with how they were found."""
    plan, worth = simulation.plan, simulation.worth
    staged = f"; {failure_words(simulation)}, and only what was paid until then is lost" if plan.stages else ""
    low, high, tail = (
        format_money(amount, plan.currency) for amount in (worth.percentile(10), worth.percentile(90), worth.tail_mean)
    )
    return (
        f"10th percentile {low}, 90th percentile {high}; the worst tenth brings {tail} on average{staged}. "
        f"{worth.values.size:,} draws, seed {simulation.seed}; {plan.yearly_discount_rate * 100:.3g}% a year, what is "
        "paid at the start is not discounted."
    )


def advice_sentences(simulation: Simulation) -> tuple[str, ...]:
    """Whether to go, what the first stage decides, and which figure to measure first, at most for how much."""
    worth, currency = simulation.worth, simulation.plan.currency
    advice = advise(worth)
    is_ruinous = advice == "stop" and worth.chance_of_gain > EVEN
    return (
        _RUINOUS if is_ruinous else _ADVICE[advice],
        *([_first_stage(simulation.plan.stages[0], currency)] if _rests_on_stages(simulation, advice) else []),
        _what_to_measure(simulation),
    )


def swing_title(swings: tuple[Swing, ...]) -> str:
    """Which item matters most."""
    return f"“{swings[0].name}” moves the worth most"


def break_even_sentence(swing: Swing, currency: str) -> str:
    """At which amount of an item the plan is worth nothing."""
    if swing.break_even is None:
        return "never within its range"
    return format_money(swing.break_even, currency)


def _what_to_measure(simulation: Simulation) -> str:
    worths, everything = figure_worths(simulation), value_of_knowing(simulation.worth.values)
    currency, stages = simulation.plan.currency, simulation.plan.stages
    if not worths or not _matters(worths[0], everything):
        return "No single figure would change the decision, so none is worth paying to measure."
    if worths[0].amount < _WORTH_ASKING * _paid(simulation.plan):
        return "No single figure is worth paying to measure: none is worth a hundredth of the costs to know."
    most = format_money(worths[0].amount, currency)
    all_of_it = "every figure, and which stage fails," if stages else "every figure"
    return (
        f"Measure “{worths[0].name}” first, at most for {most}: knowing it exactly is worth no more. Knowing "
        f"{all_of_it} is worth {format_money(everything, currency)}."
    )


def _matters(worth: FigureWorth, everything: float) -> bool:
    return worth.amount >= 1 and worth.amount > everything / 1_000


def _paid(plan: Plan) -> float:
    """All expected costs, of the stages too, in money of today and without a minus."""
    parts = zip(plan.items, plan.expected_parts, strict=True)
    return expected_stage_amount(plan.stages) - sum(part for item, part in parts if not item.is_benefit)


def _rests_on_stages(simulation: Simulation, advice: Advice) -> bool:
    """Whether the plan would gain on average, and often enough if its stages succeeded."""
    return (
        advice != "go"
        and simulation.worth.mean > 0
        and simulation.worth.chance_of_gain >= SURE * (1 - simulation.chance_of_failure)
        and simulation.chance_of_failure > 0
    )


def _first_stage(stage: Stage, currency: str) -> str:
    return (
        f"On average the plan gains all the same: “{stage.name}” alone may be worth its "
        f"{format_money(stage.amount, currency)}, if no more is promised before it has succeeded."
    )


def _of_100(share: float) -> str:
    if 0.99 < share < 1 or 0 < share < 0.01:
        return "more than 99" if share > 0.5 else "fewer than 1"
    return f"{share * 100:.0f}"


def _back(months: float | None) -> str:
    if months is None:
        return "does not pay back within them"
    if months == 0:
        return "pays back at once"
    whole = max(1, round(months))
    return f"pays back in {whole} month{'' if whole == 1 else 's'}"
