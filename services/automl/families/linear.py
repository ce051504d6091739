"""Linear models: fast, hard to beat on few rows and on words, and a yardstick everywhere else."""

from typing import Any

from sklearn.linear_model import LogisticRegression, Ridge

from services.automl.families.family import Family, Parameters, TableShape
from services.automl.families.log_target import on_log_scale, target_choice
from services.automl.features import View
from services.automl.search_domains import Choice, Space, Span
from services.automl.task import Task

_MANY_CLASSES = 10
_MANY_CELLS = 2_000_000


def _view(parameters: Parameters) -> View:
    return "ranked" if parameters["numbers"] == "ranked" else "scaled"


def _build(parameters: Parameters, task: Task, seed: int) -> Any:
    if task is Task.REGRESSION:
        return on_log_scale(Ridge(alpha=1.0 / parameters["strength"], random_state=seed), parameters)
    return LogisticRegression(C=parameters["strength"], max_iter=1_000, random_state=seed)


def _space(shape: TableShape) -> Space:
    return {
        "strength": Span(1e-3, 1e2, log=True),
        "numbers": Choice(("standard", "ranked")),
        **target_choice(shape),
    }


def _portfolio(shape: TableShape) -> list[dict[str, Any]]:
    variants = [(1.0, "standard"), (0.1, "ranked"), (10.0, "standard")]
    if shape.has_text:
        variants = [(10.0, "standard"), (1.0, "ranked"), (100.0, "standard")]  # words are many and rare
    if shape.n_classes > _MANY_CLASSES or shape.n_rows * shape.n_features > _MANY_CELLS:
        variants = variants[:1]
    found: list[dict[str, Any]] = [{"strength": strength, "numbers": numbers} for strength, numbers in variants]
    if shape.is_skewed:
        found.insert(1, {"strength": 0.1, "numbers": "ranked", "target": "log"})
    return found


LINEAR = Family("linear", _view, _build, _space, _portfolio)
