"""What a fitted model costs where it is used: milliseconds to answer, bytes to keep."""

import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from services.automl.task import Task

N_CALLS, N_BATCH_ROWS = 5, 1_000


@dataclass(frozen=True)
class Measures:
    """Measured in the process that fitted the model, as time of its one thread: what else runs does not count.

    Attributes
    ----------
    columns_ms, model_ms
        Median milliseconds for one row: of columns to numbers, and of numbers to an answer.
    batch_ms
        Milliseconds to answer up to 1,000 rows at once.
    size_bytes
        Of the fitted pipeline, pickled; the file that is stored is compressed and smaller.
    """

    columns_ms: float
    model_ms: float
    batch_ms: float
    size_bytes: int

    @property
    def row_ms(self) -> float:
        """Milliseconds to answer one row."""
        return self.columns_ms + self.model_ms


def measure(pipeline: Pipeline, x: pd.DataFrame, task: Task) -> tuple[bytes, Measures]:
    """A fitted pipeline, pickled, and what it costs on typed rows (n, m)."""
    columns, model = pipeline.named_steps["columns"], pipeline.named_steps["model"]
    answer = model.predict_proba if task.is_classification else model.predict
    row, features = x.head(1), columns.transform(x.head(1))
    content = pickle.dumps(pipeline, protocol=5)
    return content, Measures(
        columns_ms=_median_milliseconds(lambda: columns.transform(row)),
        model_ms=_median_milliseconds(lambda: answer(features)),
        batch_ms=_milliseconds(lambda: answer(columns.transform(x.head(N_BATCH_ROWS)))),
        size_bytes=len(content),
    )


def _median_milliseconds(call: Callable[[], object]) -> float:
    return float(np.median([_milliseconds(call) for _ in range(N_CALLS)]))


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.thread_time()
    call()
    return 1_000 * (time.thread_time() - started)
