"""The rows of a second file, on which a search without a portal is tested."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from services.automl.columns import as_words, model_frame
from services.automl.errors import UnusableDataError

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from services.automl.estimates import Estimate
    from services.automl.more_rows import MoreRows
    from services.automl.preparation import Preparation
    from services.automl.searching import Search


_N_ANSWERS = 15


def check_test_file(preparation: "Preparation", frame: pd.DataFrame | None) -> None:
    """Before the search: nobody waits for a minute to hear that a column is missing."""
    if frame is None:
        return
    needed = [*(column.name for column in preparation.columns), preparation.target]
    absent = [f"“{name}”" for name in needed if name not in frame.columns]
    if absent:
        raise UnusableDataError(f"The test file lacks {', '.join(absent)}. Add what the training file has.")


@dataclass(frozen=True)
class Tested:
    """What a model says of rows that neither it nor the search has seen.

    Attributes
    ----------
    y, answers
        What happened (n,) and what was predicted (n, k) or (n,).
    source
        "test" for rows of a file of their own, answered by the final model; "hold-out" for rows kept aside, answered by
        the models of the folds.
    seconds
        How long the answers took; None where that was not measured.
    """

    y: Any
    answers: Any
    source: str
    seconds: float | None = None

    def document(self, preparation: "Preparation") -> dict[str, Any]:
        """What the report says of it."""
        from services.automl.intervals import LEVEL, score_interval
        from services.automl.scoring import score

        metric, n = preparation.metric.name, len(self.y)
        value = score(metric, self.y, self.answers)
        interval = score_interval(metric, self.y, self.answers, seed=preparation.seed)
        return {
            "score": value,
            "scored_on": self.source,
            "holdout": {"value": value, **asdict(interval), "level": LEVEL, "n": n},
            "predict_seconds": None if self.seconds is None else round(self.seconds, 4),
            **({"n_test": n} if self.source == "test" else {}),
        }


def answer_test_file(preparation: "Preparation", pipeline: "Pipeline", frame: pd.DataFrame) -> Tested:
    """What the final model says of rows that came in a file of their own."""
    from services.automl.training import predict

    began = time.monotonic()
    answers = predict(pipeline, model_frame(frame, preparation.columns), len(preparation.classes))
    seconds = time.monotonic() - began
    truth, known = _truth(preparation, frame)
    return Tested(truth, answers[known], "test", seconds)


def answer_holdout(preparation: "Preparation", search: "Search") -> Tested:
    """What the models of the folds say of the rows kept aside."""
    return Tested(preparation.holdout.y, search.team.sealed(search.result.entries), "hold-out")


def expected_score(
    preparation: "Preparation", estimate: "Estimate", more: "MoreRows | None", *, n_new: int | None = None
) -> dict[str, Any] | None:
    """What the final model is expected to score, which learns from more rows than those that were judged.

    None where what half of the rows gave is not known. With `n_new` the interval is that of a test of so many rows.
    """
    from services.automl.estimates import on_new_rows
    from services.automl.halves import expected, n_learned

    if more is None:
        return None
    n_before, n_rows = n_learned(preparation), len(preparation.train) + len(preparation.holdout)
    judged = estimate if n_new is None else on_new_rows(estimate, n_new, preparation.metric)
    found = expected(judged, more, preparation.metric, n_before=n_before, n_rows=n_rows)
    return asdict(found) | {"more_rows": asdict(more)}


def expected_on_test(
    preparation: "Preparation", estimate: "Estimate", more: "MoreRows | None", tested: Mapping[str, Any]
) -> dict[str, Any]:
    """Where the score of the test rows was to be expected before they were looked at; nothing without a test."""
    from services.automl.estimates import on_new_rows

    if not tested.get("n_test"):
        return {}
    found = expected_score(preparation, estimate, more, n_new=tested["n_test"])
    found = found or asdict(on_new_rows(estimate, tested["n_test"], preparation.metric))
    return {"expected_on_test": {key: found[key] for key in ("value", "low", "high", "method")}}


def one_row_milliseconds(preparation: "Preparation", pipeline: "Pipeline", frame: pd.DataFrame) -> float:
    """How long one answer takes on the clock, from a row as the file has it: the median of several.

    The search has called the pipeline before, so that nothing is imported meanwhile.
    """
    from services.automl.training import predict

    row, seconds = frame.head(1), []
    for _ in range(_N_ANSWERS):
        began = time.perf_counter()
        predict(pipeline, model_frame(row, preparation.columns), len(preparation.classes))
        seconds.append(time.perf_counter() - began)
    return round(1_000 * float(np.median(seconds)), 3)


def _truth(preparation: "Preparation", frame: pd.DataFrame) -> tuple[Any, Any]:
    """The targets of the test rows that have one the model knows, and which rows those are."""
    words = as_words(frame[preparation.target]).reset_index(drop=True)
    if preparation.classes:
        values = words.map({label: code for code, label in enumerate(preparation.classes)})
    else:
        values = pd.to_numeric(words, errors="coerce")
    known = values.notna().to_numpy()
    return values[known].to_numpy(dtype=np.int64 if preparation.classes else np.float64), known
