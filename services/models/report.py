"""What is known about a model, as stored and shown: how good it is, what it is worth, what drives it.

These are plain dataclasses without any machine-learning import, so that pages can read them.
"""

from dataclasses import dataclass, field
from typing import Any, Self

from services.automl.more_rows import MoreRows
from services.models.documents import LATER, restore, to_document
from services.valuation.row_amounts import AmountSummary


class Document:
    """Plain JSON data and back."""

    def document(self) -> dict[str, Any]:
        """As plain data, to be stored and hashed."""
        document: dict[str, Any] = to_document(self)
        return document

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """The report that was stored."""
        return restore(cls, document)


@dataclass(frozen=True)
class Estimate(Document):
    """A score with what is known about its uncertainty.

    Attributes
    ----------
    metric
        A name of `services.automl.metrics.METRICS`, or of a score that is only reported.
    low, high
        Ends of the interval; None where it could not be computed.
    level
        Coverage of the interval, for instance 0.95.
    method
        How the interval was computed, in words.
    n
        Rows it was computed on.
    """

    metric: str
    value: float
    low: float | None
    high: float | None
    level: float
    method: str
    n: int
    sentence: str


@dataclass(frozen=True)
class MoneyReport(Document):
    """Money a year on hold-out rows, relative to acting on nobody, at a threshold chosen on other rows.

    `treat_all` and `perfect` are the yearly values of acting on everybody, and of a model that is never wrong.
    The four counts are rows of the hold-out. Where each row has its own amount, `amounts` says what the formula gave in
    them, and `caught_amount` is the mean value of the cases caught; both are None where all are worth the same.
    """

    currency: str
    threshold: float
    threshold_origin: str
    yearly_value: float
    low: float | None
    high: float | None
    treat_all: float
    perfect: float
    n_true_positive: int
    n_false_positive: int
    n_false_negative: int
    n_true_negative: int
    precision: float
    recall: float
    base_rate: float
    capacity_rate: float | None
    chosen_on: str
    reported_on: str
    amounts: AmountSummary | None = field(default=None, metadata=LATER)
    caught_amount: float | None = field(default=None, metadata=LATER)


@dataclass(frozen=True)
class CurvePoint(Document):
    """Acting on the `share_acted` highest scores: what it is worth a year, with a 95% band.

    `caught_amount` is the mean value of the cases caught; None where all are worth the same, or none is caught.
    """

    share_acted: float
    threshold: float
    yearly_value: float
    low: float | None
    high: float | None
    recall: float
    precision: float
    caught_amount: float | None = field(default=None, metadata=LATER)


@dataclass(frozen=True)
class CalibrationBin(Document):
    """Rows with similar predictions: the mean predicted probability beside what really happened (95% Wilson)."""

    predicted: float
    observed: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class PredictedPoint(Document):
    """One hold-out row of a regression."""

    actual: float
    predicted: float


@dataclass(frozen=True)
class Between(Document):
    """95% intervals of a score and of money a year on out-of-fold rows; None where there are too few rows to say."""

    score_low: float | None = None
    score_high: float | None = None
    value_low: float | None = None
    value_high: float | None = None


@dataclass(frozen=True)
class PlainAlternative(Document):
    """A rule that fits on a note, found and judged in the same folds as the model.

    Attributes
    ----------
    lines
        The rule in words, fitted to all rows that are not kept aside: one line for each case it tells apart.
    yearly_value
        Money a year at the threshold that pays best out of fold; None without payoffs.
    between
        How far both can be from the true ones.
    """

    name: str
    lines: tuple[str, ...]
    score: float
    yearly_value: float | None
    between: Between = Between()


@dataclass(frozen=True)
class PlainComparison(Document):
    """Whether a model is needed: it beside plain rules, all on the same `n` out-of-fold rows.

    Attributes
    ----------
    guess_score
        Of saying the same of every row.
    everyone_value
        Money a year of acting on everybody; None without payoffs. Acting on nobody is worth 0.
    verdict
        One sentence, and whether it is that a plain rule is enough.
    """

    metric: str
    currency: str | None
    n: int
    model_score: float
    model_value: float | None
    guess_score: float
    everyone_value: float | None
    alternatives: tuple[PlainAlternative, ...]
    verdict: str = ""
    is_enough: bool = False
    model_between: Between = Between()


@dataclass(frozen=True)
class Evaluation(Document):
    """How good a model is on rows that nothing was fitted or chosen on; `split` says how these were kept aside."""

    task: str
    metric: str
    n_train: int
    n_holdout: int
    score: Estimate
    scores: tuple[Estimate, ...]
    cross_validated: Estimate
    fold_scores: tuple[float, ...]
    baseline_score: float
    money: MoneyReport | None
    profit_curve: tuple[CurvePoint, ...]
    calibration: tuple[CalibrationBin, ...]
    actual_vs_predicted: tuple[PredictedPoint, ...]
    latency_ms: dict[str, float]
    split: str = ""
    plain: PlainComparison | None = None
    more_rows: MoreRows | None = field(default=None, metadata=LATER)


@dataclass(frozen=True)
class Driver(Document):
    """One original column and what it does to predictions.

    Attributes
    ----------
    importance
        Mean absolute effect on one prediction, on the explanation's scale.
    direction
        "up", "down", "mixed" or "by category".
    points
        (value of the column, mean effect there): a small shape chart. Of text (a word, how much higher predictions are
        with it than without it).
    """

    column: str
    kind: str
    importance: float
    direction: str
    sentence: str
    points: tuple[tuple[str | float, float], ...]


@dataclass(frozen=True)
class Contribution(Document):
    """What one column's value adds to one prediction."""

    column: str
    value: str | float | None
    effect: float


@dataclass(frozen=True)
class ExampleRow(Document):
    """One hold-out row explained: base value plus contributions is the prediction."""

    label: str
    row_number: int
    prediction: float
    base_value: float
    contributions: tuple[Contribution, ...]
    sentence: str


@dataclass(frozen=True)
class ClassDriver(Document):
    """What one column does to the probability of one of several classes; as `Driver`, of that class alone."""

    column: str
    importance: float
    direction: str
    points: tuple[tuple[str | float, float], ...]


@dataclass(frozen=True)
class ClassDrivers(Document):
    """What drives the probability of one of several classes, by the columns that move the model most."""

    label: str
    drivers: tuple[ClassDriver, ...]


@dataclass(frozen=True)
class Explanation(Document):
    """What drives a model, by original column, strongest first.

    `scale` is "probability points" (hundredths of a probability) or the name of the target.
    `max_additivity_gap` is the largest |base value + effects - prediction| over the explained rows.
    `rows_sha256` names the file with the effects on each of them; None for models of before.
    Of several classes, `shown_class` is the one that `base_value`, the drivers and the rows of that file are about, the
    most frequent, and `by_class` has all of them; None and nothing for models of before, and for other answers.
    """

    method: str
    scale: str
    n_rows: int
    base_value: float
    max_additivity_gap: float
    is_additive: bool
    drivers: tuple[Driver, ...]
    examples: tuple[ExampleRow, ...]
    rows_sha256: str | None = field(default=None, metadata=LATER)
    shown_class: str | None = field(default=None, metadata=LATER)
    by_class: tuple[ClassDrivers, ...] = field(default=(), metadata=LATER)
