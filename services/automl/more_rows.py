"""How a score depends on the number of rows that were learned from, in numbers and in words.

Half of the rows and all of them show what one doubling brought. What the next one brings is a share of that: what can
be learned at all is approached like 1 / n by models with few parameters and like 1 / sqrt(n) by those that follow the
rows (Stone 1982, Optimal global rates of convergence for nonparametric regression, Ann. Statist. 10; Viering & Loog
2021, The shape of learning curves, arXiv:2103.10948), so that a doubling brings 1/2 to 1/sqrt(2) of the one before; and
never more than if all that is missing could be learned (a power of n without an end: Cortes, Jackel, Solla, Vapnik &
Denker 1994, Learning curves, NIPS 6).
"""

from dataclasses import dataclass, replace
from math import exp2, hypot, log2, sqrt

from services.automl.metrics import METRICS, Metric

_CLEAR = 2.0  # standard deviations
_NEGLIGIBLE = 0.97  # of what is missing is left with twice the rows
SLOWEST, FASTEST = 0.5, 1 / sqrt(2)  # what a doubling brings of what the one before brought


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
        With all rows, what is missing of a perfect score is 2 ** -exponent of what is missing with half of them; 0
        where more rows did not help. The standard deviation is that over resamples of the judged rows.
    """

    n_half: int
    n_whole: int
    n_judged: int
    half: float
    whole: float
    exponent: float
    deviation: float

    def factor(self, n_rows: float, *, share: float = (SLOWEST + FASTEST) / 2) -> float:
        """What `n_rows` leave of what is missing after `n_whole`, where a doubling brings `share` of the one before."""
        share = min(share, exp2(-self.exponent))
        doublings = log2(n_rows / self.n_whole)
        carried = (1.0 - exp2(doublings * log2(share))) / (1.0 - share)
        return 1.0 - (exp2(self.exponent) - 1.0) * share * carried

    def doubt(self, n_before: float, n_rows: float) -> float:
        """The standard deviation of the factor from `n_before` to `n_rows`: of what was measured, and of its share."""

        def change(more: MoreRows, **share: float) -> float:
            return more.factor(n_rows, **share) / more.factor(n_before, **share)

        steeper, flatter = (replace(self, exponent=self.exponent + sign * self.deviation) for sign in (1, -1))
        return hypot(change(steeper) - change(flatter), change(self, share=FASTEST) - change(self, share=SLOWEST)) / 2

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
    missing, left = missing_of(found, more.whole), more.factor(2 * more.n_whole)
    doubt = _CLEAR * more.doubt(more.n_whole, 2 * more.n_whole)
    twice, *ends = (score_of(found, missing * max(0.0, left + by)) for by in (0.0, doubt, -doubt))
    low, high = sorted(ends)
    return (
        f"{facts} Twice as many rows are likely to bring it to about {_figure(twice)}, between {_figure(low)} and "
        f"{_figure(high)}."
    )


def missing_of(metric: Metric, value: float) -> float:
    """What is missing of a perfect score: 1 of those that rise, 0 of those that fall."""
    return 1.0 - value if metric.greater_is_better else value


def score_of(metric: Metric, missing: float) -> float:
    """The score that misses so much of a perfect one."""
    return 1.0 - missing if metric.greater_is_better else missing


def _figure(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
