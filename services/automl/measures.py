"""What a fitted model costs where it is used: milliseconds to answer, bytes to keep."""

import pickle
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from services.automl.task import Task

N_CALLS, N_BATCH_ROWS = 5, 1_000
_N_SAMPLES, _SAMPLE_BYTES = 16, 65_536


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
        About what the fitted pipeline takes as a compressed file, from parts of it that were compressed.
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
        size_bytes=_compressed_size(content),
    )


def _compressed_size(content: bytes) -> int:
    """Trees of many classes are mostly zeros: their files are a tenth of what they take in memory."""
    if len(content) <= _SAMPLE_BYTES * _N_SAMPLES:
        return len(zlib.compress(content, level=1))
    starts = np.linspace(0, len(content) - _SAMPLE_BYTES, _N_SAMPLES).astype(int)
    small = sum(len(zlib.compress(content[start : start + _SAMPLE_BYTES], level=1)) for start in starts)
    return int(len(content) * small / (_SAMPLE_BYTES * _N_SAMPLES))


def _median_milliseconds(call: Callable[[], object]) -> float:
    return float(np.median([_milliseconds(call) for _ in range(N_CALLS)]))


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.thread_time()
    call()
    return 1_000 * (time.thread_time() - started)
