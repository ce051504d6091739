"""What acting on a model's answers is worth a year, on hold-out rows, with how far chance can move it."""

import numpy as np
from numpy.typing import NDArray

from services.automl.intervals import LEVEL
from services.automl.money import MoneyGoal
from services.automl.preparation import Preparation
from services.automl.priced_rows import PricedRows, priced_holdout, priced_judged
from services.models.report import CurvePoint, MoneyReport
from services.valuation.policy import ProfitCurve, yearly_value

Floats = NDArray[np.float64]
MAX_CURVE_POINTS = 200
N_RESAMPLES = 400


def choose_threshold(preparation: Preparation, fold_predictions: Floats) -> tuple[float | None, str]:
    """The score to act from, chosen out of fold, and a sentence on how; None unless the question is yes or no."""
    priced, rows = priced_judged(preparation), preparation.judged
    if fold_predictions.ndim != 2 or fold_predictions.shape[1] != 2:
        return None, ""
    if priced is None:
        return 0.5, "Without payoffs, a case counts as positive from a probability of one half on."
    capacity = priced.goal.capacity_rate
    limit = "" if capacity is None else f" without acting on more than {capacity:.0%} of cases"
    threshold = priced.threshold(fold_predictions[rows, 1])
    return threshold, f"Earns most on {len(rows):,} out-of-fold predictions{limit}."


def money_report(
    preparation: Preparation, predictions: Floats, threshold: float | None, threshold_origin: str
) -> MoneyReport | None:
    """Money a year at a threshold that was chosen on other rows; None without a money goal."""
    priced = priced_holdout(preparation)
    if priced is None or threshold is None:
        return None
    money, y, scores = priced.goal, priced.y, predictions[:, 1]
    acted = scores >= threshold
    low, high = _interval(priced, acted, preparation.seed)
    hits, alarms = int((acted & y).sum()), int((acted & ~y).sum())
    weights = priced.weights
    return MoneyReport(
        currency=money.currency,
        threshold=threshold,
        threshold_origin=threshold_origin,
        yearly_value=priced.yearly(scores, threshold),
        low=low,
        high=high,
        treat_all=priced.everyone_yearly,
        perfect=priced.perfect_yearly,
        n_true_positive=hits,
        n_false_positive=alarms,
        n_false_negative=int((~acted & y).sum()),
        n_true_negative=int((~acted & ~y).sum()),
        precision=_share(weights, acted & y, acted),
        recall=_share(weights, acted & y, y),
        base_rate=priced.base_rate,
        capacity_rate=money.capacity_rate,
        chosen_on="out-of-fold",
        reported_on="hold-out",
        amounts=priced.summary,
        caught_amount=_caught_amount(priced, acted),
    )


def curve_points(preparation: Preparation, predictions: Floats) -> tuple[CurvePoint, ...]:
    """The profit curve of the hold-out with a 95% band, at 200 points at most; empty without a money goal."""
    priced = priced_holdout(preparation)
    if priced is None:
        return ()
    scores = predictions[:, 1]
    curve = priced.curve(scores)
    chosen = _thinned(curve)
    low, high = _band(priced, scores, curve.thresholds[chosen], preparation.seed)
    return tuple(
        CurvePoint(
            share_acted=float(curve.share_acted[i]),
            threshold=float(curve.thresholds[i]),
            yearly_value=_yearly(priced.goal, float(curve.value_per_case[i])),
            low=float(low[j]),
            high=float(high[j]),
            recall=float(curve.recall[i]),
            precision=float(curve.precision[i]),
            caught_amount=_caught_amount(priced, scores >= curve.thresholds[i]),
        )
        for j, i in enumerate(chosen)
    )


def _caught_amount(priced: PricedRows, acted: NDArray[np.bool_]) -> float | None:
    """Mean value of the cases caught; None where all are worth the same, or none is caught."""
    amounts, caught = priced.caught_amounts, acted & priced.y
    return None if amounts is None or not caught.any() else float(amounts[caught].mean())


def _thinned(curve: ProfitCurve) -> NDArray[np.intp]:
    """Positions of cuts about evenly spaced by the share acted on; both ends and the best cut are among them."""
    wanted = np.linspace(0.0, 1.0, MAX_CURVE_POINTS - 1)
    near = np.searchsorted(curve.share_acted, wanted).clip(max=len(curve.share_acted) - 1)
    return np.unique(np.append(near, np.argmax(curve.value_per_case)))


def _interval(priced: PricedRows, acted: NDArray[np.bool_], seed: int) -> tuple[float, float]:
    values = [float(value[0]) for value in _resampled(priced, acted[:, None], seed)]
    low, high = np.quantile(values, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    return float(low), float(high)


def _band(priced: PricedRows, scores: Floats, thresholds: Floats, seed: int) -> tuple[Floats, Floats]:
    acted = scores[:, None] >= thresholds[None, :]
    low, high = np.quantile(_resampled(priced, acted, seed), [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    return low, high


def _resampled(priced: PricedRows, acted: NDArray[np.bool_], seed: int) -> Floats:
    """Money a year of each rule (columns of `acted`) in bootstrap resamples of the rows (n_resamples, n_rules).

    How often each row is drawn is multinomial, so that one matrix product gives all rules at once. With a base rate
    of use, positives and negatives are drawn within their class, whose shares are known.
    """
    random, money, y = np.random.default_rng(seed), priced.goal, priced.y
    worth = priced.worth * priced.weights / len(y)
    counts = _draws(random, y, is_stratified=money.base_rate is not None)
    return np.asarray((counts * worth) @ acted * yearly_value(1.0, money.cases_per_month), dtype=np.float64)


def _draws(random: np.random.Generator, y: NDArray[np.bool_], *, is_stratified: bool) -> Floats:
    strata = [np.flatnonzero(y), np.flatnonzero(~y)] if is_stratified else [np.arange(len(y))]
    counts = np.zeros((N_RESAMPLES, len(y)))
    for rows in strata:
        counts[:, rows] = random.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=N_RESAMPLES)
    return counts


def _share(weights: Floats, part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    total = float(weights[whole].sum())
    return float(weights[part].sum()) / total if total else 0.0


def _yearly(money: MoneyGoal, per_case: float) -> float:
    return float(yearly_value(per_case, money.cases_per_month))
