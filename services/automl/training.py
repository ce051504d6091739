"""One trial: a candidate fitted in folds, judged on rows it has not seen, stopped when its time is up."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from lightgbm.callback import CallbackEnv, EarlyStopException
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from services.automl.candidates import Candidate
from services.automl.errors import TrialFailedError
from services.automl.families import build_pipeline
from services.automl.features import layout_of
from services.automl.preparation import Preparation
from services.automl.scoring import score

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TrialOutcome:
    """What a trial found.

    Attributes
    ----------
    score
        The metric over all out-of-fold predictions.
    fold_scores
        The metric of each fold.
    predictions
        Out-of-fold probabilities of each class (n_train, k), or numbers (n_train,).
    value_amount
        Money a year at the threshold that pays best out of fold; None without a money goal.
    seconds
        Wall time.
    """

    score: float
    fold_scores: tuple[float, ...]
    predictions: Floats
    value_amount: float | None
    seconds: float


def train_candidate(preparation: Preparation, candidate: Candidate, *, seconds_limit: float) -> TrialOutcome:
    """Fit the candidate once per fold and judge it on the rows left out.

    Boosting is cut short inside each fold, so that it keeps the trees it has; other families give up between folds.

    Raises
    ------
    TrialFailedError
        The time is up, or the candidate cannot be fitted to these rows.
    """
    started = time.monotonic()
    pipeline = new_pipeline(preparation, candidate)
    predictions = _empty_predictions(preparation)
    for number, judged in enumerate(preparation.folds):
        spent = time.monotonic() - started
        next_fold = spent / number if number and candidate.family != "lightgbm" else 0.0
        _check_time(spent + next_fold, seconds_limit)
        share = (seconds_limit - spent) / (len(preparation.folds) - number + 0.5)
        predictions[judged] = _fold_predictions(preparation, candidate, pipeline, judged, share)
    return TrialOutcome(
        score=score(preparation.metric.name, preparation.train.y, predictions),
        fold_scores=_fold_scores(preparation, predictions),
        predictions=predictions,
        value_amount=_yearly_value(preparation, predictions),
        seconds=time.monotonic() - started,
    )


def new_pipeline(preparation: Preparation, candidate: Candidate) -> Pipeline:
    """The unfitted pipeline of a candidate for these columns."""
    layout = layout_of(preparation.train.x, preparation.columns)
    return build_pipeline(candidate.family, candidate.parameters, layout, preparation.task, seed=preparation.seed)


def fit_pipeline(
    pipeline: Pipeline, candidate: Candidate, x: pd.DataFrame, y: NDArray[Any], *, seconds_limit: float | None = None
) -> Pipeline:
    """The pipeline, fitted; boosting keeps the trees it has when the time is up.

    Raises
    ------
    TrialFailedError
        It cannot be fitted to these rows.
    """
    options: dict[str, Any] = {}
    if candidate.family == "lightgbm" and seconds_limit is not None:
        options["model__callbacks"] = [_stop_after(seconds_limit)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # convergence, unseen categories: the out-of-fold score judges them
            return pipeline.fit(x, y, **options)
    except MemoryError as error:
        raise TrialFailedError(f"{candidate.label} needs more memory than a trial may use.") from error
    except (ValueError, ArithmeticError, RuntimeError, np.linalg.LinAlgError) as error:
        raise TrialFailedError(f"{candidate.label} cannot be fitted to these rows.") from error


def predict(pipeline: Pipeline, x: pd.DataFrame, n_classes: int) -> Floats:
    """Probabilities of each class (n, k), zero for one the pipeline never saw; numbers (n,) where n_classes is 0."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if n_classes == 0:
            return np.asarray(pipeline.predict(x), dtype=np.float64)
        probabilities = np.zeros((len(x), n_classes))
        probabilities[:, np.asarray(pipeline.classes_, dtype=np.intp)] = pipeline.predict_proba(x)
    return probabilities


def _fold_predictions(
    preparation: Preparation, candidate: Candidate, pipeline: Pipeline, judged: NDArray[np.intp], seconds: float
) -> Floats:
    train = preparation.train
    learned = np.setdiff1d(np.arange(len(train)), judged)
    fitted = fit_pipeline(clone(pipeline), candidate, train.x.iloc[learned], train.y[learned], seconds_limit=seconds)
    return predict(fitted, train.x.iloc[judged], len(preparation.classes))


def _empty_predictions(preparation: Preparation) -> Floats:
    n, k = len(preparation.train), len(preparation.classes)
    return np.zeros((n, k) if k else n)


def _check_time(expected: float, limit: float) -> None:
    """Give up early rather than late: before a fold that, if it is like the others, ends after the limit."""
    if expected >= limit:
        raise TrialFailedError(f"It needs more than the {limit:.0f} seconds a trial may take.")


def _fold_scores(preparation: Preparation, predictions: Floats) -> tuple[float, ...]:
    y = preparation.train.y
    scores = []
    for judged in preparation.folds:
        try:
            scores.append(score(preparation.metric.name, y[judged], predictions[judged]))
        except ValueError:  # a fold with a single class cannot be ranked
            continue
    return tuple(scores)


def _yearly_value(preparation: Preparation, predictions: Floats) -> float | None:
    money = preparation.money
    if money is None:
        return None
    y, scores = preparation.train.y == 1, predictions[:, 1]
    return money.yearly(y, scores, money.threshold(y, scores))


def _stop_after(seconds: float) -> Callable[[CallbackEnv], None]:
    deadline = time.monotonic() + seconds

    def stop(env: CallbackEnv) -> None:
        if time.monotonic() >= deadline:
            raise EarlyStopException(env.iteration, env.evaluation_result_list or [])

    return stop
