"""What a search for unusual rows found, as plain data that pages can show without machine learning."""

from dataclasses import dataclass

from services.automl.measured import Measured


@dataclass(frozen=True)
class Found:
    """How well a detector finds rows that were made unusual on purpose: the AUC, on synthetic rows."""

    kind: str
    auc: Measured


@dataclass(frozen=True)
class TriedDetector:
    """One way of finding unusual rows.

    Attributes
    ----------
    ranking, top
        How far two halves of the rows agree: Spearman's correlation, and the Jaccard index of the 5% most unusual.
    agreement, agreement_top
        The same two against the detector that was chosen.
    """

    kind: str
    label: str
    found: tuple[Found, ...]
    ranking: Measured
    top: Measured
    agreement: float
    agreement_top: float


@dataclass(frozen=True)
class FlaggedShare:
    """Rows with a p-value of at most `share`.

    Attributes
    ----------
    n_rows
        Of this table, each judged by a detector that had not learned from it.
    low, high
        Which share of further rows of the same kind will be flagged, 95%; None where the reference is too small.
    limit
        The score above which a row is flagged.
    """

    share: float
    n_rows: int
    low: float | None
    high: float | None
    limit: float | None


@dataclass(frozen=True)
class UnusualRow:
    """`row` is its position in the table, from 0; `p_value` the share of rows at least as unusual."""

    row: int
    score: float
    p_value: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Histogram:
    """Counts between edges; one more edge than counts."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class UnusualReport:
    """Everything that was found.

    Attributes
    ----------
    n_learned, n_reference
        Rows the delivered detector learned from, and rows its p-values are against.
    n_apart, n_apart_by_chance
        Rows far outside (Tukey: three interquartile ranges above the upper quartile of the scores), here and, on
        average, in as many rows of a single normal cloud.
    reference_scores
        Scores of the reference, in increasing order, thinned to at most 1,000: with them anybody can compute p-values.
    label_hint, label_auc
        What to do about a column that may say which rows are bad, and how well the scores find those.
    """

    sentence: str
    detector: str
    n_rows: int
    n_learned: int
    n_reference: int
    flagged: tuple[FlaggedShare, ...]
    n_apart: int
    n_apart_by_chance: float
    tried: tuple[TriedDetector, ...]
    rows: tuple[UnusualRow, ...]
    histogram: Histogram
    reference_scores: tuple[float, ...]
    label_hint: str
    label_auc: Measured | None
    columns: tuple[str, ...]
    left_out: dict[str, str]
    cut: tuple[str, ...]
    seed: int
    seconds: float

    @property
    def chosen(self) -> TriedDetector:
        """The detector that was kept."""
        return next(tried for tried in self.tried if tried.label == self.detector)
