"""Tables with more rows than a search can look at in its time: it works on a sample, and says so."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

MAX_CELLS = 9_000_000
MAX_ROWS, MIN_ROWS = 300_000, 10_000


@dataclass(frozen=True)
class SampledRows:
    """The rows a search works on.

    Attributes
    ----------
    n_given
        Rows of the whole table.
    """

    frame: pd.DataFrame
    n_given: int

    def document(self) -> dict[str, Any]:
        """For a report: how many rows there were, and how many were used and why."""
        n_used = len(self.frame)
        if n_used == self.n_given:
            return {"n_rows": self.n_given, "n_rows_used": n_used}
        why = f"Of {self.n_given:,} rows {n_used:,} were used, drawn at random: more would not be looked at in time."
        return {"n_rows": self.n_given, "n_rows_used": n_used, "sampling": why}


def sample_rows(frame: pd.DataFrame, *, seed: int = 0) -> SampledRows:
    """All rows of a table, or as many as make nine million cells (10,000 to 300,000 rows), in their order.

    With 300,000 rows the 95% interval of an accuracy is ±0.2 points: what more rows would teach is less than what a
    search gains by trying more models on fewer.
    """
    n_wanted = int(np.clip(MAX_CELLS // max(1, frame.shape[1]), MIN_ROWS, MAX_ROWS))
    if len(frame) <= n_wanted:
        return SampledRows(frame, len(frame))
    chosen = np.sort(np.random.default_rng(seed).choice(len(frame), n_wanted, replace=False))
    return SampledRows(frame.iloc[chosen].reset_index(drop=True), len(frame))
