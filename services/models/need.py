"""Do we need a model? What a plain rule reaches of it, and what follows from that."""

from services.automl.metrics import METRICS
from services.automl.todays_rule import NAME
from services.models.report import PlainAlternative, PlainComparison
from services.valuation.amounts import format_money

ENOUGH = 0.9  # of what a model is worth: a rule that everybody understands and nobody must maintain is the better buy


def share_reached(comparison: PlainComparison, rule: PlainAlternative) -> float | None:
    """How much of what the model is worth the rule gives: of money, or of what it gains over a guess.

    None where the model is worth nothing itself.
    """
    if comparison.model_value is not None and rule.yearly_value is not None:
        return rule.yearly_value / comparison.model_value if comparison.model_value > 0 else None
    gain = comparison.model_score - comparison.guess_score
    if gain == 0 or (gain > 0) != METRICS[comparison.metric].greater_is_better:
        return None
    return (rule.score - comparison.guess_score) / gain


def enough_rule(comparison: PlainComparison) -> PlainAlternative | None:
    """The plainest rule that reaches nine tenths of the model; None where none does."""
    for rule in comparison.alternatives:
        share = share_reached(comparison, rule)
        if share is not None and share >= ENOUGH:
            return rule
    return None


def is_plain_enough(comparison: PlainComparison) -> bool:
    """Whether the advice is to do without a model."""
    value, everyone = comparison.model_value, comparison.everyone_value
    if value is not None and (value <= 0 or (everyone is not None and everyone >= ENOUGH * value)):
        return True
    return enough_rule(comparison) is not None


def describe_need(comparison: PlainComparison) -> str:
    """Whether the model is worth having beside the plainest rule that is enough, or else the best there is."""
    if comparison.model_value is not None and comparison.model_value <= 0:
        return "At these payoffs the model earns nothing, so no rule and no model is needed: leave things as they are."
    everyone = comparison.everyone_value
    if comparison.model_value is not None and everyone is not None and everyone >= ENOUGH * comparison.model_value:
        of_everyone = everyone / comparison.model_value
        if of_everyone >= 1:
            return "Acting on everybody earns as much as the best model: consider stopping here."
        return (
            f"Acting on everybody gives {_percent(of_everyone)} of the value of the best model: consider stopping here."
        )
    worth = "value" if comparison.model_value is not None else "gain over guessing"
    rule = enough_rule(comparison)
    if rule is not None:
        reached = share_reached(comparison, rule) or 0.0
        if reached >= 1:
            return f"{_subject(rule)} does as well as the best model: consider stopping here."
        return f"{_subject(rule)} gives {_percent(reached)} of the {worth} of the best model: consider stopping here."
    known = [
        (share, rule) for rule in comparison.alternatives if (share := share_reached(comparison, rule)) is not None
    ]
    if not known:
        return "The model is no better than a guess, so nothing can be said of plainer rules."
    most, best = max(known, key=lambda pair: pair[0])
    which = _subject(best) if best.name == NAME else f"The best plain rule, a {best.name},"
    beside = f"{which} gives {_percent(max(most, 0.0))} of the {worth} of the best model"
    if comparison.currency is None or (more := _more(comparison, best)) is None:
        return f"{beside}: the model pays in accuracy."
    todays = next((rule for rule in comparison.alternatives if rule.name == NAME and rule is not best), None)
    beyond = f" Beyond today's rule it earns {_more(comparison, todays)} a year more." if todays else ""
    return f"{beside}: the model earns {more} a year more.{beyond}"


def _subject(rule: PlainAlternative) -> str:
    return f"{'The' if rule.name == NAME else 'A'} {rule.name}"


def _more(comparison: PlainComparison, rule: PlainAlternative) -> str | None:
    """What the model earns a year more than the rule; None without payoffs."""
    if comparison.model_value is None or rule.yearly_value is None or comparison.currency is None:
        return None
    return format_money(comparison.model_value - rule.yearly_value, comparison.currency)


def _percent(share: float) -> str:
    return f"{share:.0%}"
