"""The ONNX twin of a pipeline: the same answers without scikit-learn, or a plain reason why there is none."""

import logging
import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.calibration import CalibratedClassifierCV
from sklearn.pipeline import Pipeline

from services.automl.tempering import sharpness_of
from services.automl.training import predict
from services.models.converters import register_converters
from services.models.convertible import convertible
from services.models.members import members_of
from services.models.onnx_graphs import sharpened, weighted_mean
from services.models.onnx_scoring import OnnxScorer
from services.models.signature import Signature

MIN_ROWS_CHECKED = 1_000
MAX_GAP = 1e-4  # of a probability, or of the spread of the target: more is not rounding to 32 bits
MAX_FOREST_MB = 80.0  # takes 15 seconds and two gigabytes of memory to write
_BYTES_PER_NODE, _BYTES_PER_WEIGHT = 33, 12  # of a graph
_OPSETS = {"": 18, "ai.onnx.ml": 3}
_UNSEEN = "a value that training never saw"
_LOG = logging.getLogger("portal.models")


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
    if texts := [f"“{column.name}”" for column in signature.columns if column.kind == "text"]:
        return Twin(None, (), f"Its text is cut into words as ONNX cannot repeat exactly: {', '.join(texts)}.")
    if (size := forest_megabytes(pipeline)) > MAX_FOREST_MB:
        return Twin(None, (), f"As ONNX this forest would take {size:,.0f} MB, too much for a twin.")
    try:
        content, inputs = _convert(pipeline, signature)
        gap = largest_gap(pipeline, content, replace(signature, onnx_inputs=inputs), rows, seed=seed)
    except Exception as error:  # converters fail in many ways, and every one of them means the same
        _LOG.warning("A model has no ONNX twin: %s.", type(error).__name__)
        return Twin(None, (), "This model has parts that cannot be written as ONNX.")
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
    """At least a thousand rows; in two of three one value is missing or new to training: a category, half a unit."""
    random = np.random.default_rng(seed)
    repeats = -(-MIN_ROWS_CHECKED // len(rows)) + 1
    whole = pd.concat([rows] * repeats, ignore_index=True)
    rough = whole.copy()
    for place, column in enumerate(signature.columns):
        hit = random.random(len(rough)) < 1 / len(signature.columns)
        hit[: len(rows)] = False  # the first copy stays as it is
        rough.loc[hit, column.name] = np.nan
        new = hit & (np.arange(len(rough)) % 2 == place % 2)
        if column.kind == "category":
            rough.loc[new, column.name] = _UNSEEN
        elif column.kind == "number":
            rough.loc[new, column.name] = whole[column.name][new] + 0.5
    return rough


def forest_megabytes(pipeline: Pipeline) -> float:
    """About how large the graph of scikit-learn forests becomes; 0 for other models."""
    trees = [grown.tree_ for member in members_of(pipeline) for grown in _trees_of(member.model)]
    n_nodes = sum(int(tree.node_count) for tree in trees)
    n_weights = sum(int(tree.n_leaves) * _n_weights_per_leaf(tree) for tree in trees)
    return (_BYTES_PER_NODE * n_nodes + _BYTES_PER_WEIGHT * n_weights) / 1e6


def _trees_of(model: Any) -> list[Any]:
    if isinstance(model, CalibratedClassifierCV):
        model = model.calibrated_classifiers_[0].estimator
    return [grown for grown in getattr(model, "estimators_", ()) if hasattr(grown, "tree_")]


def _n_weights_per_leaf(tree: Any) -> int:
    n_answers = int(tree.value.shape[2])
    return 1 if n_answers == 2 else n_answers  # of yes and no, one says both


def _answers(pipeline: Pipeline, rows: pd.DataFrame, signature: Signature) -> NDArray[np.float64]:
    if not signature.classes:
        return predict(pipeline, rows, 0)
    return np.asarray(pipeline.predict_proba(rows), dtype=np.float64)


def _convert(pipeline: Pipeline, signature: Signature) -> tuple[bytes, tuple[str, ...]]:
    register_converters()
    types = [(column.name, _tensor_type(column.kind)) for column in signature.columns]
    graphs = [(_graph(member.pipeline, types, signature), member.weight) for member in members_of(pipeline)]
    if any(len(graph.graph.input) != len(types) for graph, _ in graphs):
        raise ValueError("A graph leaves out columns.")
    whole = graphs[0][0] if len(graphs) == 1 else weighted_mean(graphs)
    return whole.SerializeToString(), tuple(name for name, _type in types)


def _graph(pipeline: Pipeline, types: list[tuple[str, Any]], signature: Signature) -> Any:
    options = {"zipmap": False} if signature.classes else None
    sharpness = sharpness_of(pipeline.named_steps["model"])
    if sharpness is not None:
        inner = pipeline.named_steps["model"].calibrated_classifiers_[0].estimator
        plain = Pipeline([("columns", pipeline.named_steps["columns"]), ("model", inner)])
        return sharpened(_graph(plain, types, signature), sharpness)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return to_onnx(convertible(pipeline), initial_types=types, options=options, target_opset=_OPSETS)


def _tensor_type(kind: str) -> Any:
    return FloatTensorType([None, 1]) if kind in ("number", "date") else StringTensorType([None, 1])
