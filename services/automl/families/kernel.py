"""Kernel models and nearest neighbours: what resembles a row decides. Small tables only, where they differ usefully."""

from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, SVR

from services.automl.families.family import Family, Parameters, TableShape
from services.automl.families.log_target import target_choice
from services.automl.families.standard_target import on_standard_scale
from services.automl.features import View
from services.automl.search_domains import Choice, Space, Span
from services.automl.task import Task

_MOST_ROWS_OF_MACHINE = 4_000
_MOST_ROWS_OF_NEIGHBOURS = 10_000  # each row is compared with each


def _view(parameters: Parameters) -> View:
    return "ranked" if parameters.get("numbers") == "ranked" else "scaled"


def _build_machine(parameters: Parameters, task: Task, seed: int) -> Any:
    if task.is_classification:
        machine = SVC(C=parameters["strength"], gamma="scale", random_state=seed)
        return CalibratedClassifierCV(machine, method="sigmoid", ensemble=False, cv=3)
    machine = SVR(C=parameters["strength"], gamma="scale", epsilon=0.05)
    if parameters.get("target") != "log":
        return on_standard_scale(machine)
    logarithm = FunctionTransformer(np.log1p, inverse_func=np.expm1, check_inverse=False)
    return TransformedTargetRegressor(machine, transformer=make_pipeline(logarithm, StandardScaler()))


def _machine_space(shape: TableShape) -> Space:
    return {
        "strength": Span(0.05, 20.0, log=True),
        "numbers": Choice(("standard", "ranked")),
        **target_choice(shape),
    }


def _machine_portfolio(shape: TableShape) -> list[dict[str, Any]]:
    if shape.has_text or shape.n_rows > _MOST_ROWS_OF_MACHINE:
        return []
    found: list[dict[str, Any]] = [{"strength": 1.0, "numbers": "ranked"}]
    if shape.is_skewed:
        found.insert(0, {"strength": 1.0, "numbers": "ranked", "target": "log"})
    return found


def _build_neighbours(parameters: Parameters, task: Task, _seed: int) -> Any:
    kind = KNeighborsClassifier if task.is_classification else KNeighborsRegressor
    return kind(n_neighbors=parameters["n_neighbours"], weights="distance", algorithm="brute")


def _neighbours_space(_shape: TableShape) -> Space:
    return {"n_neighbours": Span(3, 60, log=True), "numbers": Choice(("standard", "ranked"))}


def _neighbours_portfolio(shape: TableShape) -> list[dict[str, Any]]:
    if shape.has_text or shape.n_features > 60 or shape.n_rows > _MOST_ROWS_OF_NEIGHBOURS:
        return []
    return [{"n_neighbours": 8 if shape.task is Task.MULTICLASS else 25, "numbers": "standard"}]


KERNEL = Family("kernel", _view, _build_machine, _machine_space, _machine_portfolio)
NEIGHBOURS = Family("neighbours", _view, _build_neighbours, _neighbours_space, _neighbours_portfolio)
