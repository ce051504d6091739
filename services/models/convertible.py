"""Pipelines in the words of skl2onnx: copies that answer the same, of steps that it can write."""

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.ensemble._forest import ForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder

from services.automl.features import split_mark
from services.models.converters import Clipped, Codes, Remainder, Rounded


def convertible(pipeline: Pipeline) -> Pipeline:
    """A copy that answers the same and that skl2onnx can write.

    It takes "" for a missing word: ONNX has no missing text, so the scorer writes "" for it and nothing is left to
    fill. Of what is calibrated, skl2onnx knows to ask only random forests for probabilities; extra trees are read in
    the same way.
    """
    twin = copy.deepcopy(pipeline)
    transformer: ColumnTransformer = twin.named_steps["columns"]
    for _name, fitted, _columns in transformer.transformers_:
        if isinstance(fitted, Pipeline):
            fitted.steps = [(step, _writable(found)) for step, found in fitted.steps if not _needs_no_graph(found)]
    model = twin.named_steps["model"]
    for calibrated in getattr(model, "calibrated_classifiers_", ()):
        if isinstance(calibrated.estimator, ForestClassifier):
            calibrated.estimator.__class__ = RandomForestClassifier
    return twin


def _needs_no_graph(step: Any) -> bool:
    """Whether a step only prepares what a graph does by itself.

    It makes a matrix of a frame, fills missing words, or marks values and moves them for encoders that look at all
    columns at once: their counterparts here look at each column.
    """
    if isinstance(step, SimpleImputer):
        return bool(step.strategy == "constant")
    if not isinstance(step, FunctionTransformer):
        return False
    return step.func in (np.asarray, np.reshape) or getattr(step.func, "func", None) is np.add


def _writable(step: Any) -> Any:
    if isinstance(step, CountVectorizer):
        return _one_hot(_by_column(step.vocabulary_))
    if isinstance(step, OrdinalEncoder):
        return _codes(_by_column({word: code for code, word in enumerate(step.categories_[0])}))
    if not isinstance(step, FunctionTransformer):
        return step
    if step.func is np.clip:
        return Clipped(step.kw_args["a_min"], step.kw_args["a_max"])
    return Rounded() if step.func is np.round else Remainder(step.kw_args["period"])


def _by_column(places: dict[Any, int]) -> list[dict[Any, int]]:
    """For each column its values with their places, from marked values with their places."""
    found: dict[int, dict[Any, int]] = {}
    for value, place in sorted(places.items(), key=lambda item: item[1]):
        column, plain = split_mark(value)
        found.setdefault(column, {})[plain] = place
    return [found[column] for column in sorted(found)]


def _one_hot(columns: list[dict[Any, int]]) -> OneHotEncoder:
    values = [_values(column) for column in columns]
    first = np.array([[found[0] for found in values]], dtype=values[0].dtype)
    return OneHotEncoder(categories=values, handle_unknown="ignore").fit(first)


def _codes(columns: list[dict[Any, int]]) -> Codes:
    return Codes([_values(column) for column in columns], [np.array([*column.values()]) for column in columns])


def _values(column: dict[Any, int]) -> NDArray[Any]:
    return np.array([*column], dtype=object if isinstance(next(iter(column)), str) else np.float64)
