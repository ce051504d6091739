"""What an examination found, as plain data that is stored and shown. Loads no machine learning."""

from dataclasses import dataclass, field, replace

from services.models.documents import LATER
from services.models.report import Document

PASSED, AMBER, RED, NOT_APPLICABLE = "passed", "amber", "red", "not_applicable"
HOLDS, FAILS, UNCLEAR, NOT_POSSIBLE, WITHHELD = "holds", "fails", "unclear", "not_possible", "withheld"
_FIRST_SAY = "Shown once you say under Explain what you expect: it would tell what drives the model."


@dataclass(frozen=True)
class Finding(Document):
    """The answer of one check.

    Attributes
    ----------
    state
        "passed", "amber", "red" or "not_applicable", which is never "passed".
    sentence
        What was found, with its numbers.
    advice
        What to do; empty where nothing has to be done.
    tells_drivers
        Whether the sentence tells what drives the model.
    """

    code: str
    title: str
    state: str
    sentence: str
    advice: str = ""
    tells_drivers: bool = False

    @property
    def asks(self) -> bool:
        """Whether somebody must change something or give a reason."""
        return self.state in (AMBER, RED)


@dataclass(frozen=True)
class Measured(Document):
    """A figure of a part of the rows with its 95% interval, beside the figure of the others."""

    value: float
    low: float
    high: float
    beside: float


@dataclass(frozen=True)
class WorstSlice(Document):
    """Rows with one to three things in common that the model is clearly worse at.

    Every figure but `n` is of the half of the rows on which the slice was confirmed, so that nothing is flattered or
    blamed by having been searched for.

    Attributes
    ----------
    conditions
        One to three, in words.
    n, n_confirmed
        Rows in all, and in the confirming half.
    loss
        Mean loss of a row beside the mean of all other rows.
    error
        Share of wrong answers, or mean absolute error, beside all other rows.
    caught
        Share of the positive cases that are acted on; None unless the question is yes or no and there are some.
    lost
        Money lost per row against decisions that are always right within the same capacity, beside the average row;
        None without payoffs. Negative where the model acts on more of the slice than they would have room for.
    extra_yearly
        Money a year that the slice costs more than if it were like the average row; None without payoffs.
    q_value
        Share of false discoveries among all that are as clear as this one (Benjamini and Hochberg).
    remark
        What cannot be told of it, such as recall where all rows are of one class; else empty.
    alike
        Other slices of nearly the same rows.
    """

    conditions: tuple[str, ...]
    n: int
    n_confirmed: int
    loss: Measured
    error: Measured
    caught: Measured | None
    lost: Measured | None
    extra_yearly: float | None
    q_value: float
    remark: str
    alike: tuple[str, ...]


@dataclass(frozen=True)
class SliceSearch(Document):
    """What the search for worst slices did and found.

    Attributes
    ----------
    n_rows, n_exploring, n_confirming
        Rows looked at, searched in, and tested on.
    n_tried, n_tested
        Slices of sufficient size that were compared on the first half, and taken to the second.
    least_rows
        Rows a slice must have at least.
    error, lost
        Of all confirming rows.
    obstacle
        Why nothing could be searched; else empty.
    capacity_rate
        Largest share of the cases that can be acted on, which the money heeds; None without a limit.
    """

    n_rows: int
    n_exploring: int
    n_confirming: int
    n_tried: int
    n_tested: int
    least_rows: int
    error: float
    lost: float | None
    found: tuple[WorstSlice, ...]
    notes: tuple[str, ...] = ()
    obstacle: str = ""
    capacity_rate: float | None = field(default=None, metadata=LATER)


@dataclass(frozen=True)
class Stress(Document):
    """What a change of the inputs does to the score and to the money a year.

    Attributes
    ----------
    kind
        "missing", "shifted", "extreme", "noisy" or "unseen".
    column
        The changed input; None where all are.
    words
        The change as the beginning of a sentence.
    score, change, low, high
        Score under stress; how much it is better (positive) or worse, with its 95% interval, None where not known.
    amount, amount_low, amount_high
        Money a year gained (positive) or lost by the change; None without payoffs.
    share_changed
        Of the answers, or None for numbers, the share of decisions that become others.
    """

    kind: str
    column: str | None
    words: str
    score: float
    change: float
    low: float | None
    high: float | None
    amount: float | None
    amount_low: float | None
    amount_high: float | None
    share_changed: float | None


@dataclass(frozen=True)
class StressTests(Document):
    """All stresses, worst first, on `n_rows` out-of-fold rows; `score` and `amount` are those without stress.

    `notes` say which columns were stressed alone although the data compute others from them.
    """

    n_rows: int
    score: float
    amount: float | None
    found: tuple[Stress, ...]
    obstacle: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AssertionResult(Document):
    """Whether what a person asserts of the model holds.

    Attributes
    ----------
    state
        "holds", "fails", "unclear" (not enough rows to say), "not_possible", or "withheld" from who reads.
    n
        Rows it speaks of.
    share, low, high
        Of them that are as expected, with its Wilson interval; None where nothing could be counted.
    """

    assertion_id: str
    state: str
    n: int
    share: float | None
    low: float | None
    high: float | None
    sentence: str
    is_direction: bool = False


@dataclass(frozen=True)
class ExaminationReport(Document):
    """What was found of a model, on rows it had not learned from.

    Attributes
    ----------
    threshold
        The score from which on one acts; None unless the question is yes or no.
    n_withheld
        Stresses of single columns that are not shown to who reads.
    """

    task: str
    metric: str
    currency: str | None
    threshold: float | None
    n_rows: int
    findings: tuple[Finding, ...]
    slices: SliceSearch
    stresses: StressTests
    assertions: tuple[AssertionResult, ...]
    seed: int
    seconds: float
    n_withheld: int = 0


def without_drivers(report: ExaminationReport) -> ExaminationReport:
    """The report for who is still to say what they expect: without what names or shows the drivers of the model."""
    kept = tuple(stress for stress in report.stresses.found if stress.column is None)
    return replace(
        report,
        findings=tuple(
            replace(finding, sentence=_FIRST_SAY, advice="") if finding.tells_drivers else finding
            for finding in report.findings
        ),
        stresses=replace(report.stresses, found=kept, notes=()),
        assertions=tuple(map(_withheld, report.assertions)),  # a share by the values of a column tells of it, too
        n_withheld=len(report.stresses.found) - len(kept),
    )


def _withheld(result: AssertionResult) -> AssertionResult:
    return replace(result, state=WITHHELD, share=None, low=None, high=None, sentence=_FIRST_SAY)
