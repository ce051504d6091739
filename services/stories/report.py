"""What was found behind an explanation, as plain data that is stored and shown. Loads no machine learning.

Effects are in hundredths of a probability of the shown class, or in units of the target, as the explanation says.
"""

from dataclasses import dataclass

from services.models.report import Document


@dataclass(frozen=True)
class ShapePoint(Document):
    """The accumulated effect at one value of a column, with its 95% band."""

    value: float
    effect: float
    low: float
    high: float


@dataclass(frozen=True)
class Stretch(Document):
    """By how much predictions change from one value of a column to another, the largest such change, with a band."""

    start: float
    end: float
    change: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the band leaves no doubt about the direction."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class NumberShape(Document):
    """One number (or date), between its 1% and 99% quantile.

    Attributes
    ----------
    points
        Accumulated local effects; empty where too few rows or values are known to say.
    dependence
        (value, mean prediction with every row set to it).
    lines
        The same of single rows, each as long as `dependence`.
    n, n_dependence
        Rows behind either.
    """

    column: str
    kind: str
    n: int
    points: tuple[ShapePoint, ...]
    largest: Stretch | None
    dependence: tuple[tuple[float, float], ...]
    lines: tuple[tuple[float, ...], ...]
    n_dependence: int


@dataclass(frozen=True)
class CategoryEffect(Document):
    """What setting every row to a category changes, on average; `effect` is None where too few rows have it."""

    value: str
    n: int
    effect: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CategoryShape(Document):
    """One category, highest effect first, those of too few rows last. `n_asked` rows were set to each value."""

    column: str
    n_asked: int
    values: tuple[CategoryEffect, ...]


@dataclass(frozen=True)
class Cluster(Document):
    """Columns that move together.

    Attributes
    ----------
    together
        Mean absolute effect of the group, its columns summed in each row first.
    members
        (column, mean absolute effect), strongest first.
    weakest_link, strongest_link
        |Spearman| of the links that hold the group together.
    """

    together: float
    members: tuple[tuple[str, float], ...]
    weakest_link: float
    strongest_link: float
    n: int


@dataclass(frozen=True)
class Pair(Document):
    """Two columns and how much they move a prediction beyond what each does alone, on average."""

    first: str
    second: str
    strength: float


@dataclass(frozen=True)
class Interactions(Document):
    """The strongest pairs.

    Attributes
    ----------
    method
        How it was computed, in words.
    unit
        "log-odds", "probability points", or the name of the target.
    max_gap
        Largest |main + interactions - effect| of a column in a row; None where the method promises no such sum.
    """

    method: str
    unit: str
    n_rows: int
    pairs: tuple[Pair, ...]
    max_gap: float | None


@dataclass(frozen=True)
class Steadiness(Document):
    """The mean absolute effect of one column over the refits."""

    column: str
    mean: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Stability(Document):
    """How far the order of the drivers depends on which rows were learned from, and on chance.

    Attributes
    ----------
    rank_correlation
        Mean Spearman correlation of the importances of two refits.
    top_overlap
        Mean Jaccard overlap of the `n_top` strongest columns of two refits.
    """

    n_folds: int
    n_seeds: int
    n_rows: int
    rank_correlation: float
    n_top: int
    top_overlap: float
    is_amber: bool
    columns: tuple[Steadiness, ...]

    @property
    def n_refits(self) -> int:
        """How often the model was fitted anew."""
        return self.n_folds * self.n_seeds


@dataclass(frozen=True)
class SegmentEffect(Document):
    """What a column does in a segment.

    Attributes
    ----------
    mean, size
        Mean effect and mean absolute effect.
    difference, low, high
        Of `size` to that in all other rows, with a 95% interval.
    """

    column: str
    mean: float
    size: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Segment(Document):
    """Rows with one value, or in one band, of a column; no effects where they are too few to say."""

    label: str
    low: float | None
    high: float | None
    n: int
    effects: tuple[SegmentEffect, ...]


@dataclass(frozen=True)
class Cohort(Document):
    """The segments of one column."""

    column: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Behind(Document):
    """Everything behind one explanation. `n_rows` training rows were explained, none of them sealed."""

    scale: str
    n_rows: int
    n_train: int
    n_drivers: int
    numbers: tuple[NumberShape, ...]
    categories: tuple[CategoryShape, ...]
    without_shape: tuple[str, ...]
    clusters: tuple[Cluster, ...]
    interactions: Interactions
    stability: Stability
    cohorts: tuple[Cohort, ...]
    seconds: float


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
    """The same case with a few columns set otherwise, and what the model would say of it."""

    changes: tuple[Change, ...]
    prediction: float


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

    @property
    def distance(self) -> float | None:
        """From the threshold, above it where positive."""
        return None if self.threshold is None else self.prediction - self.threshold

    @property
    def is_close(self) -> bool:
        """Whether a refit on other rows might well decide otherwise: the threshold is within twice the noise."""
        return self.distance is not None and self.noise is not None and abs(self.distance) <= 1.96 * self.noise


@dataclass(frozen=True)
class Told(Document):
    """What one look behind an explanation found, with the stories of the cases that the explanation names."""

    behind: Behind
    cases: tuple[CaseStory, ...]
