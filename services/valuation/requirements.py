"""What a model must do to pay back, in the words and units of those who act on it."""

from dataclasses import dataclass

from services.valuation.amounts import format_money
from services.valuation.business_case import BusinessCase
from services.valuation.policy import yearly_value
from services.valuation.required_quality import Situation, break_even_precision, break_even_recall
from services.valuation.sentences import LEVEL_WORDS, actions_in_words, of_100, quality_level

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Requirement:
    """One way to say what is required: its name, the number in words, and what it means."""

    name: str
    shown: str
    sentence: str


def requirements(case: BusinessCase) -> tuple[Requirement, ...]:
    """Ranking, precision, lift and recall at break-even, from which chance on acting pays, what perfection brings."""
    return (*_from_quality(case), _threshold(case), _perfect(case))


def actions_sentence(case: BusinessCase) -> str:
    """How many actions a month there can be, and what limits them."""
    assumptions = case.assumptions
    rate, people = assumptions.capacity_rate, assumptions.capacity_per_month
    if rate is None:
        return "Neither people nor money limit the number of actions."
    actions = f"At most {rate * assumptions.cases_per_month:,.0f} actions a month"
    budget = assumptions.details.action_budget_per_month if assumptions.details else None
    if rate >= 1:
        return f"{actions}: there are no more cases."
    by_people = people is not None and people <= rate * assumptions.cases_per_month + 1e-6
    if by_people or budget is None:
        return f"{actions}: that is what the team can do."
    cost = format_money(assumptions.action_amount, assumptions.currency)
    return f"{actions}: that is what {format_money(budget, assumptions.currency)} a month pays for at {cost} each."


def _from_quality(case: BusinessCase) -> tuple[Requirement, ...]:
    required, assumptions = case.required, case.assumptions
    if required is None:
        return (
            Requirement("Pairs ranked right (AUC)", "None is enough", "Even a perfect model would not earn its costs."),
        )
    payoffs = assumptions.payoffs
    words = LEVEL_WORDS[quality_level(required)]
    ranking = Requirement(
        "Pairs ranked right (AUC)",
        f"{of_100(required.auc)} of 100",
        f"Of a case that matters and one that does not, it must pick the right one {of_100(required.auc)} times in 100 "
        f"(AUC {required.auc:.3f}): {words}.",
    )
    if payoffs.loss <= 0 or case.is_everyone_worth_it or required.share_acted == 0:
        return (ranking,)  # the task is whom to leave alone, so that shares of right actions say nothing
    actions = case.actions_per_month(required) * _MONTHS
    precision = break_even_precision(payoffs, case.yearly_cost, actions)
    lift = precision / assumptions.base_rate
    recall = break_even_recall(
        payoffs,
        case.yearly_cost,
        n_cases=assumptions.cases_per_month * _MONTHS,
        base_rate=assumptions.base_rate,
        precision=required.precision,
    )
    found = [
        ranking,
        Requirement(
            "Right actions (precision)",
            f"{of_100(precision)} of 100",
            f"With {actions_in_words(actions / _MONTHS)}, {of_100(precision)} of 100 must meet a case that matters, "
            "or the costs are not earned.",
        ),
        Requirement(
            "Better than by lot (lift)",
            f"{lift:.1f} times",
            f"Actions must meet cases that matter {lift:.1f} times as often as if drawn by lot "
            f"({assumptions.base_rate * 100:.3g} of 100).",
        ),
    ]
    if recall is not None:
        found.append(
            Requirement(
                "Cases found (recall)",
                f"{of_100(recall)} of 100",
                f"Of all cases that matter, {of_100(recall)} of 100 must be found at that share of right actions.",
            )
        )
    return tuple(found)


def _threshold(case: BusinessCase) -> Requirement:
    threshold = case.assumptions.payoffs.threshold
    sentence = (
        "A wrong action costs nothing, so acting always pays."
        if threshold == 0
        else f"Acting pays from a true chance of {threshold * 100:.3g} in 100 on; below it a case is better left alone."
    )
    return Requirement("Chance from which acting pays", f"{threshold * 100:.3g}%", sentence)


def _perfect(case: BusinessCase) -> Requirement:
    assumptions = case.assumptions
    without = Situation(assumptions.payoffs, assumptions.base_rate, assumptions.capacity_rate).value_without_model
    most = case.yearly_perfect + case.yearly_cost - yearly_value(without, assumptions.cases_per_month)
    amount = format_money(most, assumptions.currency)
    net = format_money(most - case.yearly_cost, assumptions.currency)
    return Requirement(
        "Worth of a perfect model",
        amount,
        f"No model can bring more than {amount} a year beyond what is possible without one; {net} after costs.",
    )
