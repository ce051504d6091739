"""What the draws say, in words."""

from services.valuation.amounts import format_money
from services.valuation.cash_flow import payback_periods
from services.valuation.uncertainty.information import Advice, FigureWorth, advise, figure_worths, value_of_knowing
from services.valuation.uncertainty.sensitivity import Swing
from services.valuation.uncertainty.simulation import Simulation

_SAFE = 20  # eight in ten draws lie above this percentile
_ADVICE: dict[Advice, str] = {
    "go": "Go: at least 8 in 10 simulations gain, and so does the mean.",
    "measure": "Measure first: too many simulations lose to go, too few to stop.",
    "stop": "Stop, or change the plan: more simulations lose than gain.",
}


def worth_sentence(simulation: Simulation) -> str:
    """What the plan is worth, how surely, and when the money is back."""
    plan, worth = simulation.plan, simulation.worth
    middle, safe = (format_money(amount, plan.currency) for amount in (worth.percentile(50), worth.percentile(_SAFE)))
    months = payback_periods(plan.expected_flows)
    back = "does not pay back within them" if months is None else f"pays back in {max(1, round(months))} months"
    return (
        f"Worth about {middle} in money of today over {plan.horizon_months} months; "
        f"8 in 10 simulations above {safe}; {back}."
    )


def chance_title(simulation: Simulation) -> str:
    """How often the plan gains."""
    share = simulation.worth.chance_of_gain
    if 0.99 < share < 1 or 0 < share < 0.01:
        return f"{'More than 99' if share > 0.5 else 'Fewer than 1'} of 100 simulations gain"
    return f"{share * 100:.0f} of 100 simulations gain"


def chance_note(simulation: Simulation) -> str:
    """The range, the worst, and the rule, with how they were found."""
    plan, worth = simulation.plan, simulation.worth
    low, high, tail = (
        format_money(amount, plan.currency) for amount in (worth.percentile(10), worth.percentile(90), worth.tail_mean)
    )
    return (
        f"10th percentile {low}, 90th percentile {high}; the worst tenth brings {tail} on average. "
        f"{worth.values.size:,} draws, seed {simulation.seed}; {plan.yearly_discount_rate * 100:.3g}% a year, what is "
        "paid at the start is not discounted."
    )


def advice_sentences(simulation: Simulation) -> tuple[str, ...]:
    """Whether to go, and which figure to measure first, at most for how much."""
    found = [_ADVICE[advise(simulation.worth)]]
    worths, everything = figure_worths(simulation), value_of_knowing(simulation.worth.values)
    currency = simulation.plan.currency
    if worths and _matters(worths[0], everything):
        found.append(
            f"Measure “{worths[0].name}” first, at most for {format_money(worths[0].amount, currency)}: knowing it "
            f"exactly is worth no more. Knowing every figure is worth {format_money(everything, currency)}."
        )
    else:
        found.append("No single figure would change the decision, so none is worth paying to measure.")
    return tuple(found)


def swing_title(swings: tuple[Swing, ...]) -> str:
    """Which item matters most."""
    return f"“{swings[0].name}” moves the worth most"


def break_even_sentence(swing: Swing, currency: str) -> str:
    """At which amount of an item the plan is worth nothing."""
    if swing.break_even is None:
        return "never within its range"
    return format_money(swing.break_even, currency)


def _matters(worth: FigureWorth, everything: float) -> bool:
    return worth.amount >= 1 and worth.amount > everything / 1_000
