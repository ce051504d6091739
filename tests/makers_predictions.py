"""Make a model that really predicts: a small scikit-learn Pipeline and its ONNX twin."""

import warnings
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from services.deployments.answers import Scores
from services.deployments.queries import ServedModel
from services.models.signature import Signature
from tests.makers_datasets import make_frame
from tests.makers_models import make_finished, make_signature

ROWS: dict[str, list[Any]] = {"tenure": [1, 70], "contract": ["Month-to-month", "Two year"]}


@dataclass(frozen=True)
class Fitted:
    """A fitted pipeline in every form the portal keeps."""

    pipeline: Any
    onnx: bytes
    signature: Signature

    def probabilities(self, rows: dict[str, list[Any]]) -> npt.NDArray[np.float64]:
        """What scikit-learn itself says."""
        answer: npt.NDArray[np.float64] = self.pipeline.predict_proba(_typed(pd.DataFrame(rows)))
        return answer


@dataclass
class EvenScorer:
    """Says half and half of every row, and remembers what it was given."""

    seen: list[pd.DataFrame] = field(default_factory=list)

    def predict(self, frame: pd.DataFrame) -> Scores:
        """(n, 2) halves."""
        self.seen.append(frame)
        return np.full((len(frame), 2), 0.5)


@lru_cache
def fit() -> Fitted:
    """A logistic regression of leaving on tenure and contract; deterministic, fitted once per test session."""
    frame = make_frame(300)
    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), ["tenure"]),
            ("categories", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["contract"]),
        ]
    )
    pipeline = make_pipeline(columns, LogisticRegression())
    pipeline.fit(_typed(frame[["tenure", "contract"]]), frame["churn"])
    return Fitted(pipeline, _to_onnx(pipeline), replace(make_signature(), onnx_inputs=("tenure", "contract")))


def make_predicting(*, with_twin: bool = True) -> dict[str, Any]:
    """Arguments of `make_case` for a model that predicts, with or without its ONNX twin."""
    from services.models.pipeline_file import dump_pipeline

    fitted = fit()
    return {
        "onnx": fitted.onnx if with_twin else None,
        "onnx_reason": None if with_twin else "Made for a test.",
        "pipeline_file": dump_pipeline(fitted.pipeline),
        "signature": fitted.signature,
    }


def make_served(name: str = "churn-1", *, digest: str = "d" * 64, **changes: Any) -> ServedModel:
    """A model as serving sees it, without a database."""
    parts = make_finished()
    values: dict[str, Any] = {
        "id": "m",
        "name": name,
        "number": 1,
        "project_id": "p",
        "digest": digest,
        "pipeline_sha256": "a" * 64,
        "onnx_sha256": "b" * 64,
        "signature": parts.signature,
        "threshold": 0.5,
        **changes,
    }
    return ServedModel(**values)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(tenure=frame["tenure"].astype("float64"))


def _to_onnx(pipeline: Pipeline) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from skl2onnx import to_onnx
        from skl2onnx.common.data_types import FloatTensorType, StringTensorType

        graph = to_onnx(
            pipeline,
            initial_types=[("tenure", FloatTensorType([None, 1])), ("contract", StringTensorType([None, 1]))],
            options={LogisticRegression: {"zipmap": False}},
        )
    content: bytes = graph.SerializeToString()
    return content
