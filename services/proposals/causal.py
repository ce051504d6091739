"""What may be said of a lever's effect, by how its values came into the data.

References
----------
T. VanderWeele and P. Ding, "Sensitivity analysis in observational research: introducing the E-value", Annals of
Internal Medicine 167 (2017): E = RR + sqrt(RR (RR - 1)).
C. Cinelli and C. Hazlett, "Making sense of sensitivity", Journal of the Royal Statistical Society B 82 (2020): the
robustness value.
"""

import math
from dataclasses import dataclass
from typing import Literal

from services.errors import InvalidInputError
from services.proposals.lever import Assignment

Grade = Literal["A", "B", "C"]
ROBUST_FROM = 0.1

WORDINGS: dict[Grade, str] = {
    "A": "estimated effect",
    "B": "adjusted estimate; hidden causes could change it",
    "C": "what-if by association: cases with another value differ in other ways; "
    "not a forecast of what happens if you change it",
}
CONSEQUENCES: dict[Grade, str] = {
    "A": "A benefit may be forecast, with an interval.",
    "B": "The benefit is shown at the lower end of its interval.",
    "C": "No benefit is forecast. The only next step is a limited experiment.",
}
ASSIGNMENTS: dict[Assignment, str] = {
    "unknown": "Nobody knows",
    "randomised": "At random, or with recorded chances",
    "recorded": "By what the data hold, all of it",
    "rule": "By a rule",
    "judgement": "By people's judgement",
}
_REASONS: dict[Assignment, str] = {
    "unknown": "Nobody knows how it was set in the data.",
    "randomised": "It was set at random, so cases differ in nothing else.",
    "recorded": "Every column that decided it is said to be in the data; a simulation holds that against the data.",
    "rule": "A rule set it, so cases with another value differ in what the rule looks at.",
    "judgement": "People set it and saw more than the data hold.",
}

EARNS_A = "Grade A is earned by setting it at random for a small share of cases, or by recording the chances."
EARNS_B = (
    "Grade B is earned in a simulation where every column that decided it is in the data and the dictionary says that "
    "it was known before the decision, an estimate that adjusts for them agrees in sign with the simulator, and only a "
    f"strong hidden cause (robustness value above {ROBUST_FROM:g}) could explain it away."
)


@dataclass(frozen=True, slots=True)
class CausalStatus:
    """The grade of a lever, what to call its effect, why, and what follows."""

    grade: Grade
    reason: str

    @property
    def wording(self) -> str:
        """What its effect must be called."""
        return WORDINGS[self.grade]

    @property
    def consequence(self) -> str:
        """What may be done with it."""
        return CONSEQUENCES[self.grade]


def causal_status(assignment: Assignment) -> CausalStatus:
    """A where it was randomised, else C until a simulation finds what earns B (`EARNS_B`)."""
    return CausalStatus("A" if assignment == "randomised" else "C", _REASONS[assignment])


def e_value(risk_ratio: float) -> float:
    """How strong (as a risk ratio) a hidden cause must be to explain `risk_ratio` away; 1 explains nothing."""
    if not (math.isfinite(risk_ratio) and risk_ratio > 0):
        raise InvalidInputError("A risk ratio must be a number above 0.")
    ratio = risk_ratio if risk_ratio >= 1 else 1 / risk_ratio
    return ratio + math.sqrt(ratio * (ratio - 1))
