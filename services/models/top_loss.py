"""The rows a model is most wrong about, out of fold, and what cleaning them is worth on rows nobody touched."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from services.automl.candidates import Candidate
from services.automl.errors import UnusableDataError
from services.automl.intervals import bootstrap, score_interval
from services.automl.preparation import Preparation
from services.automl.priced_rows import PricedRows, priced_train
from services.automl.scoring import score
from services.automl.training import fit_pipeline, predict
from services.models.top_loss_report import Comparison, Side

MAX_ROWS = 100
MIN_COMPARED = 40
_SMALLEST = 1e-15
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def fold_predictions(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    learned: Sequence[Indices],
    x: pd.DataFrame,
    y: NDArray[Any],
) -> Floats:
    """What copies of the pipeline, each fitted to the rows `learned` of a fold, say of that fold's rows.

    Parameters
    ----------
    learned
        For each fold of the preparation, positions in `x` and `y` to fit to.
    x, y
        The rows to learn from (m, columns) and (m,); judged are always the preparation's training rows.

    Returns
    -------
    ndarray
        Probabilities (n, k) or numbers (n,); NaN in rows no fold judges.
    """
    k = len(preparation.classes)
    predictions = np.full((len(preparation.train), k) if k else len(preparation.train), np.nan)
    for judged, rows in zip(preparation.folds, learned, strict=True):
        fitted = fit_pipeline(clone(pipeline), Candidate(family), x.iloc[rows], y[rows])
        predictions[judged] = predict(fitted, preparation.train.x.iloc[judged], k)
    return predictions


def out_of_fold(pipeline: Pipeline, family: str, preparation: Preparation) -> Floats:
    """As `fold_predictions`, on the preparation's own rows."""
    learned = [preparation.learnable(fold) for fold in range(len(preparation.folds))]
    return fold_predictions(pipeline, family, preparation, learned, preparation.train.x, preparation.train.y)


def row_losses(y: NDArray[Any], predictions: Floats) -> Floats:
    """How wrong the model is about each row (n,): −ln p of what happened, or the absolute error of a number."""
    if predictions.ndim == 1:
        return np.asarray(np.abs(y - predictions), dtype=np.float64)
    said = predictions[np.arange(len(y)), y]
    return np.asarray(-np.log(np.clip(said, _SMALLEST, 1.0)), dtype=np.float64)


def highest_losses(y: NDArray[Any], predictions: Floats, n: int = MAX_ROWS) -> Indices:
    """Positions of the rows with the highest loss, the highest first; only those the model is wrong about."""
    losses = row_losses(y, predictions)
    order = np.argsort(-losses, kind="stable")
    order = order[np.isfinite(losses[order])][:n]
    if predictions.ndim == 1:
        return order
    wrong: Indices = order[predictions[order].argmax(axis=1) != y[order]]
    return wrong


def compare(
    pipeline: Pipeline,
    family: str,
    preparation: Preparation,
    *,
    positions: Indices,
    x: pd.DataFrame,
    y: NDArray[Any],
) -> Comparison:
    """The pipeline of a model fitted to the rows before and after, with the same folds, judged on the same rows.

    Parameters
    ----------
    preparation
        Of the version the model was found on; its hold-out stays closed.
    positions
        For each training row, where it stands in the new version, −1 where it was left out (n_train,).
    x, y
        The new version as the pipeline takes it, with −1 (or NaN for a number) where the outcome is not known.

    Raises
    ------
    UnusableDataError
        Too few rows are unchanged to compare anything.
    """
    stays = positions >= 0
    there = np.where(stays, positions, 0)
    known = stays & (np.isfinite(y[there]) if y.dtype.kind == "f" else y[there] >= 0)
    is_judged = np.isin(np.arange(len(known)), preparation.judged)
    same = known & is_judged & (y[there] == preparation.train.y)
    if int(same.sum()) < MIN_COMPARED:
        raise UnusableDataError(
            f"{int(same.sum())} rows are the same in both versions; {MIN_COMPARED} are needed to compare. "
            "Compare with a version of the same table."
        )
    learned = [preparation.learnable(fold) for fold in range(len(preparation.folds))]
    after_rows = [there[rows[known[rows]]] for rows in learned]
    before = out_of_fold(pipeline, family, preparation)
    after = fold_predictions(pipeline, family, preparation, after_rows, x, y)
    return _compared(preparation, before, after, same, int(known.sum()))


def _compared(
    preparation: Preparation, before: Floats, after: Floats, same: NDArray[np.bool_], n_after: int
) -> Comparison:
    metric, priced, y = preparation.metric, priced_train(preparation, same), preparation.train.y[same]
    sign = 1.0 if metric.greater_is_better else -1.0
    b, a = before[same], after[same]
    gains = bootstrap(
        lambda rows: sign * (score(metric.name, y[rows], a[rows]) - score(metric.name, y[rows], b[rows])),
        len(y),
        n_resamples=400,
    )
    amounts = None
    if priced is not None:
        limits = (priced.threshold(b[:, 1]), priced.threshold(a[:, 1]))
        amounts = bootstrap(
            lambda rows: (
                priced.take(rows).yearly(a[rows, 1], limits[1]) - priced.take(rows).yearly(b[rows, 1], limits[0])
            ),
            len(y),
            n_resamples=400,
        )
    one = _side(metric.name, y, priced, b, len(preparation.train))
    two = _side(metric.name, y, priced, a, n_after)
    return Comparison(
        metric=metric.name,
        n_compared=len(y),
        before=one,
        after=two,
        score_gain=sign * (two.score - one.score),
        score_gain_low=gains.low,
        score_gain_high=gains.high,
        amount_gain=None if one.amount is None or two.amount is None else two.amount - one.amount,
        amount_gain_low=amounts.low if amounts else None,
        amount_gain_high=amounts.high if amounts else None,
        currency=priced.goal.currency if priced else None,
    )


def _side(metric: str, y: NDArray[Any], priced: PricedRows | None, predictions: Floats, n_learned: int) -> Side:
    reach = score_interval(metric, y, predictions, n_resamples=400)
    amount = low = high = None
    if priced is not None:
        scores = predictions[:, 1]
        threshold = priced.threshold(scores)
        amount = priced.yearly(scores, threshold)
        interval = bootstrap(lambda rows: priced.take(rows).yearly(scores[rows], threshold), len(y), n_resamples=400)
        low, high = interval.low, interval.high
    return Side(n_learned, score(metric, y, predictions), reach.low, reach.high, amount, low, high)
