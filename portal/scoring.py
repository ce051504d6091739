"""The scoring process: holds scikit-learn Pipelines and answers the web process over its standard input and output.

Messages are those of `services.deployments.frames`: "load" brings a pipeline's file, "score" brings rows. The process
ends when its input closes, that is, when the web process does.
"""

import logging
import os
import sys
from collections import OrderedDict
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pandas as pd

from services.deployments.frames import frame_from_bytes, read_message, scores_to_message, write_message
from services.models.pipeline_file import load_pipeline

LOADED_PIPELINES = 4
_LOG = logging.getLogger("portal.scoring")
Answer = tuple[dict[str, Any], bytes]


class ScoringServer:
    """Answers one message after the other."""

    def __init__(self) -> None:
        self._pipelines: OrderedDict[str, Any] = OrderedDict()

    def serve(self, requests: BinaryIO, answers: BinaryIO) -> None:
        """Answer until the requests end."""
        while True:
            try:
                head, body = read_message(requests)
            except EOFError:
                return
            write_message(answers, *self.answer(head, body))

    def answer(self, head: dict[str, Any], body: bytes) -> Answer:
        """The answer to one message; a failure becomes a problem without a value of the rows in it."""
        try:
            if head["action"] == "load":
                return self._load(head["model"], body)
            return self._score(head["model"], body)
        except Exception as error:
            _LOG.warning("A request failed: %s", type(error).__name__)  # the message may quote a value
            return {"problem": type(error).__name__}, b""

    def _load(self, model: str, content: bytes) -> Answer:
        self._pipelines[model] = load_pipeline(content)
        while len(self._pipelines) > LOADED_PIPELINES:
            self._pipelines.popitem(last=False)
        return {"loaded": model}, b""

    def _score(self, model: str, content: bytes) -> Answer:
        pipeline = self._pipelines.get(model)
        if pipeline is None:
            return {"problem": "unknown model"}, b""
        self._pipelines.move_to_end(model)
        return scores_to_message(predict_scores(pipeline, frame_from_bytes(content)))


def predict_scores(pipeline: Any, frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Class probabilities (n, k) where the pipeline has them, else predicted numbers (n,)."""
    predict = pipeline.predict_proba if hasattr(pipeline, "predict_proba") else pipeline.predict
    return np.asarray(predict(frame), dtype=np.float64)


def main() -> None:
    """Serve on standard input and output; whatever a library prints goes to the error stream instead."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    ScoringServer().serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
