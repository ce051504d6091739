"""What is written down of a trial beside its score: how far it can be from the true one, and what its model costs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.automl.group_gap import group_gap
from services.automl.preparation import Preparation
from services.automl.priced_rows import priced_judged
from services.automl.serving_limits import BYTES_PER_MB, ServingLimits
from services.automl.task import Task
from services.automl.training import TrialOutcome
from services.automl.trial_intervals import TrialIntervals, trial_intervals

_EVEN_ODDS = 0.5


def intervals_of(preparation: Preparation, predictions: NDArray[np.float64]) -> TrialIntervals:
    """How far score and money of out-of-fold predictions can be from the true ones, on the rows that were judged."""
    known = preparation.judged
    y, said, priced = preparation.train.y[known], predictions[known], priced_judged(preparation)
    gains = None if priced is None else priced.gains
    return trial_intervals(preparation.metric.name, y, said, money=preparation.money, gains=gains)


def gap_of(preparation: Preparation, predictions: NDArray[np.float64]) -> float | None:
    """The largest difference between groups in the share acted on, out of fold; None where there is none to tell.

    Acted on is who reaches the threshold that earns most on these rows, without payoffs who is likelier than not.
    """
    if preparation.task is not Task.BINARY or not preparation.compared:
        return None
    known, priced = preparation.judged, priced_judged(preparation)
    scores = predictions[known, 1]
    acted = scores >= (_EVEN_ODDS if priced is None else priced.threshold(scores))
    gaps = [group_gap(acted, groups[known]) for groups in preparation.compared.values()]
    return max((gap for gap in gaps if gap is not None), default=None)


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
