"""Whether a model is worth having: beside a guess, beside plain rules, and beside what is done today."""

from collections.abc import Callable
from dataclasses import replace

from services.automl.differences import Difference
from services.examinations.beside_today import BesideToday
from services.examinations.checks.subject import Subject, figure, found, not_applicable, passed
from services.examinations.report import Finding
from services.models.need import describe_need, enough_rule, share_reached
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
    """Does it beat what is done today, beyond chance?"""
    code, title, beside = "todays_rule", "Beside the rule used today", subject.today
    if beside is None:
        sentence = "Nobody said which rule decides today. It can be given when a run is started."
        return not_applicable(code, title, sentence, tells_drivers=True)
    if not beside.is_enough:
        few = f"The two differ in {beside.n_apart:,} of {beside.n:,} rows: not enough to say which is better."
        return not_applicable(code, title, few, tells_drivers=True)
    said, gain = _beside(subject, beside), _gain(subject, beside)
    if gain.low is None or gain.high is None:
        return not_applicable(code, title, f"{said} Whether chance gives that cannot be told.", tells_drivers=True)
    if gain.high < 0:
        advice = "Keep today's rule, or find out what it knows that the data do not hold."
        return found(code, title, said, advice, is_red=True, tells_drivers=True)
    if gain.low <= 0:
        advice = "Bring more rows, or start with a pilot beside today's rule: the difference may be chance."
        unsure = f"{said} That is not enough to say which is better."
        return found(code, title, unsure, advice, is_red=False, tells_drivers=True)
    return passed(code, title, said, tells_drivers=True)


def _gain(subject: Subject, beside: BesideToday) -> Difference:
    """What the model has beyond the rule, of money where there is some; more is better."""
    if beside.money is not None or subject.metric.greater_is_better:
        return beside.money or beside.score
    score = beside.score
    ends = [None if end is None else -end for end in (score.high, score.low)]
    return replace(score, value=-score.value, low=ends[0], high=ends[1])


def _beside(subject: Subject, beside: BesideToday) -> str:
    gain = _gain(subject, beside)
    if beside.money is not None and subject.currency is not None:
        model, rule = (
            format_money(value or 0.0, subject.currency) for value in (beside.model_yearly, beside.rule_yearly)
        )
        more = f"{format_money(abs(gain.value), subject.currency)} {'more' if gain.value > 0 else 'less'}"
        reach = _reach(gain, lambda value: format_money(value, subject.currency or "", sign=True))
        return f"The model is worth {model} a year, today's rule {rule}: {more}{reach}, on the same {beside.n:,} rows."
    better = f"{figure(abs(gain.value))} {'better' if gain.value > 0 else 'worse'}"
    reach = _reach(gain, lambda value: f"{'+' if value > 0 else ''}{figure(value)}")
    return f"{subject.metric.label} is {better} than that of today's rule{reach}, on the same {beside.n:,} rows."


def _reach(gain: Difference, in_words: Callable[[float], str]) -> str:
    if gain.low is None or gain.high is None:
        return ""
    return f", 19 times in 20 {in_words(gain.low)} to {in_words(gain.high)}"


def _beats(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one >= other
