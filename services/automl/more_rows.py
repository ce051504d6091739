"""How a score depends on the number of rows that were learned from, in numbers and in words."""

from dataclasses import dataclass

from services.automl.metrics import METRICS, Metric

_CLEAR = 2.0  # standard deviations
_NEGLIGIBLE = 0.97  # of what is missing is left with twice the rows


@dataclass(frozen=True)
class MoreRows:
    """How the score depends on the number of rows.

    Attributes
    ----------
    n_half, n_whole
        Rows that models learned from, on average over the folds.
    half, whole
        The score after each, on the same `n_judged` rows.
    exponent, deviation
        With twice the rows, what is missing of a perfect score is 2 ** -exponent of it; 0 where more rows did not help.
        The standard deviation is that over resamples of the judged rows.
    """

    n_half: int
    n_whole: int
    n_judged: int
    half: float
    whole: float
    exponent: float
    deviation: float

    def factor(self, n_rows: float) -> float:
        """What `n_rows` leave of what is missing after `n_whole`."""
        return float((n_rows / self.n_whole) ** -self.exponent)

    @property
    def is_clear(self) -> bool:
        """Whether more rows helped by more than chance on the judged rows explains."""
        return self.exponent > _CLEAR * self.deviation


def describe_more_rows(more: MoreRows, metric: str) -> str:
    """What half of the rows gave, what all gave, and what twice as many are likely to give."""
    found = METRICS[metric]
    facts = (
        f"{found.label} was {_figure(more.half)} after learning from {more.n_half:,} rows and {_figure(more.whole)} "
        f"after {more.n_whole:,}, judged on the same {more.n_judged:,} rows of the search."
    )
    if not more.is_clear and 2.0 ** -(more.exponent + _CLEAR * more.deviation) > _NEGLIGIBLE:
        return f"{facts} More rows of the same kind are unlikely to help, other columns may."
    if not more.is_clear:
        return f"{facts} The difference may be chance: whether more rows would help cannot be told from these."
    twice = score_of(found, more.factor(2 * more.n_whole) * missing_of(found, more.whole))
    return f"{facts} If it goes on like this, twice as many rows bring it to {_figure(twice)} at best."


def missing_of(metric: Metric, value: float) -> float:
    """What is missing of a perfect score: 1 of those that rise, 0 of those that fall."""
    return 1.0 - value if metric.greater_is_better else value


def score_of(metric: Metric, missing: float) -> float:
    """The score that misses so much of a perfect one."""
    return 1.0 - missing if metric.greater_is_better else missing


def _figure(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
