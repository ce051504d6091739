"""What could be done without any model, and with a perfect one: the lines a model is measured against."""

from dataclasses import dataclass

from services.valuation.assumptions import Assumptions
from services.valuation.business_case import BusinessCase
from services.valuation.details import TodaysRule
from services.valuation.policy import yearly_value
from services.valuation.required_quality import Situation
from services.valuation.sentences import actions_in_words, anything_pays, of_100


@dataclass(frozen=True, slots=True)
class ReferencePolicy:
    """One way to act: money a year against acting on nobody, and of all cases that matter the share acted on."""

    title: str
    yearly_amount: float
    found_rate: float


def reference_policies(case: BusinessCase, rule: TodaysRule | None = None) -> tuple[ReferencePolicy, ...]:
    """Do nothing, act on all (or as many as can be, at random), today's rule where known, and a perfect model."""
    assumptions = case.assumptions
    share = 1.0 if assumptions.capacity_rate is None else assumptions.capacity_rate
    everyone = "Act on everyone" if share == 1 else "Act on as many as possible, at random"
    found = [
        ReferencePolicy("Do nothing", 0.0, 0.0),
        ReferencePolicy(everyone, case.yearly_everyone, share),
    ]
    if rule is not None:
        found.append(_todays_rule(assumptions, rule))
    perfect = min(1.0, share / assumptions.base_rate)
    found.append(ReferencePolicy("A perfect model, after its costs", case.yearly_perfect, perfect))
    return tuple(found)


def task_in_words(case: BusinessCase) -> str:
    """What a model has to do, beside a list drawn by lot and a perfect one, all with the same number of actions."""
    if case.required is None:
        return "No model can pay back, however good."
    assumptions, required = case.assumptions, case.required
    if pays := anything_pays(case):
        return f"{pays}."
    acted = required.share_acted
    perfect = min(1.0, acted / assumptions.base_rate)
    actions = actions_in_words(case.actions_per_month(required))
    by_lot, found = round(acted * 100), of_100(required.found_rate)
    return (
        f"Needs to find at least {found} of 100 cases that matter with {actions}. "
        f"A list drawn by lot finds {by_lot}; a perfect one finds {int(perfect * 100 + 1e-6)}."
    )


def double_counting(assumptions: Assumptions) -> str | None:
    """A warning where the same money seems to stand in two cells of the matrix, each against its own baseline."""
    if assumptions.miss_amount > 0 and assumptions.miss_amount >= assumptions.caught_value_amount > 0:
        return (
            "A missed case costs as much as a caught one brings, or more. All four outcomes are measured against a "
            "case left alone: if both are the same money, it counts twice. Keep it in one of the two."
        )
    return None


def _todays_rule(assumptions: Assumptions, rule: TodaysRule) -> ReferencePolicy:
    acted = min(1.0, rule.actions_per_month / assumptions.cases_per_month)
    positives = min(assumptions.base_rate, acted * rule.precision)
    negatives = acted - positives
    found = positives / assumptions.base_rate
    false_alarms = min(1.0, negatives / (1 - assumptions.base_rate))
    per_case = Situation(assumptions.payoffs, assumptions.base_rate).value(found, false_alarms)
    return ReferencePolicy("Today's rule", yearly_value(per_case, assumptions.cases_per_month), found)
