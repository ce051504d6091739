"""What a cleaner version of the data gives, as plain data that pages can show without machine learning."""

from dataclasses import dataclass

from services.models.report import Document


@dataclass(frozen=True)
class Side(Document):
    """One version of the data: the metric and the money of the same pipeline on the same rows, with 95% intervals."""

    n_learned: int
    score: float
    score_low: float | None
    score_high: float | None
    amount: float | None
    amount_low: float | None
    amount_high: float | None


@dataclass(frozen=True)
class Comparison(Document):
    """Before and after, judged out of fold on the `n_compared` rows that both versions share unchanged.

    `score_gain` is positive where the new version is better, whatever the direction of the metric. The intervals of the
    gains are of paired resamples: the same rows for both.
    """

    metric: str
    n_compared: int
    before: Side
    after: Side
    score_gain: float
    score_gain_low: float | None
    score_gain_high: float | None
    amount_gain: float | None
    amount_gain_low: float | None
    amount_gain_high: float | None
    currency: str | None
