"""Tables with more rows than a search can look at in its time: it works on a sample, and says so.

The model that is chosen may learn from the other rows as well, where that takes little enough (`SearchSample.rest`).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.target import Target
from services.automl.task import Task

Indices = NDArray[np.intp]
MAX_CELLS = 9_000_000
MAX_ROWS, MIN_ROWS = 300_000, 10_000
FEWEST_OF_RARER = 500  # of two outcomes, where there are so many: fewer tell models apart badly
FEWEST_OF_CLASS = 10
_FEWEST_WHOLE_GROUPS = 1_000  # with fewer groups rows are drawn and not groups: hardly one could be left out


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


@dataclass(frozen=True, eq=False)
class SearchSample:
    """The rows a search looks at, of all whose outcome is known.

    Attributes
    ----------
    known, times, groups
        As given, of the rows that were drawn (n,).
    drawn
        Their positions among all (n,), in increasing order; None where all are looked at.
    """

    known: Target
    times: NDArray[np.float64] | None
    groups: Indices | None
    drawn: Indices | None = None
    n_all: int = 0
    all_times: NDArray[np.float64] | None = None
    all_groups: Indices | None = None

    @property
    def sentence(self) -> str:
        """How many rows are looked at, and why not all; empty where all are."""
        if self.drawn is None:
            return ""
        return (
            f"The search looks at {len(self.drawn):,} of {self.n_all:,} rows, drawn at random: it could not look at "
            "more in its time. The model it ends with learns from all others as well, where that takes little enough."
        )

    def rest(self, sealed: Indices, gap: float) -> Indices:
        """Rows that only the final model may learn from, as positions among all.

        None that was drawn, none of a group that is kept aside, and none later than the gap before what is kept aside.

        Parameters
        ----------
        sealed
            Positions in the sample of the rows that are kept aside.
        """
        if self.drawn is None:
            return np.empty(0, dtype=np.intp)
        may = np.ones(self.n_all, dtype=np.bool_)
        may[self.drawn] = False
        kept_aside = self.drawn[sealed]
        if self.all_times is not None and kept_aside.size:
            may &= self.all_times < self.all_times[kept_aside].min() - gap
        if self.all_groups is not None:
            may &= ~np.isin(self.all_groups, self.all_groups[kept_aside])
        return np.flatnonzero(may)


def sample_rows(frame: pd.DataFrame, *, seed: int = 0) -> SampledRows:
    """All rows of a table, or as many as make nine million cells (10,000 to 300,000 rows), in their order.

    With 300,000 rows the 95% interval of an accuracy is ±0.2 points: what more rows would teach is less than what a
    search gains by trying more models on fewer.
    """
    n_wanted = _n_wanted(frame.shape[1])
    if len(frame) <= n_wanted:
        return SampledRows(frame, len(frame))
    chosen = np.sort(np.random.default_rng(seed).choice(len(frame), n_wanted, replace=False))
    return SampledRows(frame.iloc[chosen].reset_index(drop=True), len(frame))


def sample_for_search(
    known: Target, times: NDArray[np.float64] | None, groups: Indices | None, *, n_columns: int, seed: int
) -> SearchSample:
    """The same of rows whose outcome, time and group are known (n,): classes in proportion, groups as a whole.

    No class goes missing, and of two outcomes the rarer one has at least 500 rows where there are so many.
    """
    n, n_wanted = len(known.y), _n_wanted(n_columns)
    if known.task is Task.BINARY:
        rarer = int(np.bincount(known.y, minlength=2).min())
        n_wanted = max(n_wanted, int(np.ceil(FEWEST_OF_RARER * n / max(1, rarer))))
    if n <= n_wanted:
        return SearchSample(known, times, groups)
    random = np.random.default_rng(seed)
    n_groups = 0 if groups is None else int(groups.max()) + 1
    if groups is not None and n_groups >= _FEWEST_WHOLE_GROUPS:
        drawn = _whole_groups(groups, n_groups, n_wanted, random)
    elif known.task.is_classification:
        drawn = _in_proportion(known.y, n_wanted, random)
    else:
        drawn = np.sort(random.choice(n, n_wanted, replace=False))
    return SearchSample(
        known=replace(known, y=known.y[drawn], rows=known.rows[drawn]),
        times=None if times is None else times[drawn],
        groups=None if groups is None else pd.factorize(groups[drawn])[0].astype(np.intp),
        drawn=drawn,
        n_all=n,
        all_times=times,
        all_groups=groups,
    )


def _n_wanted(n_columns: int) -> int:
    return int(np.clip(MAX_CELLS // max(1, n_columns), MIN_ROWS, MAX_ROWS))


def _whole_groups(groups: Indices, n_groups: int, n_wanted: int, random: np.random.Generator) -> Indices:
    order = random.permutation(n_groups)
    n_before = np.cumsum(np.bincount(groups, minlength=n_groups)[order])
    is_drawn = np.zeros(n_groups, dtype=np.bool_)
    is_drawn[order[: int(np.searchsorted(n_before, n_wanted)) + 1]] = True
    return np.flatnonzero(is_drawn[groups])


def _in_proportion(y: NDArray[Any], n_wanted: int, random: np.random.Generator) -> Indices:
    counts = np.bincount(y)
    wanted = np.minimum(counts, np.maximum(np.round(counts * (n_wanted / len(y))), FEWEST_OF_CLASS)).astype(np.intp)
    drawn = [random.choice(np.flatnonzero(y == label), n, replace=False) for label, n in enumerate(wanted) if n]
    return np.sort(np.concatenate(drawn))
