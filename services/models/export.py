"""The ONNX twin of a pipeline: the same answers without scikit-learn, or a plain reason why there is none."""

import copy
import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import onnx
import pandas as pd
from lightgbm import LGBMClassifier, LGBMRegressor
from numpy.typing import NDArray
from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm
from skl2onnx import to_onnx, update_registered_converter
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from skl2onnx.common.shape_calculator import (
    calculate_linear_classifier_output_shapes,
    calculate_linear_regressor_output_shapes,
)
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator
from sklearn.pipeline import Pipeline

from services.automl.training import predict
from services.models.onnx_scoring import OnnxScorer
from services.models.signature import Signature

MIN_ROWS_CHECKED = 1_000
MAX_GAP = 1e-5  # of a probability, or of the spread of the target
MAX_TREE_NODES = 250_000  # larger forests take minutes to convert and hundreds of megabytes to serve
_OPSETS = {"": 18, "ai.onnx.ml": 3}
_UNSEEN = "a value that training never saw"


@dataclass(frozen=True)
class Twin:
    """A verified ONNX graph and the columns it takes, or the reason why there is none."""

    content: bytes | None
    inputs: tuple[str, ...]
    reason: str | None


def export_twin(pipeline: Pipeline, signature: Signature, rows: pd.DataFrame, *, seed: int = 0) -> Twin:
    """The twin, if it answers like the pipeline on a thousand rows, with missing and unseen values among them.

    Parameters
    ----------
    rows
        Real rows (n, m) to check with; they are repeated and roughened up to a thousand.
    """
    if (n_nodes := n_tree_nodes(pipeline)) > MAX_TREE_NODES:
        return Twin(None, (), f"A forest of {n_nodes:,} branches is too large for an ONNX twin.")
    try:
        content, inputs = _convert(pipeline, signature)
    except Exception as error:  # converters fail in many ways, and every one of them means the same
        return Twin(None, (), f"This model has parts that cannot be written as ONNX ({type(error).__name__}).")
    try:
        gap = largest_gap(pipeline, content, replace(signature, onnx_inputs=inputs), rows, seed=seed)
    except Exception as error:
        return Twin(None, (), f"The ONNX twin cannot be run ({type(error).__name__}).")
    if not gap <= MAX_GAP:
        return Twin(None, (), "The ONNX twin does not give the same answers on every row, so it is not used.")
    return Twin(content, inputs, None)


def largest_gap(
    pipeline: Pipeline, content: bytes, signature: Signature, rows: pd.DataFrame, *, seed: int = 0
) -> float:
    """The largest difference between twin and pipeline: of a probability, or relative to the spread of answers."""
    checked = rough_rows(rows, signature, seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = _answers(pipeline, checked, signature)
    given = OnnxScorer(content, signature).predict(checked)
    spread = 1.0 if signature.classes else max(float(np.std(wanted)), 1e-12)
    return float(np.abs(given - wanted).max()) / spread


def rough_rows(rows: pd.DataFrame, signature: Signature, *, seed: int = 0) -> pd.DataFrame:
    """At least a thousand rows; in two of three one value is missing, or a category that training never saw."""
    random = np.random.default_rng(seed)
    repeats = -(-MIN_ROWS_CHECKED // len(rows)) + 1
    rough = pd.concat([rows] * repeats, ignore_index=True)
    for place, column in enumerate(signature.columns):
        hit = random.random(len(rough)) < 1 / len(signature.columns)
        hit[: len(rows)] = False  # the first copy stays as it is
        rough.loc[hit, column.name] = np.nan
        if column.kind in ("category", "text"):
            rough.loc[hit & (np.arange(len(rough)) % 2 == place % 2), column.name] = _UNSEEN
    return rough


def n_tree_nodes(pipeline: Pipeline) -> int:
    """Branches and leaves of a scikit-learn forest; 0 for other models."""
    trees = getattr(pipeline.named_steps["model"], "estimators_", ())
    return sum(tree.tree_.node_count for tree in trees)


def _answers(pipeline: Pipeline, rows: pd.DataFrame, signature: Signature) -> NDArray[np.float64]:
    if not signature.classes:
        return predict(pipeline, rows, 0)
    return np.asarray(pipeline.predict_proba(rows), dtype=np.float64)


def _convert(pipeline: Pipeline, signature: Signature) -> tuple[bytes, tuple[str, ...]]:
    _register_converters()
    types = [(column.name, _tensor_type(column.kind)) for column in signature.columns]
    options = {"zipmap": False} if signature.classes else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = to_onnx(_without_gaps(pipeline), initial_types=types, options=options, target_opset=_OPSETS)
    if len(graph.graph.input) != len(types):
        raise ValueError("The graph leaves out columns.")
    _lower_case_everywhere(graph)
    return graph.SerializeToString(), tuple(name for name, _type in types)


def _lower_case_everywhere(graph: onnx.ModelProto) -> None:
    """Lower-case text by the "C" locale: the default one is not installed on every machine."""
    for node in graph.graph.node:
        if node.op_type == "StringNormalizer" and all(given.name != "locale" for given in node.attribute):
            node.attribute.append(onnx.helper.make_attribute("locale", "C"))


def _tensor_type(kind: str) -> Any:
    return FloatTensorType([None, 1]) if kind in ("number", "date") else StringTensorType([None, 1])


def _without_gaps(pipeline: Pipeline) -> Pipeline:
    """A copy that takes "" for a missing word: ONNX has no missing text, so the scorer writes "" for it."""
    twin = copy.deepcopy(pipeline)
    transformer: ColumnTransformer = twin.named_steps["columns"]
    for name, fitted, _columns in transformer.transformers_:
        if name.startswith("text") and isinstance(fitted, Pipeline):
            fitted.steps = [step for step in fitted.steps if step[0] not in ("fill", "flatten")]
        elif name in ("category", "crowded"):
            fitted.named_steps["fill"].missing_values = ""
    return twin


def _register_converters() -> None:
    """Teach skl2onnx LightGBM and the missing-value marker; repeating it changes nothing."""
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


def _missing_shape(operator: Any) -> None:
    operator.outputs[0].type = FloatTensorType([None, len(operator.raw_operator.features_)])


def _convert_missing(scope: Any, operator: Any, container: Any) -> None:
    flags = scope.get_unique_variable_name("is_missing")
    container.add_node("IsNaN", [operator.inputs[0].full_name], [flags], op_version=13)
    container.add_node("Cast", [flags], [operator.outputs[0].full_name], to=onnx.TensorProto.FLOAT, op_version=13)
