"""The model that the checks are about, with all they need to know of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.metrics import METRICS, Metric
from services.automl.serving_limits import ServingCost, ServingLimits
from services.automl.task import Task
from services.examinations.beside_today import BesideToday
from services.examinations.report import AMBER, NOT_APPLICABLE, PASSED, RED, Finding
from services.examinations.single_columns import SingleColumn
from services.models.report import Evaluation

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Subject:
    """A model and what was measured of it.

    Attributes
    ----------
    y, predictions
        What happened and what was said out of fold, of the judged rows (n,).
    train_score, fold_score, guess_score
        The metric on the rows learned from, out of fold, and of a guess that looks at nothing.
    fold_scores
        The metric of each fold with the standard error that the number of its rows gives; None where not known.
    singles, model_skill
        What each column does alone, the strongest first, and what the model does, by the same measure.
    n_openings
        How often the rows kept aside were looked at, over all models of this split.
    today
        The model beside the rule that decides today; None where nobody said one.
    """

    task: Task
    metric: Metric
    classes: tuple[str, ...]
    y: NDArray[Any]
    predictions: Floats
    train_score: float
    fold_score: float
    guess_score: float
    fold_scores: tuple[tuple[float, float | None], ...]
    evaluation: Evaluation
    singles: tuple[SingleColumn, ...]
    model_skill: float | None
    n_columns: int
    n_openings: int
    has_twin: bool
    twin_reason: str | None
    cost: ServingCost
    limits: ServingLimits
    seed: int = 0
    currency: str | None = None
    today: BesideToday | None = None

    def better(self, one: float, than: float) -> float:
        """How much better a score is than another, whatever the direction of the metric."""
        return one - than if self.metric.greater_is_better else than - one


def figure(value: float) -> str:
    """A score in words: 0.843, or 12,345."""
    return f"{value:.3f}".replace("-", "−") if abs(value) < 10 else f"{value:,.0f}".replace("-", "−")


def metric_label(name: str) -> str:
    """What a page calls a metric."""
    return METRICS[name].label


def passed(code: str, title: str, sentence: str, **changes: Any) -> Finding:
    """Nothing was found."""
    return Finding(code, title, PASSED, sentence, **changes)


def found(code: str, title: str, sentence: str, advice: str, *, is_red: bool, **changes: Any) -> Finding:
    """Something was found that needs an answer."""
    return Finding(code, title, RED if is_red else AMBER, sentence, advice, **changes)


def not_applicable(code: str, title: str, sentence: str, **changes: Any) -> Finding:
    """The question makes no sense here, or there is too little to answer it: never "passed"."""
    return Finding(code, title, NOT_APPLICABLE, sentence, **changes)
