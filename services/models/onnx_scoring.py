"""Predictions by the ONNX twin of a model, without scikit-learn: what the web process answers with."""

from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd
from numpy.typing import NDArray

from services.models.signature import Signature

Floats = NDArray[np.float64]


class OnnxScorer:
    """One loaded twin. Sessions are safe to share between threads.

    Parameters
    ----------
    content
        The ONNX graph.
    signature
        Of the same model; `onnx_inputs` must not be empty.
    """

    def __init__(self, content: bytes, signature: Signature) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1  # one row is a matter of microseconds: threads only add waiting
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised
        self._session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self._inputs = tuple(
            zip((given.name for given in self._session.get_inputs()), signature.onnx_inputs, strict=True)
        )
        self._kinds = {column.name: column.kind for column in signature.columns}
        self._output = self._session.get_outputs()[-1].name  # after the label, where there is one
        self._gives_classes = bool(signature.classes)

    def predict(self, frame: pd.DataFrame) -> Floats:
        """Probabilities of each class (n, k), or numbers (n,), for a frame from `validate_rows`."""
        feed = {given: self._tensor(frame[column], column) for given, column in self._inputs}
        answer = np.asarray(self._session.run([self._output], feed)[0], dtype=np.float64)
        return answer if self._gives_classes else answer.reshape(-1)

    def _tensor(self, values: "pd.Series[Any]", column: str) -> NDArray[np.generic]:
        if self._kinds[column] in ("number", "date"):
            return values.to_numpy(dtype=np.float32).reshape(-1, 1)
        return values.fillna("").to_numpy(dtype=object).reshape(-1, 1)
