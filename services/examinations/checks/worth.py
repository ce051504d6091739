"""Whether a model is worth having: beside a guess, beside plain rules, and beside what is done today."""

from services.automl.todays_rule import NAME
from services.examinations.checks.subject import Subject, figure, found, not_applicable, passed
from services.examinations.report import Finding
from services.models.need import describe_need, enough_rule, share_reached
from services.models.report import PlainAlternative, PlainComparison
from services.valuation.amounts import format_money


def guess(subject: Subject) -> Finding:
    """Is it better than a guess that looks at nothing?"""
    code, title = "guess", "Better than a guess"
    sealed, guessed = subject.evaluation.score, subject.evaluation.baseline_score
    said = f"{subject.metric.label} on rows kept aside is {figure(sealed.value)}, a guess has {figure(guessed)}"
    worst = sealed.low if subject.metric.greater_is_better else sealed.high
    if subject.better(sealed.value, guessed) <= 0:
        advice = "Do not use it. Look for columns that say something about each case, and run again."
        return found(code, title, f"{said}: the model knows nothing.", advice, is_red=True)
    if worst is not None and subject.better(worst, guessed) <= 0:
        advice = "More rows would tell whether there is anything to learn."
        return found(code, title, f"{said}, which chance alone may give.", advice, is_red=False)
    return passed(code, title, f"{said}.")


def plain_rule(subject: Subject) -> Finding:
    """Does a rule that fits on a note do as well?"""
    code, title, comparison = "plain_rule", "Beside a plain rule", subject.evaluation.plain
    if comparison is None:
        return not_applicable(code, title, "No plain rule was compared with this model.", tells_drivers=True)
    sentence = describe_need(comparison)
    if comparison.model_value is not None and comparison.model_value <= 0:
        return found(code, title, sentence, "Leave things as they are.", is_red=True, tells_drivers=True)
    everyone = comparison.everyone_value
    is_everyone = (
        comparison.model_value is not None and everyone is not None and everyone >= 0.9 * comparison.model_value
    )
    rule = enough_rule(comparison)
    if rule is None and not is_everyone:
        return passed(code, title, sentence, tells_drivers=True)
    reached = share_reached(comparison, rule) if rule else None
    is_red = (reached is not None and reached >= 1) or (is_everyone and _beats(everyone, comparison.model_value))
    advice = "Take the rule unless the model brings something a rule cannot: nobody has to maintain a note."
    return found(code, title, sentence, advice, is_red=is_red, tells_drivers=True)


def todays_rule(subject: Subject) -> Finding:
    """Does it beat what is done today?"""
    code, title, comparison = "todays_rule", "Beside the rule used today", subject.evaluation.plain
    rule = _named(comparison)
    if comparison is None or rule is None:
        sentence = "Nobody said which rule decides today. It can be given when a run is started."
        return not_applicable(code, title, sentence, tells_drivers=True)
    said, is_worse = _beside(subject, comparison, rule)
    if is_worse:
        advice = "Keep today's rule, or find out what it knows that the data do not hold."
        return found(code, title, said, advice, is_red=True, tells_drivers=True)
    if _overlap(comparison, rule):
        advice = "Start with a pilot beside today's rule: the difference may be chance."
        return found(code, title, f"{said} Chance alone may give that.", advice, is_red=False, tells_drivers=True)
    return passed(code, title, said, tells_drivers=True)


def _named(comparison: PlainComparison | None) -> PlainAlternative | None:
    rules = comparison.alternatives if comparison is not None else ()
    return next((rule for rule in rules if rule.name == NAME), None)


def _beside(subject: Subject, comparison: PlainComparison, rule: PlainAlternative) -> tuple[str, bool]:
    if comparison.model_value is not None and rule.yearly_value is not None and comparison.currency is not None:
        more = comparison.model_value - rule.yearly_value
        amounts = [format_money(value, comparison.currency) for value in (comparison.model_value, rule.yearly_value)]
        difference = format_money(abs(more), comparison.currency)
        way = "more" if more > 0 else "less"
        return f"The model is worth {amounts[0]} a year, today's rule {amounts[1]}: {difference} {way}.", more <= 0
    said = f"{subject.metric.label} is {figure(comparison.model_score)}, that of today's rule {figure(rule.score)}."
    return said, subject.better(comparison.model_score, rule.score) <= 0


def _overlap(comparison: PlainComparison, rule: PlainAlternative) -> bool:
    """Whether the intervals of the money overlap; False where they are not known."""
    low, high = comparison.model_between.value_low, rule.between.value_high
    return low is not None and high is not None and low <= high


def _beats(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one >= other
