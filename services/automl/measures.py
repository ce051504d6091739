"""What a fitted model costs where it is used: milliseconds to answer, bytes to keep."""

import pickle
import time
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from services.automl.serving_limits import NO_LIMITS, ServingCost, ServingLimits
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
    memory_bytes
        At most held while the model is loaded and answers those rows; None where no limit asks for it.
    """

    columns_ms: float
    model_ms: float
    batch_ms: float
    size_bytes: int
    memory_bytes: int | None = None

    @property
    def row_ms(self) -> float:
        """Milliseconds to answer one row."""
        return self.columns_ms + self.model_ms

    @property
    def cost(self) -> ServingCost:
        """What the limits of an objective are compared with."""
        return ServingCost(self.row_ms, self.memory_bytes, self.size_bytes, self.batch_ms)


def measure(
    pipeline: Pipeline, x: pd.DataFrame, task: Task, limits: ServingLimits = NO_LIMITS
) -> tuple[bytes, Measures]:
    """A fitted pipeline, pickled, and what it costs on typed rows (n, m).

    Memory takes longer to find out, and is only where `limits` has something to compare.
    """
    columns, model = pipeline.named_steps["columns"], pipeline.named_steps["model"]
    answer = model.predict_proba if task.is_classification else model.predict
    row, features = x.head(1), columns.transform(x.head(1))
    content = pickle.dumps(pipeline, protocol=5)
    return content, Measures(
        columns_ms=_median_milliseconds(lambda: columns.transform(row)),
        model_ms=_median_milliseconds(lambda: answer(features)),
        batch_ms=_milliseconds(lambda: answer(columns.transform(x.head(N_BATCH_ROWS)))),
        size_bytes=_compressed_size(content),
        memory_bytes=None if limits.memory_mb is None else _held_bytes(content, x.head(N_BATCH_ROWS), task),
    )


def serving_cost(pipeline: Pipeline, x: pd.DataFrame, task: Task, *, file_bytes: int) -> ServingCost:
    """What any fitted pipeline costs, also a team of several, on typed rows (n, m)."""
    row, batch = x.head(1), x.head(N_BATCH_ROWS)
    row_ms = _median_milliseconds(lambda: _answer(pipeline, row, task))
    batch_ms = _milliseconds(lambda: _answer(pipeline, batch, task))
    held = _held_bytes(pickle.dumps(pipeline, protocol=5), batch, task)
    return ServingCost(row_ms, held, file_bytes, batch_ms)


def _held_bytes(content: bytes, x: pd.DataFrame, task: Task) -> int:
    """The most that Python and numpy hold while the model is read and answers.

    LightGBM keeps its trees where this cannot look, but reads them from a text of about their size, which is counted.
    """
    tracemalloc.start()
    try:
        _answer(pickle.loads(content), x, task)  # noqa: S301 - pickled in this process
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _answer(pipeline: Pipeline, x: pd.DataFrame, task: Task) -> object:
    return pipeline.predict_proba(x) if task.is_classification else pipeline.predict(x)


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
