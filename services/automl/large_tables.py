"""Tables with more rows than a search can look at in its time: it works on a sample, and says so.

The model that is chosen may learn from the other rows as well, where that takes little enough (`SearchSample.rest`).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.splits import Indices
from services.automl.target import MAX_CLASSES, Target
from services.automl.task import Task

MAX_CELLS = 9_000_000
MAX_ROWS, MIN_ROWS = 300_000, 10_000
MOST_CELLS_OF_ALL = 200e6  # eight bytes each, and several copies: beyond that no model learns from all rows
FEWEST_OF_RARER = 500  # of two outcomes, where there are so many: fewer tell models apart badly
FEWEST_OF_CLASS = 10
_MOST_TIMES = 3  # as many rows where one outcome is rare
_FEWEST_WHOLE_GROUPS, _LARGEST_GROUP = 1_000, 0.1  # of the sample: else rows are drawn, and hardly a group is left out


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
    n_columns: int = 0
    all_times: NDArray[np.float64] | None = None
    all_groups: Indices | None = None

    @property
    def sentence(self) -> str:
        """How many rows are looked at, and why not all; empty where all are."""
        if self.drawn is None:
            return ""
        return (
            f"The search looks at {len(self.drawn):,} of {self.n_all:,} rows, drawn at random: it could not look at "
            "all of them in its time."
        )

    def rest(self, sealed: Indices, gap: float) -> Indices:
        """Rows that only the final model may learn from, as positions among all.

        None that was drawn, none of a group that is kept aside, and none later than the gap before what is kept aside.
        None at all of a table so large that no model could learn from all of it.

        Parameters
        ----------
        sealed
            Positions in the sample of the rows that are kept aside.
        """
        if self.drawn is None or self.n_all * self.n_columns > MOST_CELLS_OF_ALL:
            return np.empty(0, dtype=np.intp)
        may = np.ones(self.n_all, dtype=np.bool_)
        may[self.drawn] = False
        kept_aside = self.drawn[sealed]
        if self.all_times is not None and kept_aside.size:
            may &= self.all_times < self.all_times[kept_aside].min() - gap
        if self.all_groups is not None:
            may &= ~np.isin(self.all_groups, self.all_groups[kept_aside])
        return np.flatnonzero(may)


def sample_rows(frame: pd.DataFrame, target: str = "", *, seed: int = 0) -> SampledRows:
    """All rows of a table, or as many as make nine million cells (10,000 to 300,000 rows), in their order.

    With 300,000 rows the 95% interval of an accuracy is ±0.2 points: what more rows would teach is less than what a
    search gains by trying more models on fewer. Values of a target that has few are drawn in proportion.
    """
    n_wanted, random = _n_wanted(frame.shape[1]), np.random.default_rng(seed)
    if len(frame) <= n_wanted:
        return SampledRows(frame, len(frame))
    codes = pd.factorize(frame[target])[0] + 1 if target in frame else np.arange(1, len(frame) + 1)  # 0: unknown
    counts = np.bincount(codes)[1:]
    if len(counts) == 2:
        n_wanted = _with_enough(n_wanted, len(frame), int(counts.min()))
    if len(counts) <= MAX_CLASSES:
        chosen = _in_proportion(codes, n_wanted, random)
    else:
        chosen = np.sort(random.choice(len(frame), n_wanted, replace=False))
    return SampledRows(frame.iloc[chosen].reset_index(drop=True), len(frame))


def sample_for_search(
    known: Target,
    times: NDArray[np.float64] | None,
    groups: Indices | None,
    *,
    n_columns: int,
    seed: int,
    is_whole: bool = False,
) -> SearchSample:
    """The same of rows whose outcome, time and group are known (n,): groups as a whole, else classes in proportion.

    Where rows are drawn, and not groups, no class goes missing, and of two outcomes the rarer one has 500 rows, as far
    as three times as many rows hold them. With `is_whole` all are looked at.
    """
    n, n_wanted = len(known.y), _n_wanted(n_columns)
    if known.task is Task.BINARY:
        n_wanted = _with_enough(n_wanted, n, int(np.bincount(known.y, minlength=2).min()))
    if n <= n_wanted or is_whole:
        return SearchSample(known, times, groups)
    random = np.random.default_rng(seed)
    sizes = np.bincount(groups) if groups is not None else np.empty(0, dtype=np.intp)
    if groups is not None and len(sizes) >= _FEWEST_WHOLE_GROUPS and sizes.max() <= _LARGEST_GROUP * n_wanted:
        drawn = _whole_groups(groups, sizes, n_wanted, random)
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
        n_columns=n_columns,
        all_times=times,
        all_groups=groups,
    )


def _n_wanted(n_columns: int) -> int:
    return int(np.clip(MAX_CELLS // max(1, n_columns), MIN_ROWS, MAX_ROWS))


def _with_enough(n_wanted: int, n: int, n_rarer: int) -> int:
    """As many rows as hold enough of the rarer outcome, within bounds."""
    return int(min(max(n_wanted, np.ceil(FEWEST_OF_RARER * n / max(1, n_rarer))), _MOST_TIMES * n_wanted))


def _whole_groups(groups: Indices, sizes: Indices, n_wanted: int, random: np.random.Generator) -> Indices:
    order = random.permutation(len(sizes))
    n_before = np.cumsum(sizes[order])
    is_drawn = np.zeros(len(sizes), dtype=np.bool_)
    is_drawn[order[: int(np.searchsorted(n_before, n_wanted)) + 1]] = True
    return np.flatnonzero(is_drawn[groups])


def _in_proportion(y: NDArray[Any], n_wanted: int, random: np.random.Generator) -> Indices:
    counts = np.bincount(y)
    wanted = np.minimum(counts, np.maximum(np.round(counts * (n_wanted / len(y))), FEWEST_OF_CLASS)).astype(np.intp)
    drawn = [random.choice(np.flatnonzero(y == label), n, replace=False) for label, n in enumerate(wanted) if n]
    return np.sort(np.concatenate(drawn))
