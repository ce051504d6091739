"""How good a model is on rows that nothing was fitted, tuned or chosen on, in scores and in money."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier, DummyRegressor

from services.automl.intervals import LEVEL, score_interval, wilson
from services.automl.metrics import METRICS, metrics_for
from services.automl.preparation import Preparation
from services.automl.scoring import score
from services.automl.task import Task
from services.models.money_evaluation import curve_points, money_report
from services.models.report import CalibrationBin, Estimate, Evaluation, PredictedPoint

Floats = NDArray[np.float64]
N_BINS = 10
MAX_POINTS = 500


@dataclass(frozen=True)
class Judged:
    """What is needed to judge a fitted model.

    Attributes
    ----------
    holdout_predictions
        Of the refitted model (n_holdout, k) or (n_holdout,).
    fold_predictions
        Out of fold, of the search (n_train, k) or (n_train,).
    threshold
        Chosen out of fold; None unless the question is yes or no.
    threshold_origin
        One sentence on how it was chosen.
    """

    holdout_predictions: Floats
    fold_predictions: Floats
    threshold: float | None
    threshold_origin: str


def evaluate(preparation: Preparation, judged: Judged, latency_ms: dict[str, float]) -> Evaluation:
    """The evaluation of a model, opening the hold-out once."""
    holdout, metric = preparation.holdout, preparation.metric.name
    scores = holdout_scores(preparation, judged.holdout_predictions)
    probabilities = judged.holdout_predictions[:, 1] if preparation.task is Task.BINARY else None
    return Evaluation(
        task=preparation.task.value,
        metric=metric,
        n_train=len(preparation.train),
        n_holdout=len(holdout),
        score=next(estimate for estimate in scores if estimate.metric == metric),
        scores=scores,
        cross_validated=_cross_validated(preparation, judged.fold_predictions),
        fold_scores=tuple(_scores_of_parts(metric, preparation.train.y, judged.fold_predictions, preparation.folds)),
        baseline_score=baseline_score(preparation),
        money=money_report(preparation, judged.holdout_predictions, judged.threshold, judged.threshold_origin),
        profit_curve=curve_points(preparation, judged.holdout_predictions),
        calibration=() if probabilities is None else calibration_bins(holdout.y == 1, probabilities),
        actual_vs_predicted=_actual_vs_predicted(preparation, judged.holdout_predictions),
        latency_ms=latency_ms,
        split=preparation.split.reason,
    )


def holdout_scores(preparation: Preparation, predictions: Floats) -> tuple[Estimate, ...]:
    """Every metric of the task on the hold-out, the run's own first."""
    names = [preparation.metric.name, *(metric.name for metric in metrics_for(preparation.task))]
    y, seed = preparation.holdout.y, preparation.seed
    return tuple(_estimate(name, y, predictions, "hold-out", seed) for name in dict.fromkeys(names))


def calibration_bins(y: NDArray[np.bool_], probabilities: Floats, n_bins: int = N_BINS) -> tuple[CalibrationBin, ...]:
    """Rows in groups of equal size by predicted probability, with what happened in each."""
    order = np.argsort(probabilities, kind="stable")
    return tuple(_bin(y[rows], probabilities[rows]) for rows in np.array_split(order, n_bins) if len(rows))


def baseline_score(preparation: Preparation) -> float:
    """The hold-out score of a model that ignores the inputs: the class shares, or the mean."""
    train, holdout = preparation.train, preparation.holdout
    if preparation.task is Task.REGRESSION:
        return score(preparation.metric.name, holdout.y, DummyRegressor().fit(train.x, train.y).predict(holdout.x))
    dummy = DummyClassifier(strategy="prior").fit(train.x, train.y)
    shares = np.zeros((len(holdout), len(preparation.classes)))
    shares[:, dummy.classes_] = dummy.predict_proba(holdout.x)
    return score(preparation.metric.name, holdout.y, shares)


def _estimate(name: str, y: NDArray[Any], predictions: Floats, rows: str, seed: int) -> Estimate:
    value = score(name, y, predictions)
    interval = score_interval(name, y, predictions, seed=seed)
    return Estimate(
        metric=name,
        value=value,
        low=interval.low,
        high=interval.high,
        level=LEVEL,
        method=interval.method,
        n=len(y),
        sentence=_sentence(name, value, interval.low, interval.high, len(y), rows),
    )


def _sentence(name: str, value: float, low: float | None, high: float | None, n: int, rows: str) -> str:
    metric = METRICS[name]
    between = "" if low is None or high is None else f", between {_figure(low)} and {_figure(high)} at 95%"
    return f"{metric.label} {_figure(value)}{between}, on {n:,} {rows} rows. {metric.sentence}"


def _figure(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"


def _cross_validated(preparation: Preparation, predictions: Floats) -> Estimate:
    rows = preparation.judged
    y = preparation.train.y[rows]
    return _estimate(preparation.metric.name, y, predictions[rows], "out-of-fold", preparation.seed)


def _scores_of_parts(
    metric: str, y: NDArray[Any], predictions: Floats, parts: Sequence[NDArray[np.intp]]
) -> list[float]:
    scores = []
    for rows in parts:
        try:
            scores.append(score(metric, y[rows], predictions[rows]))
        except ValueError:  # a single class cannot be ranked
            continue
    return scores


def _bin(y: NDArray[np.bool_], probabilities: Floats) -> CalibrationBin:
    low, high = wilson(int(y.sum()), len(y))
    return CalibrationBin(float(probabilities.mean()), float(y.mean()), low, high, len(y))


def _actual_vs_predicted(preparation: Preparation, predictions: Floats) -> tuple[PredictedPoint, ...]:
    if preparation.task is not Task.REGRESSION:
        return ()
    y = preparation.holdout.y
    random = np.random.default_rng(preparation.seed)
    rows = np.sort(random.permutation(len(y))[:MAX_POINTS])
    return tuple(PredictedPoint(float(y[row]), float(predictions[row])) for row in rows)
