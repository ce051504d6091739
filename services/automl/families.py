"""The kinds of model a search tries. Each becomes a plain scikit-learn Pipeline: columns to numbers, then a model."""

from collections.abc import Callable
from typing import Any

from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline

from services.automl.features import Layout, linear_features, tree_features
from services.automl.task import Task

Parameters = dict[str, Any]
Build = Callable[[Parameters, Layout, Task, int], Pipeline]


def build_pipeline(family: str, parameters: Parameters, layout: Layout, task: Task, *, seed: int) -> Pipeline:
    """An unfitted pipeline of two steps, "columns" and "model"."""
    return BUILDERS[family](parameters, layout, task, seed)


def _linear(parameters: Parameters, layout: Layout, task: Task, seed: int) -> Pipeline:
    features = linear_features(layout, task, shape=parameters["numbers"], seed=seed)
    if task is Task.REGRESSION:
        return _pipeline(features, Ridge(alpha=1.0 / parameters["strength"], random_state=seed))
    return _pipeline(features, LogisticRegression(C=parameters["strength"], max_iter=1_000, random_state=seed))


def _forest(classifier: type, regressor: type) -> Build:
    def build(parameters: Parameters, layout: Layout, task: Task, seed: int) -> Pipeline:
        features = tree_features(layout, task, fill=True, seed=seed)
        kind = classifier if task.is_classification else regressor
        forest = kind(
            n_estimators=parameters["n_trees"],
            min_samples_leaf=parameters["min_leaf"],
            max_features=parameters["max_features"],
            random_state=seed,
            n_jobs=1,
        )
        return _pipeline(features, _calibrated(forest) if parameters.get("calibrate") else forest)

    return build


def _calibrated(forest: Any) -> CalibratedClassifierCV:
    """One forest whose probabilities are straightened by a sigmoid fitted out of fold."""
    return CalibratedClassifierCV(forest, method="sigmoid", ensemble=False, cv=3)


def _lightgbm(parameters: Parameters, layout: Layout, task: Task, seed: int) -> Pipeline:
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
        random_state=seed,
        deterministic=True,
        force_row_wise=True,
        n_jobs=1,
        verbose=-1,
    )
    return _pipeline(tree_features(layout, task, fill=False, seed=seed), booster)


def _pipeline(features: Any, model: Any) -> Pipeline:
    return Pipeline([("columns", features), ("model", model)])


BUILDERS: dict[str, Build] = {
    "linear": _linear,
    "extra_trees": _forest(ExtraTreesClassifier, ExtraTreesRegressor),
    "random_forest": _forest(RandomForestClassifier, RandomForestRegressor),
    "lightgbm": _lightgbm,
}
