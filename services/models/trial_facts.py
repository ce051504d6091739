"""What is written down of a trial beside its score: how far it can be from the true one, and what its model costs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.preparation import Preparation
from services.automl.serving_limits import BYTES_PER_MB, ServingLimits
from services.automl.training import TrialOutcome
from services.automl.trial_intervals import TrialIntervals, trial_intervals


def intervals_of(preparation: Preparation, predictions: NDArray[np.float64]) -> TrialIntervals:
    """How far score and money of out-of-fold predictions can be from the true ones, on the rows that were judged."""
    known = preparation.judged
    y, said = preparation.train.y[known], predictions[known]
    return trial_intervals(preparation.metric.name, y, said, money=preparation.money)


def costs_of(outcome: TrialOutcome, limits: ServingLimits) -> dict[str, Any]:
    """What a model costs, and what of that is beyond a limit, by the columns of a trial; empty where not measured."""
    found = outcome.measures
    if found is None:
        return {}
    return {
        "latency_ms": found.row_ms,
        "batch_latency_ms": found.batch_ms,
        "size_bytes": float(found.size_bytes),
        "peak_memory_mb": None if found.memory_bytes is None else found.memory_bytes / BYTES_PER_MB,
        "beyond_limits": limits.breach(found.cost),
    }


def excess_of(outcome: TrialOutcome, limits: ServingLimits) -> float | None:
    """How far a model is beyond the limits, for the sampler; None without limits."""
    return limits.excess(outcome.measures.cost) if limits.is_any and outcome.measures is not None else None
