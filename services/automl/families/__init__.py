"""The kinds of model a search tries. Each becomes a plain scikit-learn Pipeline: columns to numbers, then a model.

Another package may bring its own: an entry point of the group `drivetrain.families` that loads to a `Family`, or to a
scikit-learn estimator class, which is then tried with its defaults.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from sklearn.base import is_classifier, is_regressor
from sklearn.pipeline import Pipeline

from services.automl.candidates import Candidate
from services.automl.families.boosting import LIGHTGBM
from services.automl.families.family import Family, Parameters, TableShape
from services.automl.families.forests import EXTRA_TREES, RANDOM_FOREST
from services.automl.families.kernel import KERNEL, NEIGHBOURS
from services.automl.families.linear import LINEAR
from services.automl.families.neural import NEURAL_NETWORK
from services.automl.features import Layout, View, features_for
from services.automl.task import Task

__all__ = ["Family", "TableShape", "build_pipeline", "families", "family_named", "view_of"]

ENTRY_POINTS = "drivetrain.families"
_OWN = (LIGHTGBM, LINEAR, EXTRA_TREES, NEURAL_NETWORK, KERNEL, RANDOM_FOREST, NEIGHBOURS)


@cache
def families() -> Mapping[str, Family]:
    """All kinds of model, by name: the portal's own, then those of installed packages."""
    found = {family.name: family for family in _OWN}
    for point in entry_points(group=ENTRY_POINTS):
        loaded = point.load()
        found.setdefault(point.name, loaded if isinstance(loaded, Family) else _adopted(point.name, loaded))
    return found


def family_named(name: str) -> Family:
    """The kind of model of this name.

    Raises
    ------
    KeyError
        There is none.
    """
    return families()[name]


def view_of(candidate: Candidate) -> View:
    """The features a candidate takes."""
    return family_named(candidate.family).view(candidate.parameters)


def build_pipeline(family: str, parameters: Parameters, layout: Layout, task: Task, *, seed: int) -> Pipeline:
    """An unfitted pipeline of two steps, "columns" and "model"."""
    kind = family_named(family)
    features = features_for(kind.view(parameters), layout, task, seed=seed)
    return Pipeline([("columns", features), ("model", kind.build(parameters, task, seed))])


def _adopted(name: str, estimator: type[Any]) -> Family:
    """A scikit-learn estimator class as a family: on filled numbers, with its own defaults, where the task fits."""
    model = estimator()

    def portfolio(shape: TableShape) -> list[dict[str, Any]]:
        fits = is_classifier(model) if shape.task.is_classification else is_regressor(model)
        return [{}] if fits else []

    return Family(name, lambda _: "filled", lambda _parameters, _task, _seed: estimator(), lambda _: {}, portfolio)
