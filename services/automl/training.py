"""One trial: a candidate fitted in folds, judged on rows it has not seen, stopped when its time is up."""

import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from lightgbm import LGBMModel
from lightgbm.basic import LightGBMError
from numpy.typing import NDArray
from sklearn import config_context
from sklearn.pipeline import Pipeline

from services.automl import tempering
from services.automl.candidates import Candidate
from services.automl.errors import HopelessError, TooSlowError, TrialFailedError
from services.automl.families import build_pipeline, family_named
from services.automl.families.directions import fit_directed, held_directions, hold_directions
from services.automl.features import layout_of
from services.automl.fold_features import FeatureCache
from services.automl.judging import (
    empty_predictions,
    fold_scores_of,
    found_sharpness,
    guess,
    yearly_value_of,
)
from services.automl.measures import Measures, measure
from services.automl.preparation import Preparation
from services.automl.rounds import InRounds, Judged, best_round, fit_in_rounds, spread_classes, stop_after
from services.automl.scoring import score

Floats = NDArray[np.float64]
_MIN_SHARE_OF_BEST_GAIN, _TRACE = 0.7, 0.02
_MIN_SHARE_OF_ROUNDS = 0.2  # of a fold's time, however long its features take
_WORKING_MEGABYTES = 128  # for distances of rows, of which scikit-learn would take a gigabyte


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
        Out-of-fold probabilities of each class (n_train, k), or numbers (n_train,). NaN in rows no fold judges.
    value_amount
        Money a year at the threshold that pays best out of fold; None without a money goal.
    seconds
        Wall time.
    parameters
        Those of the candidate, with the number of rounds that was best out of fold.
    measures
        Latency and size of the model of one fold.
    sealed
        What the models of the folds say of the hold-out on average, (n_holdout, k) or (n_holdout,); None unless asked.
    pipeline
        The model of the last fold, pickled.
    """

    score: float
    fold_scores: tuple[float, ...]
    predictions: Floats
    value_amount: float | None
    seconds: float
    parameters: dict[str, Any] = field(default_factory=dict)
    measures: Measures | None = None
    sealed: Floats | None = None
    pipeline: bytes = b""


def train_candidate(
    preparation: Preparation,
    candidate: Candidate,
    *,
    seconds_limit: float,
    cache: FeatureCache | None = None,
    best_fold_scores: Sequence[float] = (),
) -> TrialOutcome:
    """Fit the candidate once per fold and judge it on the rows left out.

    A model that is built in rounds is cut short inside each fold, so that it keeps the rounds it has; others give up
    between folds.

    Parameters
    ----------
    cache
        Features of folds that earlier candidates have computed.
    best_fold_scores
        Of the best candidate so far: who is far behind after the first fold gives up.

    Raises
    ------
    TrialFailedError
        The time is up, the candidate cannot be fitted to these rows, or it is far behind (`HopelessError`).
    """
    started = time.monotonic()
    cache = cache or FeatureCache(preparation)
    fits: list[_Fit] = []
    for fold in range(len(preparation.folds)):
        spent = time.monotonic() - started
        is_cut = family_named(candidate.family).rounds is not None
        _check_time(spent if is_cut or not fold else spent / fold * len(preparation.folds), seconds_limit)
        share = (seconds_limit - spent) / (len(preparation.folds) - fold + 1.0)
        if fits:
            fits[-1] = fits[-1].without_model()
        fits.append(_fit_fold(preparation, candidate, cache, fold, share))
        if fold < len(best_fold_scores) and fold + 1 < len(preparation.folds):
            _check_hope(preparation, fold, fits[-1], best_fold_scores[fold])
    n_rounds = _chosen_rounds(fits)
    predictions = empty_predictions(preparation)
    sealed = []
    for judged, fit in zip(preparation.folds, fits, strict=True):
        answers = fit.predict(n_rounds)
        predictions[judged] = answers[: len(judged)]
        sealed.append(answers[len(judged) :])
    assert fits[-1].pipeline is not None
    content, measures = measure(fits[-1].pipeline, preparation.train.x, preparation.task, preparation.limits)
    parameters = dict(candidate.parameters)
    sharpness = found_sharpness(preparation, predictions)
    if sharpness is not None:
        parameters[tempering.PARAMETER] = sharpness
        predictions = tempering.sharpened(predictions, sharpness)
        sealed = [tempering.sharpened(answers, sharpness) for answers in sealed]
    if n_rounds:
        parameters[str(family_named(candidate.family).rounds)] = n_rounds
    fold_scores = fold_scores_of(preparation, predictions)
    known = preparation.judged
    return TrialOutcome(
        score=score(preparation.metric.name, preparation.train.y[known], predictions[known]),
        fold_scores=fold_scores,
        predictions=predictions,
        value_amount=yearly_value_of(preparation, predictions),
        seconds=time.monotonic() - started,
        parameters=parameters,
        measures=measures,
        sealed=np.mean(sealed, axis=0) if cache.with_sealed else None,
        pipeline=content,
    )


def new_pipeline(preparation: Preparation, candidate: Candidate) -> Pipeline:
    """The unfitted pipeline of a candidate for these columns."""
    layout = layout_of(preparation.train.x, preparation.columns)
    pipeline = build_pipeline(candidate.family, candidate.parameters, layout, preparation.task, seed=preparation.seed)
    _hold_directions(preparation, candidate, pipeline.named_steps["model"], layout.numbers)
    return pipeline


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
    if isinstance(pipeline.named_steps["model"], LGBMModel) and seconds_limit is not None:
        options["model__callbacks"] = [stop_after(seconds_limit)]
    with plain_failures(candidate):
        if directions := held_directions(pipeline.named_steps["model"]):
            fit_directed(pipeline, directions, x, y, **options)
        else:
            pipeline.fit(x, y, **options)
    sharpness = candidate.parameters.get(tempering.PARAMETER)
    if sharpness is not None:
        pipeline.steps[-1] = ("model", tempering.tempered(pipeline.named_steps["model"], float(sharpness)))
    return pipeline


def fit_to_everything(
    preparation: Preparation, candidate: Candidate, *, seconds_limit: float | None = None
) -> Pipeline:
    """The candidate fitted to all rows: the hold-out has told how good it is and can now be learned from.

    Raises
    ------
    TrialFailedError
        It cannot be fitted to these rows.
    """
    x = pd.concat([preparation.train.x, preparation.holdout.x], ignore_index=True)
    y = np.concatenate([preparation.train.y, preparation.holdout.y])
    return fit_pipeline(new_pipeline(preparation, candidate), candidate, x, y, seconds_limit=seconds_limit)


def predict(pipeline: Pipeline, x: pd.DataFrame, n_classes: int) -> Floats:
    """Probabilities of each class (n, k), zero for one the pipeline never saw; numbers (n,) where n_classes is 0."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if n_classes == 0:
            return np.asarray(pipeline.predict(x), dtype=np.float64)
        return spread_classes(pipeline.predict_proba(x), pipeline.classes_, n_classes)


@dataclass(frozen=True)
class _Fit:
    """The model of one fold. In rounds, it can still be asked what it said after fewer of them."""

    pipeline: Pipeline | None
    answers: Floats | None
    in_rounds: InRounds | None

    def without_model(self) -> "_Fit":
        """What is still to be asked of it, once another fold is fitted: forests of five folds would fill the memory."""
        return replace(self, pipeline=None)

    def predict(self, n_rounds: int) -> Floats:
        if self.in_rounds is not None:
            return self.in_rounds.predict(n_rounds)
        assert self.answers is not None
        return self.answers


def _fit_fold(preparation: Preparation, candidate: Candidate, cache: FeatureCache, fold: int, seconds: float) -> _Fit:
    family, n_classes, started = family_named(candidate.family), len(preparation.classes), time.monotonic()
    with plain_failures(candidate), config_context(working_memory=_WORKING_MEGABYTES):
        features = cache.of_fold(family.view(candidate.parameters), fold)
        model = family.build(candidate.parameters, preparation.task, preparation.seed)
        _hold_directions(preparation, candidate, model, cache.layout.numbers, features.learned.shape[1])
        if family.rounds is None:
            model.fit(features.learned, features.y)
            pipeline = Pipeline([("columns", features.transformer), ("model", model)])
            return _Fit(pipeline, _answers(model, features.answered, n_classes), None)
        judged = Judged(features.answered, preparation.train.y[preparation.folds[fold]])
        left = max(_MIN_SHARE_OF_ROUNDS * seconds, seconds - (time.monotonic() - started))
        in_rounds = fit_in_rounds(model, features.learned, features.y, judged, n_classes=n_classes, seconds_limit=left)
        return _Fit(Pipeline([("columns", features.transformer), ("model", in_rounds.model)]), None, in_rounds)


def _answers(model: Any, features: Any, n_classes: int) -> Floats:
    if n_classes == 0:
        return np.asarray(model.predict(features), dtype=np.float64)
    return spread_classes(model.predict_proba(features), model.classes_, n_classes)


def _chosen_rounds(fits: Sequence[_Fit]) -> int:
    in_rounds = [fit.in_rounds for fit in fits if fit.in_rounds is not None]
    return best_round(in_rounds) if in_rounds else 0


def _hold_directions(
    preparation: Preparation, candidate: Candidate, model: Any, numbers: Sequence[str], n_features: int | None = None
) -> None:
    demanded = preparation.directions
    if demanded and not family_named(candidate.family).keeps_directions:
        names = " and ".join(f"“{name}”" for name in demanded)
        raise TrialFailedError(f"A {candidate.label.lower()} cannot promise the direction of {names} a lever demands.")
    if demanded:
        hold_directions(model, [demanded.get(name, 0) for name in numbers], n_features)


@contextmanager
def plain_failures(candidate: Candidate) -> Iterator[None]:
    """Turn what libraries raise into a sentence without values of the data."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # convergence, unseen categories: the out-of-fold score judges them
            yield
    except MemoryError as error:
        raise TrialFailedError(f"{candidate.label} needs more memory than a trial may use.") from error
    except (ValueError, TypeError, ArithmeticError, RuntimeError, np.linalg.LinAlgError, LightGBMError) as error:
        raise TrialFailedError(f"{candidate.label} cannot be fitted to these rows.") from error


def _check_time(expected: float, limit: float) -> None:
    """Give up early rather than late: after the first fold where folds like it would end after the limit."""
    if expected >= limit:
        raise TooSlowError(f"It needs more than the {limit:.0f} seconds a trial may take.")


def _check_hope(preparation: Preparation, fold: int, fit: _Fit, best: float) -> None:
    """Give up where far less is gained over guessing than the best candidate gains on the same rows."""
    judged = preparation.folds[fold]
    y = preparation.train.y[judged]
    n_rounds = best_round([fit.in_rounds]) if fit.in_rounds is not None else 0
    try:
        guesses = guess(preparation, len(y))
        # a trace of guessing keeps a few confident mistakes from deciding what a team would forgive
        softened = (1 - _TRACE) * fit.predict(n_rounds)[: len(y)] + _TRACE * guesses
        own, guessed = score(preparation.metric.name, y, softened), score(preparation.metric.name, y, guesses)
    except ValueError:  # a fold with a single class cannot be ranked
        return
    gain, best_gain = own - guessed, best - guessed
    if gain / best_gain < _MIN_SHARE_OF_BEST_GAIN if best_gain else False:
        raise HopelessError("After its first part it is far behind the best so far, so the others were left out.", own)
