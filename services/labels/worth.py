"""What more labelled rows are worth: a learning curve, carried on a little further, against what labelling costs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.valuation.amounts import format_money

LEVEL = 0.9
MIN_SIZES = 4  # points of the curve
MIN_REPEATS = 5
MAX_STRETCH = 3.0  # how many times its largest size a curve may be carried on to
N_RESAMPLES = 400
_RATES = np.linspace(0.1, 2.0, 20)  # exponents of the power law that are tried
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gain:
    """How much the value grows by so many more rows. `low` and `high` are the 90% interval."""

    n_now: int
    n_more: int
    amount: float
    low: float
    high: float


def expected_gain(
    sizes: Sequence[int],
    values: Floats,
    *,
    n_more: int,
    n_now: int | None = None,
    test_share: float = 0.0,
    seed: int = 0,
) -> Gain | None:
    """The gain of `n_more` rows beyond `n_now`, by default the last size, or None: not enough data to say.

    Parameters
    ----------
    sizes
        Row counts at which models were judged, increasing (k,).
    values
        Value at each size in each repetition (repetitions, k), higher is better: money a year, or a score.
    test_share
        n_test / n_train of repetitions that share rows: the interval is widened as Nadeau and Bengio (2003) correct
        the variance, by the root of 1 + repetitions × n_test / n_train.

    Notes
    -----
    Fits value(n) = a − b n^(−c), b >= 0, to the means of resampled repetitions, as learning curves are found to go
    (Hestness et al. 2017, arXiv:1712.00409); the interval is that of the resamples. Nothing is said beyond three times
    the largest size.
    """
    n_repeats, k = values.shape
    n_now = sizes[-1] if n_now is None else n_now
    if k < MIN_SIZES or n_repeats < MIN_REPEATS or n_now + n_more > MAX_STRETCH * sizes[-1]:
        return None
    random = np.random.default_rng(seed)
    x = np.asarray(sizes, dtype=np.float64)
    point = _gain(x, values.mean(axis=0), n_now, n_more)
    resampled = [
        _gain(x, values[random.integers(0, n_repeats, n_repeats)].mean(axis=0), n_now, n_more)
        for _ in range(N_RESAMPLES)
    ]
    low, high = np.quantile(resampled, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    wider = math.sqrt(1 + n_repeats * test_share)
    reach_down, reach_up = wider * max(0.0, point - float(low)), wider * max(0.0, float(high) - point)
    return Gain(n_now, n_more, point, max(0.0, point - reach_down), point + reach_up)


def _gain(sizes: Floats, values: Floats, n_now: int, n_more: int) -> float:
    a_b_c = min((_fit(sizes, values, float(rate)) for rate in _RATES), key=lambda fit: fit[0])
    _error, b, rate = a_b_c
    return float(b * (float(n_now) ** -rate - float(n_now + n_more) ** -rate))


def _fit(sizes: Floats, values: Floats, rate: float) -> tuple[float, float, float]:
    """(squared error, b, rate) of the least squares line in n^(−rate); a curve that falls has b = 0."""
    x = sizes**-rate
    centred = x - x.mean()
    b = max(0.0, -float(centred @ values) / float(centred @ centred))
    error = float(((values - values.mean() + b * centred) ** 2).sum())
    return error, b, rate


def judge(gain: Gain | None, cost: float, currency: str) -> str:
    """Whether to label more, in a sentence: yes, no, or not known yet."""
    if gain is None:
        return "Not enough data to say what more labels are worth: label more rows, then ask again."
    more, pay = f"{gain.n_more:,} more labels", format_money(cost, currency)
    worth = f"about {format_money(gain.amount, currency)} a year"
    reach = f"({format_money(gain.low, currency)} to {format_money(gain.high, currency)})"
    if gain.low > cost:
        return f"{more} are worth {worth} {reach} and cost {pay}: label more."
    if gain.high < cost:
        return f"{more} are worth {worth} {reach} and cost {pay}: better spend it elsewhere."
    return f"{more} are worth {worth} {reach} and cost {pay}: the data cannot tell yet whether that pays."
