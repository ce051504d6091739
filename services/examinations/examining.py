"""The examination of one model, from copies of it that answer about rows they have not learned from."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.division import read_groups
from services.automl.judging import guess
from services.automl.measures import serving_cost
from services.automl.preparation import Preparation
from services.automl.scoring import score
from services.automl.training import predict
from services.automl.trial_intervals import trial_intervals
from services.examinations.assertion_check import check_assertions
from services.examinations.assertions import Asked, Assertion
from services.examinations.beside_today import compare_with_today
from services.examinations.checks.registry import check
from services.examinations.checks.subject import Subject
from services.examinations.fold_copies import FoldCopies, fit_copies
from services.examinations.report import ExaminationReport
from services.examinations.single_columns import score_single_columns, skill
from services.examinations.stress import stress
from services.examinations.worst_slices import find_worst_slices
from services.models.report import Evaluation

Floats = NDArray[np.float64]
Say = Callable[[float, str], None]
_COPIES, _CHECKS, _SLICES, _ASSERTIONS, _STRESS, _DONE = 0.05, 0.5, 0.62, 0.72, 0.76, 0.97


@dataclass(frozen=True)
class Known:
    """What is on record about a model.

    Attributes
    ----------
    drivers
        Columns that drive it, strongest first.
    n_openings
        How often its rows kept aside were looked at.
    threshold
        The score from which on one acts, in force when the examination was asked for.
    """

    family: str
    evaluation: Evaluation
    drivers: tuple[str, ...]
    n_openings: int
    has_twin: bool
    twin_reason: str | None
    threshold: float | None
    file_bytes: int


def examine(
    pipeline: Pipeline,
    preparation: Preparation,
    table: pd.DataFrame,
    known: Known,
    asked: Asked,
    assertions: Mapping[str, Assertion],
    say: Say,
) -> ExaminationReport:
    """Checks, worst slices, assertions and stress tests; the rows kept aside are not looked at again."""
    began = time.monotonic()
    say(_COPIES, "Fitting copies of the model, each without a part of the rows")
    copies = fit_copies(
        pipeline, known.family, preparation, _told(say, _COPIES, _CHECKS, "Fitting copies of the model")
    )
    say(_CHECKS, "Checking the model")
    findings = check(_subject(pipeline, preparation, copies, known))
    say(_SLICES, "Looking for the rows it is worst at")
    slices = find_worst_slices(preparation, copies.predictions, known.threshold, _groups(table, preparation))
    say(_ASSERTIONS, "Checking what people assert")
    results = check_assertions(assertions, asked, table, preparation, copies, known.threshold)
    say(_STRESS, "Putting its inputs under stress")
    told = _told(say, _STRESS, _DONE, "Putting its inputs under stress")
    stresses = stress(preparation, copies, known.drivers, known.threshold, told, tied=asked.tied)
    return ExaminationReport(
        task=preparation.task.value,
        metric=preparation.metric.name,
        currency=None if preparation.money is None else preparation.money.currency,
        threshold=known.threshold,
        n_rows=len(preparation.judged),
        findings=findings,
        slices=slices,
        stresses=stresses,
        assertions=results,
        seed=preparation.seed,
        seconds=time.monotonic() - began,
    )


def _subject(pipeline: Pipeline, preparation: Preparation, copies: FoldCopies, known: Known) -> Subject:
    train, rows, metric = preparation.train, preparation.judged, preparation.metric.name
    k = len(preparation.classes)
    y, said = train.y[rows], copies.predictions[rows]
    return Subject(
        task=preparation.task,
        metric=preparation.metric,
        classes=preparation.classes,
        y=y,
        predictions=said,
        train_score=score(metric, train.y, predict(pipeline, train.x, k)),
        fold_score=score(metric, y, said),
        guess_score=score(metric, y, guess(preparation, len(y))),
        fold_scores=tuple(_fold_scores(preparation, copies.predictions)),
        evaluation=known.evaluation,
        singles=score_single_columns(preparation),
        model_skill=skill(preparation, copies.predictions, rows),
        n_columns=len(preparation.columns),
        n_openings=known.n_openings,
        has_twin=known.has_twin,
        twin_reason=known.twin_reason,
        cost=serving_cost(pipeline, train.x, preparation.task, file_bytes=known.file_bytes),
        limits=preparation.limits,
        seed=preparation.seed,
        currency=None if preparation.money is None else preparation.money.currency,
        today=compare_with_today(preparation, copies.predictions, known.threshold),
    )


def _fold_scores(preparation: Preparation, predictions: Floats) -> Sequence[tuple[float, float | None]]:
    """The score of each fold that can be scored, with its standard error where the rows give one."""
    found: list[tuple[float, float | None]] = []
    for judged in preparation.folds:
        y, said = preparation.train.y[judged], predictions[judged]
        try:
            value = score(preparation.metric.name, y, said)
        except ValueError:
            continue
        reach = trial_intervals(preparation.metric.name, y, said)
        known = reach.score_low is not None and reach.score_high is not None
        width = (reach.score_high - reach.score_low) / 3.92 if known else None  # type: ignore[operator]
        found.append((value, width if width is not None and np.isfinite(width) and width > 0 else None))
    return found


def _groups(table: pd.DataFrame, preparation: Preparation) -> NDArray[np.intp] | None:
    """The group of each training row, where the split keeps groups together."""
    name = preparation.split.group
    if name is None or name not in table:
        return None
    return read_groups(table[name].iloc[preparation.train.positions])


def _told(say: Say, start: float, end: float, phase: str) -> Callable[[int, int], None]:
    """Say how far a part is, between two shares of the whole."""
    return lambda done, total: say(start + (end - start) * done / total, f"{phase}: {done} of {total}")
