"""What a careful proposal considers beside its objective: rules, alternatives, people, risk and reflection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.errors import InvalidInputError
from services.proposals.reflection import Reflection, reflection_from
from services.proposals.risk import RiskAnswers, risk_from
from services.proposals.texts import TEXT_LENGTH, Text, text_problems

LONGEST_DELAY_DAYS = 3650
_TEXTS = {
    "acts_how_often": "How often somebody acts",
    "alternatives": "The alternatives considered",
    "todays_rule": "Today's rule",
    "fallback_rule": "The fallback rule",
    "out_of_scope": "What it must not be used for",
    "affected_people": "Who is affected",
}


@dataclass(frozen=True, slots=True)
class Considerations:
    """All of it may be left open. What is open is left out of the content: objectives of before keep their hash.

    Attributes
    ----------
    label_delay_days
        Days between the decision and the day its outcome is known.
    """

    acts_how_often: str = ""
    alternatives: str = ""
    todays_rule: str = ""
    fallback_rule: str = ""
    out_of_scope: str = ""
    affected_people: str = ""
    label_delay_days: int | None = None
    risk: RiskAnswers = field(default_factory=RiskAnswers)
    reflection: Reflection = field(default_factory=Reflection)

    def __post_init__(self) -> None:
        texts = {label: Text(getattr(self, name), TEXT_LENGTH) for name, label in _TEXTS.items()}
        problems = [*text_problems(texts), *self.reflection.gaps]
        delay = self.label_delay_days
        if delay is not None and not 0 <= delay <= LONGEST_DELAY_DAYS:
            problems.append("The days until the outcome is known must be a whole number from 0 to 3,650.")
        if problems:
            raise InvalidInputError(*problems)

    def document(self) -> dict[str, Any]:
        """What was said, as plain data; empty where nothing was."""
        document: dict[str, Any] = {name: getattr(self, name) for name in _TEXTS}
        document |= {"label_delay_days": self.label_delay_days}
        document |= {"risk": self.risk.document(), "reflection": self.reflection.document()}
        return {name: value for name, value in document.items() if value not in ("", None, {})}


def considerations_from(document: Mapping[str, Any]) -> Considerations:
    """What a stored version considers; nothing for one of before."""
    plain = {name: document[name] for name in (*_TEXTS, "label_delay_days") if name in document}
    return Considerations(
        **plain,
        risk=risk_from(document.get("risk", {})),
        reflection=reflection_from(document.get("reflection", {})),
    )
