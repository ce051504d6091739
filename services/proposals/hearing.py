"""What was understood so far, said back from a few answers: an unfinished proposal can be read too."""

from collections.abc import Mapping
from typing import Any

from services.proposals.later import LaterDefault, later_defaults
from services.proposals.reflection import BY_CODE, reflection_from
from services.proposals.risk import RISK_QUESTIONS, RiskAnswers, risk_tier
from services.proposals.units import with_unit

Answers = Mapping[str, Any]


def goal_heard(answers: Answers) -> str:
    """The metric and how far it has to go."""
    metric, baseline, target = (answers.get(name) for name in ("metric", "baseline", "target"))
    if not metric or not isinstance(baseline, int | float) or not isinstance(target, int | float):
        return ""  # a text is a number that could be two, and is asked about
    unit = str(answers.get("unit") or "")
    if baseline == target:
        return "Today and target are the same: nothing would get better."
    way = "up" if target > baseline else "down"
    return f"{metric} shall go {way} from {with_unit(baseline, unit)} to {with_unit(target, unit)}."


def decision_heard(answers: Answers) -> str:
    """Who decides what, and by which means."""
    decision, who = answers.get("decision"), answers.get("decided_by")
    if not decision:
        return ""
    often = answers.get("considered.acts_how_often")
    lever = answers.get("first_lever")
    words = f"{who or 'Somebody'} decides: {decision}" + (f", {often}" if often else "")
    return f"{words}. What you can change: {lever}." if lever else f"{words}."


def rules_heard(answers: Answers) -> str:
    """What happens today, and where the model falls silent."""
    today, fallback = answers.get("considered.todays_rule"), answers.get("considered.fallback_rule")
    parts = [f"Today: {today}." if today else "", f"Without the model: {fallback}." if fallback else ""]
    return " ".join(part for part in parts if part)


def risk_heard(answers: Answers) -> str:
    """The tier the answers make, with its reasons."""
    tier = risk_tier(RiskAnswers(**{name: answers.get(f"risk.{name}") for name in RISK_QUESTIONS}))
    return tier.sentence if tier else ""


def defaults_heard(answers: Answers) -> tuple[LaterDefault, ...]:
    """What the answers set for later stages."""
    said = {
        code: {"is_yes": answers.get(f"reflection.{code}.is_yes"), "text": ""}
        for code in BY_CODE
        if answers.get(f"reflection.{code}.is_yes") is not None
    }
    delay = answers.get("considered.label_delay_days")
    return later_defaults(reflection_from(said), int(delay) if isinstance(delay, int | float) else None)
