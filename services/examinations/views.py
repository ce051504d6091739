"""What a page sees of an examination: how far it is, what was found, what people said to it, and what they assert."""

from dataclasses import dataclass
from datetime import datetime

from services.examinations.assertions import Asked, Assertion
from services.examinations.report import AMBER, NOT_APPLICABLE, RED, AssertionResult, ExaminationReport, Finding
from services.jobs.views import JobView

_ORDER = {RED: 0, AMBER: 1, "passed": 3, NOT_APPLICABLE: 4}
_ANSWERED = 2


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What somebody said to a finding. It answers the state it was given to, and none that is worse."""

    code: str
    state: str
    reason: str
    name: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with everything said to it, newest first."""

    finding: Finding
    answers: tuple[AnswerView, ...]

    @property
    def is_answered(self) -> bool:
        """Whether a reason stands for what is found now: one given to amber does not answer red."""
        return any(answer.state == RED or answer.state == self.finding.state for answer in self.answers)

    @property
    def is_open(self) -> bool:
        """Whether it still needs an answer."""
        return self.finding.asks and not self.is_answered

    @property
    def place(self) -> int:
        """Where it stands in the order of severity."""
        return _ANSWERED if self.finding.asks and not self.is_open else _ORDER[self.finding.state]


@dataclass(frozen=True, slots=True)
class AssertionView:
    """The latest version of an assertion, and what the examination in front of the person says of it, if anything."""

    id: str
    key: str
    version: int
    assertion: Assertion
    sentence: str
    name: str
    role: str
    at: datetime
    result: AssertionResult | None = None


@dataclass(frozen=True, slots=True)
class ExaminableView:
    """A model that can be examined, and what can be asserted of it.

    Attributes
    ----------
    last
        The last examination that was asked for, at work or done; None before the first.
    """

    model_id: str
    model_number: int
    project_id: str
    asked: Asked
    last: JobView | None


@dataclass(frozen=True, slots=True)
class ExaminationView:
    """A finished examination.

    Attributes
    ----------
    findings
        In the order of severity.
    is_current
        Whether the threshold in force is still the one that was examined.
    hides_drivers
        Whether the person is still to say what they expect, and is shown nothing that tells what drives the model.
    """

    job: JobView
    report: ExaminationReport
    findings: tuple[FindingView, ...]
    assertions: tuple[AssertionView, ...]
    is_current: bool
    hides_drivers: bool

    @property
    def open(self) -> tuple[FindingView, ...]:
        """Findings that still need an answer."""
        return tuple(one for one in self.findings if one.is_open)

    @property
    def n_asked(self) -> int:
        """Checks that could be asked of this model."""
        return sum(one.finding.state != NOT_APPLICABLE for one in self.findings)
