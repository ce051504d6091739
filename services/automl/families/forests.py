"""Forests: many trees that each see other rows or other cuts; strong on few rows, and different from boosting."""

from collections.abc import Callable
from typing import Any

from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from services.automl.families.family import Family, Parameters, TableShape
from services.automl.families.log_target import on_log_scale, target_choice
from services.automl.features import View
from services.automl.search_domains import Choice, Space, Span
from services.automl.task import Task

_MANY_ROWS = 20_000
_TOO_MANY_ROWS = 300_000
_MANY_CELLS, _TOO_MANY_CELLS = 400_000, 1_000_000  # rows times classes
_MANY_CLASSES = 10


def _view(parameters: Parameters) -> View:
    return "means" if parameters.get("categories") == "means" else "filled"


def _build(classifier: type, regressor: type) -> Callable[[Parameters, Task, int], Any]:
    def build(parameters: Parameters, task: Task, seed: int) -> Any:
        kind = classifier if task.is_classification else regressor
        forest = kind(
            n_estimators=parameters["n_trees"],
            min_samples_leaf=parameters["min_leaf"],
            max_features=parameters["max_features"],
            random_state=seed,
            n_jobs=1,
        )
        if task.is_classification and parameters.get("calibrate"):
            return CalibratedClassifierCV(forest, method="sigmoid", ensemble=False, cv=3)
        return on_log_scale(forest, parameters)

    return build


def _space(shape: TableShape) -> Space:
    space: dict[str, Choice | Span] = {
        "n_trees": Choice((_n_trees(shape), _few_trees(shape))),
        "min_leaf": Span(_least_leaf(shape), 30, log=True),
        "max_features": Choice(("sqrt", 0.3, 0.5, 0.8)),
        "categories": Choice(("codes", "means")),
    }
    return {**space, **target_choice(shape)}


def _least_leaf(shape: TableShape) -> int:
    """Fully grown trees of many rows are large files, and of many classes much memory."""
    return 1 if shape.n_rows <= _MANY_ROWS and shape.n_rows * shape.n_classes <= _MANY_CELLS else 3


def _n_trees(shape: TableShape) -> int:
    return 120 if shape.n_rows <= _MANY_ROWS and shape.n_classes <= _MANY_CLASSES else 80


def _few_trees(shape: TableShape) -> int:
    """Answers in a third of the time, which leaves a team room for other members."""
    return _n_trees(shape) // 3


def _portfolio(leaves: tuple[int, ...]) -> Callable[[TableShape], list[dict[str, Any]]]:
    def portfolio(shape: TableShape) -> list[dict[str, Any]]:
        if shape.n_rows > _TOO_MANY_ROWS or shape.n_rows * shape.n_classes > _TOO_MANY_CELLS:
            return []
        variants = [_variant(shape, leaf) for leaf in leaves]
        if shape.n_classes > _MANY_CLASSES:  # the first model of a search: all others take seconds here
            variants.insert(0, {**variants[0], "n_trees": _few_trees(shape)})
        return variants

    return portfolio


def _variant(shape: TableShape, leaf: int) -> dict[str, Any]:
    leaf = max(leaf, _least_leaf(shape))
    features = "sqrt" if shape.task.is_classification else 0.5
    return {"n_trees": _n_trees(shape), "min_leaf": leaf, "max_features": features}


EXTRA_TREES = Family(
    "extra_trees",
    _view,
    _build(ExtraTreesClassifier, ExtraTreesRegressor),
    _space,
    _portfolio((1, 3, 10)),
    keeps_directions=True,
)
RANDOM_FOREST = Family(
    "random_forest",
    _view,
    _build(RandomForestClassifier, RandomForestRegressor),
    _space,
    _portfolio((3,)),
    keeps_directions=True,
)
