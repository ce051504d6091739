"""What a page sees of fairness: what may be asked of a model, what was agreed, and what was found."""

from dataclasses import dataclass
from datetime import datetime

from services.fairness.checks import LoopCheck
from services.fairness.error_price import ErrorPrice
from services.fairness.report import FairnessReport, Harm
from services.fairness.request import AssessmentRequest
from services.jobs.views import JobView


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column whose groups may be compared.

    `is_declared`: the data dictionary says that it is sensitive, or that its groups are compared. `is_used`: the model
    takes it. `label` is its business name, or its own.
    """

    name: str
    is_declared: bool
    is_used: bool
    label: str


@dataclass(frozen=True, slots=True)
class AssessmentTerms:
    """Whether an assessment was judged by the gap and threshold in force, and how many others were beyond theirs.

    `favourable` are the classes, of several, that it calls good to be given.
    """

    is_in_force: bool
    n_others: int
    n_beyond: int
    favourable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToleranceView:
    """What was agreed, in one immutable version; `n_seen` assessments of the project were done by then."""

    id: str
    version: int
    harm: Harm
    largest_gap: float
    reason: str
    n_seen: int
    agreed_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FairnessView:
    """What may be asked of a model now.

    Attributes
    ----------
    candidates
        Columns to choose from, those of the dictionary first; for who is still to say what they expect, only those.
    obstacle
        Why nothing can be asked, and what to do; None where something can.
    tolerance
        The one in force; None before any.
    checks
        What follows from the answers about feedback loops.
    hides_drivers
        Whether the person is still to say what they expect to drive the model.
    has_sign_off
        Whether a sign-off of the model is asked for or given: what is found anew is evidence it was not given on.
    error_price
        What wrong numbers cost, by Money; None where nobody said, or of an answer that is no number.
    classes
        Of a model that tells several apart; empty for other answers.
    valuation_id
        The payoffs that giving a favourable class may be about; None for other answers, and where there are none.
    has_other_sign_offs
        The same of any model of the project: a tolerance is evidence of all of them.
    """

    model_id: str
    model_number: int
    project_id: str
    task: str
    target: str
    candidates: tuple[Candidate, ...]
    obstacle: str | None
    tolerance: ToleranceView | None
    checks: tuple[LoopCheck, ...]
    hides_drivers: bool
    has_sign_off: bool
    has_other_sign_offs: bool
    error_price: ErrorPrice | None = None
    classes: tuple[str, ...] = ()
    valuation_id: str | None = None

    @property
    def declared(self) -> tuple[str, ...]:
        """Columns that the dictionary names."""
        return tuple(one.name for one in self.candidates if one.is_declared)


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """An assessment in a list. `sentence` is what was found, or why nothing was; None while it is at work."""

    id: str
    state: str
    columns: tuple[str, ...]
    sentence: str | None
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """One assessment. `report` is None until it is done.

    Attributes
    ----------
    hides_drivers
        Whether the person is still to say what they expect to drive the model: then `report` holds neither columns
        that nobody declared sensitive nor what the model loses without a column.
    is_older
        Whether the threshold, the tolerance, the payoffs or the price of wrong numbers changed since it was asked.
    """

    job: JobView
    request: AssessmentRequest
    model_number: int
    dataset_version: int
    report: FairnessReport | None
    hides_drivers: bool
    is_older: bool

    @property
    def id(self) -> str:
        """That of its job."""
        return self.job.id
