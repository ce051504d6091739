"""A table under examination: its columns by kind, a sample for estimates, and sums that several checks share."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from services.datasets.profile import ColumnProfile, TableProfile, label_of
from services.datasets.targets import is_binary

SAMPLE_ROWS = 200_000
SAMPLE_CELLS = 20_000_000
MIN_SAMPLE_ROWS = 2_000
MAX_NUMBER_CLASSES = 20  # a number with more different values than this is an amount, not a class

T = TypeVar("T")
Numbers = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]
Counts = np.ndarray[Any, np.dtype[np.int64]]


class NotApplicableError(Exception):
    """A check makes no sense for this table; its text says why, for people."""


class Subject:
    """A table, its profile, and what people decided and wrote about its columns.

    `columns` are all columns; `features` those that a model would learn from: neither target nor excluded.
    Estimates use `sample` (rows in their order); what is counted is counted in `frame`.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        *,
        profile: TableProfile,
        target: str | None = None,
        positive_label: str | None = None,
        excluded: Mapping[str, str] | None = None,
        descriptions: Mapping[str, Mapping[str, str]] | None = None,
        today: date | None = None,
    ) -> None:
        self.frame = frame
        self.n_rows = len(frame)
        self.profiles: dict[str, ColumnProfile] = {column.name: column for column in profile.columns}
        self.columns = tuple(column.name for column in profile.columns)
        self.target = target if target in self.profiles else None
        self.positive_label = positive_label
        self.excluded = frozenset(excluded or ())
        self.descriptions = descriptions or {}
        self.today = today or datetime.now(UTC).date()
        self.features = tuple(name for name in self.columns if name != target and name not in self.excluded)
        kinds = {str(name): dtype.kind for name, dtype in frame.dtypes.items()}
        self._types = {name: kinds[name] if kinds[name] in "ifM" else "O" for name in self.columns}
        self._encoded: dict[str, tuple[pa.Array, Codes]] = {}
        self._counts: dict[str, Counts] = {}
        self._known: dict[Any, Any] = {}
        self._guard = threading.Lock()
        self._locks: dict[Any, threading.RLock] = {}

    def once(self, compute: "Callable[[Subject], T]") -> T:
        """What `compute` returns for this subject, computed at the first call only."""
        with self._lock_of(compute):
            if compute not in self._known:
                self._known[compute] = compute(self)
        found: T = self._known[compute]
        return found

    def _lock_of(self, key: Any) -> threading.RLock:
        """Checks run in several threads: whoever comes second waits for what the first computes."""
        with self._guard:
            return self._locks.setdefault(key, threading.RLock())

    def note_of(self, name: str, field: str) -> str:
        """What the data dictionary says of a column; empty where it says nothing."""
        return self.descriptions.get(name, {}).get(field, "")

    @cached_property
    def sample(self) -> pd.DataFrame:
        """At most `SAMPLE_ROWS` rows and about `SAMPLE_CELLS` cells, chosen evenly at random with a fixed seed."""
        return self.frame if len(self.sample_rows) == self.n_rows else self.frame.take(self.sample_rows)

    @cached_property
    def sample_rows(self) -> Counts:
        """The positions of the rows of the sample."""
        n_wanted = min(SAMPLE_ROWS, max(MIN_SAMPLE_ROWS, SAMPLE_CELLS // max(1, len(self.columns))))
        if self.n_rows <= n_wanted:
            return np.arange(self.n_rows)
        return np.sort(np.random.default_rng(0).choice(self.n_rows, n_wanted, replace=False))

    def of_kind(self, *kinds: str) -> tuple[str, ...]:
        """The columns of these kinds but the target."""
        return tuple(name for name in self.columns if name != self.target and self.profiles[name].kind in kinds)

    def of_type(self, letters: str) -> tuple[str, ...]:
        """The columns but the target whose cells are numbers ("if"), dates ("M") or text ("O")."""
        return tuple(name for name in self.columns if name != self.target and self.type_of(name) in letters)

    def type_of(self, name: str) -> str:
        """How the cells of a column are kept: i, f, M, or O for text."""
        return self._types[name]

    def encode(self, name: str) -> tuple[pa.Array, Codes]:
        """The different present texts of a text column in the order of their first row, and the place of each row's
        text among them, −1 where it is missing.
        """
        with self._lock_of(name):
            if name not in self._encoded:
                cells = pa.array(self.frame[name], type=pa.string(), from_pandas=True)
                encoded = pc.dictionary_encode(cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells)
                self._encoded[name] = encoded.dictionary, pc.fill_null(encoded.indices, -1).to_numpy()
        return self._encoded[name]

    def value_counts(self, name: str) -> tuple[pa.Array, Counts]:
        """The different present texts of a text column, and how often each occurs in all rows."""
        if name not in self._counts:
            values, codes = self.encode(name)
            self._counts[name] = np.bincount(codes[codes >= 0], minlength=len(values))
        return self.encode(name)[0], self._counts[name]

    def numbers(self, name: str) -> Numbers:
        """The present numbers of a column in all rows."""
        values: Numbers = self.frame[name].to_numpy(dtype=float)
        return values[~np.isnan(values)]

    @cached_property
    def task(self) -> str | None:
        """What a model would predict: "binary", "classes", "number", or None without a usable target."""
        if self.target is None or self.profiles[self.target].n_distinct < 2:
            return None
        profile = self.profiles[self.target]
        if is_binary(profile):
            return "binary"
        is_amount = self.type_of(self.target) in "if" and profile.n_distinct > MAX_NUMBER_CLASSES
        if is_amount:
            return "number"
        return "classes" if self.type_of(self.target) in "ifO" else None

    @cached_property
    def outcome(self) -> Numbers:
        """The target in the rows of the sample as numbers, NaN where unknown.

        1 for the class the business acts on and 0 for others; without such a class, the rarest is taken; an amount is
        itself.

        Raises
        ------
        NotApplicableError
            There is no target, or it does not vary.
        """
        if self.task is None:
            raise NotApplicableError("No target is chosen yet, so nothing can be compared with it.")
        assert self.target is not None
        column = self.sample[self.target]
        if self.task == "number":
            return column.to_numpy(dtype=float)
        codes, values = pd.factorize(column)
        is_event = np.array([*(float(label_of(value) == self.event) for value in values), np.nan])
        return is_event[codes]  # code −1, missing, is the last

    @cached_property
    def event(self) -> str:
        """The class that `outcome` is about, as a label; empty for amounts."""
        if self.target is None or self.task in (None, "number"):
            return ""
        top = self.profiles[self.target].top_values
        if self.positive_label:
            return self.positive_label
        return min(reversed(top), key=lambda value: value[1])[0] if top else ""
