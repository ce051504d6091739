"""Make the subject of the checks: a model and what was measured of it."""

from dataclasses import replace
from typing import Any

import numpy as np

from services.automl.metrics import METRICS
from services.automl.serving_limits import NO_LIMITS, ServingCost
from services.automl.task import Task
from services.examinations.checks.subject import Subject
from services.examinations.single_columns import SingleColumn
from services.models.report import Between, PlainAlternative, PlainComparison
from tests.makers_models import make_estimate, make_evaluation, make_money


def make_outcomes(n: int = 2_000, *, bold: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """What happened (n,) and what was said (n, 2); log odds are said `bold` times as large as they are."""
    random = np.random.default_rng(seed)
    odds = random.normal(-0.5, 1.2, n)
    y = (random.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    p = 1 / (1 + np.exp(-bold * odds))
    return y, np.column_stack([1 - p, p])


def make_subject(**changes: Any) -> Subject:
    """A model about which there is nothing to say."""
    y, predictions = make_outcomes()
    subject = Subject(
        task=Task.BINARY,
        metric=METRICS["roc_auc"],
        classes=("No", "Yes"),
        y=y,
        predictions=predictions,
        train_score=0.86,
        fold_score=0.83,
        guess_score=0.5,
        fold_scores=((0.82, 0.02), (0.84, 0.02), (0.83, 0.02)),
        evaluation=replace(make_evaluation(money=make_money()), plain=make_comparison()),
        singles=(SingleColumn("tenure", 0.7), SingleColumn("contract", 0.6)),
        model_skill=0.83,
        n_columns=2,
        n_openings=1,
        has_twin=True,
        twin_reason=None,
        cost=ServingCost(row_ms=4.0, file_bytes=200_000),
        limits=NO_LIMITS,
    )
    return replace(subject, **changes)


def make_rule(name: str = "rule of one condition", value: float | None = 100_000.0, **changes: Any) -> PlainAlternative:
    """A rule that fits on a note."""
    return replace(PlainAlternative(name, ("Where …",), 0.7, value), **changes)


def make_comparison(**changes: Any) -> PlainComparison:
    """A model that is worth three times the best rule."""
    comparison = PlainComparison(
        metric="roc_auc",
        currency="EUR",
        n=1_600,
        model_score=0.83,
        model_value=300_000.0,
        guess_score=0.5,
        everyone_value=90_000.0,
        alternatives=(make_rule(),),
        model_between=Between(0.8, 0.86, 250_000.0, 350_000.0),
    )
    return replace(comparison, **changes)


def make_sealed(value: float, half_width: float = 0.02) -> Any:
    """A hold-out score with its interval."""
    return replace(make_estimate(value=value), low=value - half_width, high=value + half_width)
