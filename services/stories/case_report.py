"""The story of one case, as plain data that is stored and shown. Loads no machine learning."""

from dataclasses import dataclass, field

from services.models.documents import LATER
from services.models.report import Document


@dataclass(frozen=True)
class Reason(Document):
    """A column that moves a case towards what is decided of it.

    Attributes
    ----------
    value, typical
        Of the case, and the median or the most frequent one; None where it is missing.
    effect
        In the direction of the decision; that of the whole group where it moves together with `along`.
    """

    column: str
    value: str | float | None
    typical: str | float | None
    effect: float
    along: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change(Document):
    """One column of a case set otherwise."""

    column: str
    before: str | float | None
    after: str | float


@dataclass(frozen=True)
class Counterfactual(Document):
    """The same case with a few columns set otherwise, and what the model would say of it.

    `found_by` names another library that found it, with its version; empty where the portal's own search did.
    """

    changes: tuple[Change, ...]
    prediction: float
    found_by: str = field(default="", metadata=LATER)


@dataclass(frozen=True)
class SecondSearch(Document):
    """What became of asking another library for ways across the threshold, within the same choices.

    Attributes
    ----------
    name
        With its version.
    n_holding
        Of those proposed, in which at most three changes cross the threshold by the model and lead to a case like those
        it knows.
    n_new
        Ways among them that do not change every column that a way of the portal's own search changes.
    trouble
        Why it could not say, as the end of a sentence; empty where it could.
    """

    name: str
    n_proposed: int
    n_holding: int
    n_new: int
    trouble: str = ""


@dataclass(frozen=True)
class SimilarCase(Document):
    """The case most like this one about which a copy of the model that had not seen it was wrong.

    Attributes
    ----------
    row
        Of the version of the data, counted from 1.
    likeness
        1 minus the Gower distance over the columns of the model.
    said, said_answer
        What the copy predicted, on the scale of the explanation: for this class, empty for a number.
    happened
        What came: a class, or a number.
    n_wrong, n_judged
        Among so many judged cases so many were wrong.
    """

    row: int
    likeness: float
    said: float
    said_answer: str
    happened: str | float
    n_wrong: int
    n_judged: int


@dataclass(frozen=True)
class CaseStory(Document):
    """One case.

    Attributes
    ----------
    row
        Of the version of the data, counted from 1.
    answer
        The class whose probability is told; empty for a number.
    prediction, base_value
        On the scale of the explanation.
    threshold
        From which prediction on it is acted on, when it was told; None for what has none.
    noise
        Standard deviation of what refits on other rows say of the case; None where there are too few of them.
    was_kept_aside
        Whether the case is one of the rows kept aside. Its outcome is not read.
    reasons, is_towards
        Why it is above what is typical, or below where not `is_towards`.
    counterfactuals
        Up to three ways across the threshold within what may be changed.
    obstacle
        Why there are none, in words; empty where there are.
    second
        What became of a second search by another library; None where none is installed, or no way was looked for.
    """

    row: int
    label: str
    answer: str
    prediction: float
    base_value: float
    threshold: float | None
    noise: float | None
    n_refits: int
    was_kept_aside: bool
    is_towards: bool
    reasons: tuple[Reason, ...]
    counterfactuals: tuple[Counterfactual, ...]
    obstacle: str
    similar: SimilarCase | None
    second: SecondSearch | None = field(default=None, metadata=LATER)

    @property
    def distance(self) -> float | None:
        """From the threshold, above it where positive."""
        return None if self.threshold is None else self.prediction - self.threshold

    @property
    def is_close(self) -> bool:
        """Whether a refit on other rows might well decide otherwise: the threshold is within twice the noise."""
        return self.distance is not None and self.noise is not None and abs(self.distance) <= 1.96 * self.noise
