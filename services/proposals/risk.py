"""The risk tier by questionnaire: which answers make it, in words. It decides who must sign and what they must open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from services.errors import InvalidInputError

Tier = Literal["low", "medium", "high", "critical"]
TIERS: tuple[Tier, ...] = ("low", "medium", "high", "critical")
_OPENED = "an approver signs, who must have opened all evidence"
SIGNERS: dict[Tier, str] = {
    "low": "one approver signs",
    "medium": "an approver signs; business and a second data scientist should have looked",
    "high": f"{_OPENED}; business, a second data scientist and risk should have looked",
    "critical": f"{_OPENED}; a second approver, risk and operations should have looked",
}
"""What follows: first what the gate holds people to, then whom the policy wants beside."""
RISK_QUESTIONS: dict[str, tuple[str, str]] = {
    "affects_people": ("Does the decision affect people?", "Customers, staff, patients, applicants."),
    "has_legal_effect": (
        "Does it have a legal or similarly serious effect on them?",
        "Credit, work, housing, health, insurance, the police.",
    ),
    "is_irreversible": ("Is a wrong decision hard to undo?", "A call too many is quickly forgotten; a refusal is not."),
    "uses_personal_data": ("Does it use personal data?", "Anything that can be traced to a person."),
    "is_automatic": ("Is it carried out without a person looking?", "Nobody notices a wrong one in time."),
}


@dataclass(frozen=True, slots=True)
class RiskAnswers:
    """Yes, no, or (None) not said, to each question."""

    affects_people: bool | None = None
    has_legal_effect: bool | None = None
    is_irreversible: bool | None = None
    uses_personal_data: bool | None = None
    is_automatic: bool | None = None

    def __post_init__(self) -> None:
        if any(getattr(self, name) not in (True, False, None) for name in RISK_QUESTIONS):
            raise InvalidInputError("Answer the questions on risk by yes or no.")

    @property
    def is_complete(self) -> bool:
        """Whether every question is answered."""
        return all(getattr(self, name) is not None for name in RISK_QUESTIONS)

    def document(self) -> dict[str, Any]:
        """The answers that were given, as plain data."""
        return {name: getattr(self, name) for name in RISK_QUESTIONS if getattr(self, name) is not None}


@dataclass(frozen=True, slots=True)
class RiskTier:
    """The tier and the answers that make it, as half sentences."""

    tier: Tier
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The tier with its reasons and what follows."""
        why = f", because {' and '.join(self.reasons)}" if self.reasons else ""
        return f"{self.tier.capitalize()} risk{why}: {SIGNERS[self.tier]}."


def risk_from(document: Mapping[str, Any]) -> RiskAnswers:
    """The answers a stored version holds."""
    return RiskAnswers(**{name: document[name] for name in RISK_QUESTIONS if name in document})


def risk_tier(answers: RiskAnswers) -> RiskTier | None:
    """The tier of a completed questionnaire; None while a question is open.

    Critical: a serious effect without a person looking. High: a serious effect, or people affected where it is hard to
    undo or automatic with their data. Medium: any other yes. Low: five times no.
    """
    if not answers.is_complete:
        return None
    serious = "it has a serious effect on people"
    if answers.has_legal_effect:
        if answers.is_automatic:
            return RiskTier("critical", (serious, "nobody looks before it is carried out"))
        return RiskTier("high", (serious,))
    if answers.affects_people and answers.is_irreversible:
        return RiskTier("high", ("it affects people", "a wrong decision is hard to undo"))
    if answers.affects_people and answers.is_automatic and answers.uses_personal_data:
        return RiskTier("high", ("it affects people", "it uses personal data", "nobody looks before it is carried out"))
    said = {
        "it affects people": answers.affects_people,
        "a wrong decision is hard to undo": answers.is_irreversible,
        "it uses personal data": answers.uses_personal_data,
        "nobody looks before it is carried out": answers.is_automatic,
    }
    reasons = tuple(reason for reason, is_so in said.items() if is_so)
    return RiskTier("medium", reasons) if reasons else RiskTier("low", ())
