"""What acting on a model's answers is worth a year, on hold-out rows, with how far chance can move it."""

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import LEVEL
from services.automl.money import MoneyGoal
from services.automl.preparation import Preparation
from services.models.report import CurvePoint, MoneyReport
from services.valuation.policy import ProfitCurve, perfect_value, profit_curve, treat_all_value, yearly_value

Floats = NDArray[np.float64]
MAX_CURVE_POINTS = 200
N_RESAMPLES = 400


def choose_threshold(preparation: Preparation, fold_predictions: Floats) -> tuple[float | None, str]:
    """The score to act from, chosen out of fold, and a sentence on how; None unless the question is yes or no."""
    money, rows = preparation.money, preparation.judged
    if fold_predictions.ndim != 2 or fold_predictions.shape[1] != 2:
        return None, ""
    if money is None:
        return 0.5, "Without payoffs, a case counts as positive from a probability of one half on."
    limit = "" if money.capacity_rate is None else f" without acting on more than {money.capacity_rate:.0%} of cases"
    threshold = money.threshold(preparation.train.y[rows] == 1, fold_predictions[rows, 1])
    return threshold, f"Earns most on {len(rows):,} out-of-fold predictions{limit}."


def money_report(
    preparation: Preparation, predictions: Floats, threshold: float | None, threshold_origin: str
) -> MoneyReport | None:
    """Money a year at a threshold that was chosen on other rows; None without a money goal."""
    money = preparation.money
    if money is None or threshold is None:
        return None
    y, scores = preparation.holdout.y == 1, predictions[:, 1]
    acted = scores >= threshold
    low, high = _interval(money, y, acted, preparation.seed)
    base_rate = money.base_rate if money.base_rate is not None else float(y.mean())
    hits, alarms = int((acted & y).sum()), int((acted & ~y).sum())
    weights = _weights(money, y)
    return MoneyReport(
        currency=money.currency,
        threshold=threshold,
        threshold_origin=threshold_origin,
        yearly_value=money.yearly(y, scores, threshold),
        low=low,
        high=high,
        treat_all=_yearly(money, treat_all_value(money.payoffs, base_rate, capacity_rate=money.capacity_rate)),
        perfect=_yearly(money, perfect_value(money.payoffs, base_rate, capacity_rate=money.capacity_rate)),
        n_true_positive=hits,
        n_false_positive=alarms,
        n_false_negative=int((~acted & y).sum()),
        n_true_negative=int((~acted & ~y).sum()),
        precision=_share(weights, acted & y, acted),
        recall=_share(weights, acted & y, y),
        base_rate=base_rate,
        capacity_rate=money.capacity_rate,
        chosen_on="out-of-fold",
        reported_on="hold-out",
    )


def curve_points(preparation: Preparation, predictions: Floats) -> tuple[CurvePoint, ...]:
    """The profit curve of the hold-out with a 95% band, at 200 points at most; empty without a money goal."""
    money = preparation.money
    if money is None:
        return ()
    y, scores = preparation.holdout.y == 1, predictions[:, 1]
    curve = profit_curve(y, scores, money.payoffs, weights=money.weights(y))
    chosen = _thinned(curve)
    low, high = _band(money, y, scores, curve.thresholds[chosen], preparation.seed)
    return tuple(
        CurvePoint(
            share_acted=float(curve.share_acted[i]),
            threshold=float(curve.thresholds[i]),
            yearly_value=_yearly(money, float(curve.value_per_case[i])),
            low=float(low[j]),
            high=float(high[j]),
            recall=float(curve.recall[i]),
            precision=float(curve.precision[i]),
        )
        for j, i in enumerate(chosen)
    )


def _thinned(curve: ProfitCurve) -> NDArray[np.intp]:
    """Positions of cuts about evenly spaced by the share acted on; both ends and the best cut are among them."""
    wanted = np.linspace(0.0, 1.0, MAX_CURVE_POINTS - 1)
    near = np.searchsorted(curve.share_acted, wanted).clip(max=len(curve.share_acted) - 1)
    return np.unique(np.append(near, np.argmax(curve.value_per_case)))


def _interval(money: MoneyGoal, y: NDArray[np.bool_], acted: NDArray[np.bool_], seed: int) -> tuple[float, float]:
    values = [float(value[0]) for value in _resampled(money, y, acted[:, None], seed)]
    low, high = np.quantile(values, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return float(low), float(high)


def _band(
    money: MoneyGoal, y: NDArray[np.bool_], scores: Floats, thresholds: Floats, seed: int
) -> tuple[Floats, Floats]:
    acted = scores[:, None] >= thresholds[None, :]
    low, high = np.quantile(_resampled(money, y, acted, seed), [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    return low, high


def _resampled(money: MoneyGoal, y: NDArray[np.bool_], acted: NDArray[np.bool_], seed: int) -> Floats:
    """Money a year of each rule (columns of `acted`) in bootstrap resamples of the rows (n_resamples, n_rules).

    How often each row is drawn is multinomial, so that one matrix product gives all rules at once. With a base rate
    of use, positives and negatives are drawn within their class, whose shares are known.
    """
    random = np.random.default_rng(seed)
    worth = np.where(y, money.payoffs.gain, -money.payoffs.loss) * _weights(money, y) / len(y)
    counts = _draws(random, y, is_stratified=money.base_rate is not None)
    return np.asarray((counts * worth) @ acted * yearly_value(1.0, money.cases_per_month), dtype=np.float64)


def _draws(random: np.random.Generator, y: NDArray[np.bool_], *, is_stratified: bool) -> Floats:
    strata = [np.flatnonzero(y), np.flatnonzero(~y)] if is_stratified else [np.arange(len(y))]
    counts = np.zeros((N_RESAMPLES, len(y)))
    for rows in strata:
        counts[:, rows] = random.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=N_RESAMPLES)
    return counts


def _weights(money: MoneyGoal, y: NDArray[np.bool_]) -> Floats:
    weights = money.weights(y)
    return np.ones(len(y)) if weights is None else weights


def _share(weights: Floats, part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    total = float(weights[whole].sum())
    return float(weights[part].sum()) / total if total else 0.0


def _yearly(money: MoneyGoal, per_case: float) -> float:
    return float(yearly_value(per_case, money.cases_per_month))
