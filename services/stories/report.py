"""What was found behind an explanation, as plain data that is stored and shown. Loads no machine learning.

Effects are in hundredths of a probability of the shown class, or in units of the target, as the explanation says.
"""

from dataclasses import dataclass

from services.models.report import Document
from services.stories.case_report import CaseStory


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

    @property
    def moves_nothing(self) -> bool:
        """Whether in no refit any column moves what is predicted."""
        return not any(column.highest for column in self.columns)


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
class Told(Document):
    """What one look behind an explanation found, with the stories of the cases that the explanation names."""

    behind: Behind
    cases: tuple[CaseStory, ...]
