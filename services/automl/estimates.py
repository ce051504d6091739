"""How good a search's choice is likely to be on new rows: what choosing the best of many flatters is taken off.

References
----------
Tsamardinos, Greasidou & Borboudakis (2018), Bootstrapping the out-of-sample predictions for efficient and accurate
cross-validation, Machine Learning 107:1895 (BBC-CV).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import score_interval
from services.automl.metrics import Metric
from services.automl.scoring import score

Floats = NDArray[np.float64]
Choose = Callable[[NDArray[np.intp]], Floats]
MAX_ROWS = 5_000


@dataclass(frozen=True)
class Estimate:
    """An estimate from out-of-fold predictions.

    Attributes
    ----------
    naive
        The score of the chosen predictions on the rows they were chosen on.
    optimism
        What choosing adds to it, in units of the score.
    value, low, high
        The corrected score and its 95% interval; the ends are None where there is too little data to say.
    """

    naive: float
    optimism: float
    value: float
    low: float | None
    high: float | None
    method: str
    n: int


def estimate(
    chosen: Floats, choose: Choose, y: NDArray[Any], metric: Metric, *, seed: int = 0, n_resamples: int = 40
) -> Estimate:
    """The score of `chosen`, less what choosing on the same rows flatters.

    In each resample the choice is made again on the drawn rows, and judged on the others beside the actual choice: the
    mean difference is the optimism.

    Parameters
    ----------
    chosen
        Predictions (n, k) or (n,) of what was chosen with all rows.
    choose
        From the rows that may be looked at to the predictions (n, k) or (n,) of what would be chosen by them.
    """
    naive = score(metric.name, y, chosen)
    interval = score_interval(metric.name, y, chosen, seed=seed)
    optimism = float(np.mean(_differences(chosen, choose, y, metric, seed, n_resamples) or [0.0]))
    shift = max(0.0, optimism) if metric.greater_is_better else min(0.0, optimism)
    return Estimate(
        naive=naive,
        optimism=shift,
        value=naive - shift,
        low=None if interval.low is None else interval.low - shift,
        high=None if interval.high is None else interval.high - shift,
        method=f"out of fold, bias corrected by {n_resamples} resamples; {interval.method}",
        n=len(y),
    )


def on_new_rows(found: Estimate, n_new: int, metric: Metric) -> Estimate:
    """Where the score of `n_new` other rows is likely to be: theirs differs by chance as well (a prediction interval).

    The variance of a score is like 1 / n: that of the difference is 1 + n / n_new times that of the estimate.
    """
    wider = float(np.sqrt(1 + found.n / n_new))
    perfect = min if metric.greater_is_better else max
    ends = (
        None if end is None else perfect(found.value + wider * (end - found.value), float(metric.greater_is_better))
        for end in (found.low, found.high)
    )
    low, high = ends
    return replace(found, low=low, high=high, method=f"{found.method}; for a test of {n_new:,} rows")


def choose_best(predictions: Sequence[Floats], y: NDArray[Any], metric: Metric) -> Choose:
    """The rule that takes the single candidate with the best score."""

    def choose(rows: NDArray[np.intp]) -> Floats:
        sign = 1.0 if metric.greater_is_better else -1.0
        return max(predictions, key=lambda found: sign * score(metric.name, y[rows], found[rows]))

    return choose


def _differences(
    chosen: Floats, choose: Choose, y: NDArray[Any], metric: Metric, seed: int, n_resamples: int
) -> list[float]:
    random = np.random.default_rng(seed)
    differences = []
    for _ in range(n_resamples):
        drawn = random.integers(0, len(y), min(len(y), MAX_ROWS))
        others = np.setdiff1d(np.arange(len(y)), drawn)
        try:
            again = choose(drawn)
            differences.append(
                score(metric.name, y[others], chosen[others]) - score(metric.name, y[others], again[others])
            )
        except ValueError:  # a class is missing in this resample
            continue
    return differences
