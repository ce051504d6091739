"""What is written down of a trial beside its score: how far it can be from the true one, and what its model costs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.preparation import Preparation
from services.automl.training import TrialOutcome
from services.automl.trial_intervals import TrialIntervals, trial_intervals


def intervals_of(preparation: Preparation, predictions: NDArray[np.float64]) -> TrialIntervals:
    """How far score and money of out-of-fold predictions can be from the true ones, on the rows that were judged."""
    known = preparation.judged
    y, said = preparation.train.y[known], predictions[known]
    return trial_intervals(preparation.metric.name, y, said, money=preparation.money)


def costs_of(outcome: TrialOutcome) -> dict[str, Any]:
    """Latency and size by the names of the columns of a trial; empty where nothing was measured."""
    found = outcome.measures
    if found is None:
        return {}
    return {"latency_ms": found.row_ms, "batch_latency_ms": found.batch_ms, "size_bytes": float(found.size_bytes)}
