"""Gradient boosting by LightGBM: the strongest single model on most tables, judged after every tree."""

from typing import Any

from lightgbm import LGBMClassifier, LGBMRegressor

from services.automl.families.family import Family, Parameters, TableShape
from services.automl.families.log_target import on_log_scale, target_choice
from services.automl.features import View
from services.automl.search_domains import Choice, Space, Span
from services.automl.task import Task

MAX_TREES = 3_000
_MANY_CLASSES = 10
_FEW_ROWS = 3_000


def _view(parameters: Parameters) -> View:
    return "means" if parameters.get("categories") == "means" else "codes"


def _build(parameters: Parameters, task: Task, seed: int) -> Any:
    kind = LGBMClassifier if task.is_classification else LGBMRegressor
    booster = kind(
        n_estimators=parameters["n_trees"],
        learning_rate=parameters["learning_rate"],
        num_leaves=parameters["n_leaves"],
        min_child_samples=parameters["min_leaf"],
        colsample_bytree=parameters["column_rate"],
        subsample=parameters["row_rate"],
        subsample_freq=1,
        reg_lambda=parameters["shrinkage"],
        extra_trees=bool(parameters.get("random_cuts", False)),
        random_state=seed,
        deterministic=True,
        force_row_wise=True,
        n_jobs=1,
        verbose=-1,
    )
    return on_log_scale(booster, parameters)


def _space(shape: TableShape) -> Space:
    most_leaves = 32 if shape.n_rows < _FEW_ROWS else 192
    return {
        "learning_rate": Span(0.03, 0.15, log=True),
        "n_trees": Choice((MAX_TREES,)),
        "n_leaves": Span(4, most_leaves, log=True),
        "min_leaf": Span(2, 100, log=True),
        "column_rate": Span(0.2, 1.0),
        "row_rate": Span(0.5, 1.0),
        "shrinkage": Span(1e-2, 30.0, log=True),
        "random_cuts": Choice((False, True)),
        "categories": Choice(("codes", "means")),
        **target_choice(shape),
    }


def _portfolio(shape: TableShape) -> list[dict[str, Any]]:
    first = _variant(0.1, 15, 20, column_rate=0.7)
    if shape.n_classes > _MANY_CLASSES:
        return [first, _variant(0.1, 31, 10, column_rate=0.5)]
    if shape.n_rows < _FEW_ROWS:
        variants = [
            first,
            _variant(0.05, 6, 15, column_rate=0.4),
            _variant(0.05, 16, 5, column_rate=0.3, random_cuts=True),
            _variant(0.05, 10, 20, column_rate=0.5, categories="means"),
        ]
    else:
        variants = [
            first,
            _variant(0.06, 40, 20, column_rate=0.6),
            _variant(0.08, 96, 5, column_rate=0.5, random_cuts=True),
            _variant(0.05, 12, 40, column_rate=0.5, categories="means"),
            _variant(0.06, 128, 10, column_rate=0.8),
        ]
    if shape.is_skewed:
        variants.append({**variants[1], "target": "log"})
    return variants


def _variant(learning_rate: float, n_leaves: int, min_leaf: int, *, column_rate: float, **more: Any) -> dict[str, Any]:
    return {
        "learning_rate": learning_rate,
        "n_trees": MAX_TREES,
        "n_leaves": n_leaves,
        "min_leaf": min_leaf,
        "column_rate": column_rate,
        "row_rate": 0.8,
        "shrinkage": 1.0,
        **more,
    }


LIGHTGBM = Family("lightgbm", _view, _build, _space, _portfolio, rounds="n_trees", keeps_directions=True)
