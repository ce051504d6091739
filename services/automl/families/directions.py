"""Numbers whose effect has a known direction: trees that never contradict it, and how they are told.

In every view for trees the numbers come first, in the order of the layout, so that a short list of directions for them
is enough until the number of features is known.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from lightgbm import LGBMModel
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.pipeline import Pipeline

_FORESTS = (ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor)


def hold_directions(model: Any, directions: Sequence[int], n_features: int | None = None) -> None:
    """Tell an unfitted model, and whatever it wraps, the direction of its first features; the others are free.

    Parameters
    ----------
    directions
        1 where the answer may only rise with a feature, -1 where it may only fall, 0 where nothing is known.
    n_features
        None while it is not known; the model cannot be fitted before it is.
    """
    every = [*directions, *[0] * ((n_features or 0) - len(directions))]
    for tree in _trees_in(model):
        name = "monotone_constraints" if isinstance(tree, LGBMModel) else "monotonic_cst"
        tree.set_params(**{name: every})


def held_directions(model: Any) -> list[int]:
    """The directions an unfitted or fitted model was told; empty where it was told none."""
    for tree in _trees_in(model):
        parameters = tree.get_params(deep=False)
        return list(parameters.get("monotone_constraints") or parameters.get("monotonic_cst") or [])
    return []


def fit_directed(pipeline: Pipeline, directions: Sequence[int], x: Any, y: Any, **options: Any) -> Pipeline:
    """As `Pipeline.fit`, but the model is told the directions when it is known how many features there are."""
    columns, model = pipeline.named_steps["columns"], pipeline.named_steps["model"]
    features = columns.fit_transform(x, y)
    hold_directions(model, directions, features.shape[1])
    model.fit(features, y, **{name.removeprefix("model__"): value for name, value in options.items()})
    return pipeline


def _trees_in(model: Any) -> Iterator[Any]:
    for part in (model, *model.get_params().values()):
        if isinstance(part, (LGBMModel, *_FORESTS)):
            yield part
