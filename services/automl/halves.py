"""What more rows bring: the same models after half of the rows, and from there what all rows will give.

Out of fold a model learns from fewer rows than the one that is made in the end, 53 to 64 % of them, so what it says of
itself is too little where more rows help. How much too little is carried on from half of the rows (services/automl/
more_rows.py). Models of half the rows keep the rounds that were best with all of them.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.candidates import Candidate
from services.automl.ensemble import blend
from services.automl.errors import TrialFailedError
from services.automl.estimates import Estimate
from services.automl.metrics import Metric
from services.automl.more_rows import MoreRows, missing_of, score_of
from services.automl.preparation import Preparation
from services.automl.scoring import score
from services.automl.splits import deal_rows
from services.automl.training import fit_pipeline, new_pipeline, plain_failures, predict

MOST_SECONDS = 120.0
N_FOLDS = 2  # of which the models learn from half the rows: a fifth of the work of a trial
_N_RESAMPLES, _NORMAL = 200, 1.96
Floats = NDArray[np.float64]


def half_rows(preparation: Preparation, fold: int) -> NDArray[np.intp]:
    """Half of the rows the model of a fold learns from, with the same share of each class."""
    rows = preparation.learnable(fold)
    parts = deal_rows(preparation.train.y[rows], 2, task=preparation.task, seed=preparation.seed + fold)
    return rows[parts[0]]


def answers_after_half(
    preparation: Preparation, candidate: Candidate, fold: int, *, seconds_limit: float | None = None
) -> Floats:
    """What the candidate says of the judged rows of a fold after learning from half of the others.

    Raises
    ------
    TrialFailedError
        It cannot be fitted to so few rows.
    """
    rows, train = half_rows(preparation, fold), preparation.train
    pipeline = new_pipeline(preparation, candidate)
    fit_pipeline(pipeline, candidate, train.x.iloc[rows], train.y[rows], seconds_limit=seconds_limit)
    with plain_failures(candidate):
        return predict(pipeline, train.x.iloc[preparation.folds[fold]], len(preparation.classes))


def compare_halves(
    preparation: Preparation, whole: Floats, halves: Sequence[Sequence[Floats]], weights: Sequence[float]
) -> MoreRows | None:
    """What the second half of the rows brought.

    Parameters
    ----------
    whole
        Out-of-fold predictions of the team (n_train, k) or (n_train,).
    halves
        For each of the first folds, what each member said of its judged rows after half of the others.
    weights
        Of the members.

    Returns
    -------
    MoreRows or None
        None where the rows hold a single class, where nothing is missing of a perfect score, and where rows belong
        together: half of the rows of everybody say nothing of more people.
    """
    if preparation.split.group is not None:
        return None
    folds = range(len(halves))
    judged = np.concatenate([preparation.folds[fold] for fold in folds])
    after_half = np.concatenate([blend(found, dict(enumerate(weights))) for found in halves])
    after_whole, y, metric = whole[judged], preparation.train.y[judged], preparation.metric
    random, exponents = np.random.default_rng(preparation.seed), []
    try:
        exponent = _exponent(metric, y, after_half, after_whole)
    except ValueError:
        return None
    for _ in range(_N_RESAMPLES):
        drawn = random.integers(0, len(y), len(y))
        try:
            exponents.append(_exponent(metric, y[drawn], after_half[drawn], after_whole[drawn]))
        except ValueError:  # a class is missing in this resample
            continue
    if not np.isfinite(exponent) or len(exponents) < _N_RESAMPLES // 2:
        return None
    return MoreRows(
        n_half=round(np.mean([len(half_rows(preparation, fold)) for fold in folds])),
        n_whole=round(n_learned(preparation, len(halves))),
        n_judged=len(judged),
        half=score(metric.name, y, after_half),
        whole=score(metric.name, y, after_whole),
        exponent=max(0.0, exponent),
        deviation=float(np.nanstd(exponents)),
    )


def n_learned(preparation: Preparation, n_folds: int | None = None) -> float:
    """How many rows the models of the first folds learn from on average; in time later ones learn from more."""
    folds = range(n_folds or len(preparation.folds))
    return float(np.mean([len(preparation.learnable(fold)) for fold in folds]))


def expected(estimate: Estimate, more: MoreRows, metric: Metric, *, n_before: float, n_rows: int) -> Estimate:
    """What a model of `n_rows` is expected to score, from an estimate of models that learned from `n_before`.

    What is missing of a perfect score shrinks by the factor of the curve; the interval also holds how little is known
    of it.
    """
    factor = more.factor(n_rows) / more.factor(n_before)
    missing = missing_of(metric, estimate.value)
    value = score_of(metric, factor * missing)
    doubt = _NORMAL * more.doubt(n_before, n_rows) * missing
    reaches = [None if end is None else factor * (end - estimate.value) for end in (estimate.low, estimate.high)]
    ends = [
        None if reach is None else _within(metric, value + float(np.copysign(np.hypot(reach, doubt), reach)))
        for reach in reaches
    ]
    carried = f"carried on from {n_before:,.0f} to {n_rows:,} rows by what the second half of the rows brought"
    return replace(estimate, value=value, low=ends[0], high=ends[1], method=f"{estimate.method}; {carried}")


def _within(metric: Metric, value: float) -> float:
    """No score is better than a perfect one."""
    return score_of(metric, max(0.0, missing_of(metric, value)))


def _exponent(metric: Metric, y: NDArray[Any], after_half: Floats, after_whole: Floats) -> float:
    half, whole = (missing_of(metric, score(metric.name, y, answers)) for answers in (after_half, after_whole))
    return float(np.log2(half / whole)) if half > 0 and whole > 0 else float("nan")


def learn_from_halves(
    preparation: Preparation, members: Sequence[tuple[Candidate, float]], whole: Floats
) -> MoreRows | None:
    """What the second half of the rows brought to a team; None where it cannot be fitted to half of them in time.

    Parameters
    ----------
    members
        Candidates with the number of rounds that was best out of fold, and their weights.
    whole
        Out-of-fold predictions of the team (n_train, k) or (n_train,).
    """
    folds = range(min(N_FOLDS, len(preparation.folds)))
    started, halves = time.monotonic(), []
    for fold in folds:
        answers = []
        for candidate, _ in members:
            left = MOST_SECONDS - (time.monotonic() - started)
            if left <= 0:
                return None
            try:
                answers.append(answers_after_half(preparation, candidate, fold, seconds_limit=left))
            except TrialFailedError:
                return None
        halves.append(answers)
    return compare_halves(preparation, whole, halves, [weight for _, weight in members])
