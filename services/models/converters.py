"""What skl2onnx has to be taught to write the pipelines of this portal as ONNX."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import onnx
from lightgbm import LGBMClassifier, LGBMRegressor
from numpy.typing import NDArray
from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
from skl2onnx import update_registered_converter
from skl2onnx.common.data_types import FloatTensorType
from skl2onnx.common.shape_calculator import (
    calculate_linear_classifier_output_shapes,
    calculate_linear_regressor_output_shapes,
)
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.impute import MissingIndicator
from sklearn.preprocessing import TargetEncoder


class Remainder(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Stands for the remainder of a division while a pipeline is written as ONNX, and is nowhere stored."""

    def __init__(self, period: float) -> None:
        self.period = period

    def fit(self, x: Any, y: Any = None) -> "Remainder":
        """Nothing is learned."""
        return self

    def transform(self, x: Any) -> Any:
        """Where in its period each number (n, m) is."""
        return np.mod(x, self.period)


class Rounded(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Stands for rounding to whole numbers while a pipeline is written as ONNX, and is nowhere stored."""

    def fit(self, x: Any, y: Any = None) -> "Rounded":
        """Nothing is learned."""
        return self

    def transform(self, x: Any) -> Any:
        """The nearest whole number to each number (n, m), the even one of two."""
        return np.round(x)


class Clipped(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Stands for the ends of a range while a pipeline is written as ONNX, and is nowhere stored."""

    def __init__(self, low: float, high: float) -> None:
        self.low = low
        self.high = high

    def fit(self, x: Any, y: Any = None) -> "Clipped":
        """Nothing is learned."""
        return self

    def transform(self, x: Any) -> Any:
        """Each number (n, m), or the end of the range it lies beyond."""
        return np.clip(x, self.low, self.high)


class Codes(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Stands for the look-up of words while a pipeline is written as ONNX, and is nowhere stored.

    Parameters
    ----------
    words, codes
        For each column its words and the number of each; any other word is -1.
    """

    def __init__(self, words: Sequence[NDArray[Any]], codes: Sequence[NDArray[Any]]) -> None:
        self.words = self.categories_ = words
        self.codes = self.encodings_ = codes
        self.target_mean_ = -1.0

    def fit(self, x: Any, y: Any = None) -> "Codes":
        """Nothing is learned."""
        return self

    def transform(self, x: Any) -> Any:
        """The number of each word (n, m)."""
        found = [dict(zip(words, codes, strict=True)) for words, codes in zip(self.words, self.codes, strict=True)]
        return np.array([[of.get(word, -1) for of, word in zip(found, row, strict=True)] for row in x])


def register_converters() -> None:
    """Teach it LightGBM, the missing-value marker, and target means of several classes; repeating changes nothing."""
    update_registered_converter(
        LGBMClassifier,
        "PortalLightGbmClassifier",
        calculate_linear_classifier_output_shapes,
        convert_lightgbm,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
    )
    update_registered_converter(
        LGBMRegressor, "PortalLightGbmRegressor", calculate_linear_regressor_output_shapes, convert_lightgbm
    )
    update_registered_converter(MissingIndicator, "PortalMissing", _missing_shape, _convert_missing)
    update_registered_converter(TargetEncoder, "PortalTargetMeans", _means_shape, _convert_means)
    update_registered_converter(Codes, "PortalCodes", _means_shape, _convert_means)
    update_registered_converter(Clipped, "PortalClipped", _numbers_shape, _convert_clipped)
    update_registered_converter(Remainder, "PortalRemainder", _numbers_shape, _convert_remainder)
    update_registered_converter(Rounded, "PortalRounded", _numbers_shape, _convert_rounded)


def _missing_shape(operator: Any) -> None:
    operator.outputs[0].type = FloatTensorType([None, len(operator.raw_operator.features_)])


def _convert_missing(scope: Any, operator: Any, container: Any) -> None:
    flags = scope.get_unique_variable_name("is_missing")
    container.add_node("IsNaN", [operator.inputs[0].full_name], [flags], op_version=13)
    container.add_node("Cast", [flags], [operator.outputs[0].full_name], to=onnx.TensorProto.FLOAT, op_version=13)


def _means_shape(operator: Any) -> None:
    operator.outputs[0].type = FloatTensorType([None, len(operator.raw_operator.encodings_)])


def _convert_means(scope: Any, operator: Any, container: Any) -> None:
    """A look-up of words for each column and class, side by side."""
    parts = []
    for place, words, means, default in _lookups(operator.raw_operator):
        index, column, part = (scope.get_unique_variable_name(name) for name in ("place", "words", "means"))
        container.add_initializer(index, onnx.TensorProto.INT64, [], [place])
        container.add_node(
            "ArrayFeatureExtractor", [operator.inputs[0].full_name, index], [column], op_domain="ai.onnx.ml"
        )
        container.add_node(
            "LabelEncoder",
            [column],
            [part],
            op_domain="ai.onnx.ml",
            op_version=2,
            keys_strings=[str(word) for word in words],
            values_floats=[float(mean) for mean in means],
            default_float=default,
        )
        parts.append(part)
    container.add_node("Concat", parts, [operator.outputs[0].full_name], axis=1, op_version=13)


def _lookups(encoder: TargetEncoder | Codes) -> Iterator[tuple[int, NDArray[Any], NDArray[np.float64], float]]:
    """The place of a column, its words, their means, and the mean for unknown ones; for each class of several."""
    defaults = np.atleast_1d(encoder.target_mean_)
    for number, means in enumerate(encoder.encodings_):
        place, output = divmod(number, len(defaults))
        yield place, encoder.categories_[place], means, float(defaults[output])


def _numbers_shape(operator: Any) -> None:
    operator.outputs[0].type = FloatTensorType([None, operator.inputs[0].type.shape[1]])


def _convert_remainder(scope: Any, operator: Any, container: Any) -> None:
    """x - period * floor(x / period): what is missing stays so."""
    period, quotient, whole, removed = (
        scope.get_unique_variable_name(name) for name in ("period", "quotient", "whole", "removed")
    )
    container.add_initializer(period, onnx.TensorProto.FLOAT, [1], [operator.raw_operator.period])
    numbers = operator.inputs[0].full_name
    container.add_node("Div", [numbers, period], [quotient], op_version=14)
    container.add_node("Floor", [quotient], [whole], op_version=13)
    container.add_node("Mul", [whole, period], [removed], op_version=14)
    container.add_node("Sub", [numbers, removed], [operator.outputs[0].full_name], op_version=14)


def _convert_clipped(scope: Any, operator: Any, container: Any) -> None:
    ends = []
    for name, value in (("low", operator.raw_operator.low), ("high", operator.raw_operator.high)):
        ends.append(scope.get_unique_variable_name(name))
        container.add_initializer(ends[-1], onnx.TensorProto.FLOAT, [], [value])
    container.add_node("Clip", [operator.inputs[0].full_name, *ends], [operator.outputs[0].full_name], op_version=13)


# The names of the arguments are checked when the converter is registered.
def _convert_rounded(scope: Any, operator: Any, container: Any) -> None:  # noqa: ARG001
    container.add_node("Round", [operator.inputs[0].full_name], [operator.outputs[0].full_name], op_version=11)
