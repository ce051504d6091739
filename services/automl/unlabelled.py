"""A table without an outcome: which of its columns say something about a row, and what of it is looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Column, describe_columns, model_frame
from services.automl.errors import UnusableDataError

MAX_CELLS = 10_000_000  # of a matrix that is held at once: 80 MB
_MAX_FITTED = 20_000
_MIN_FITTED = 500
_BEYOND_NUMBERS = 1e100  # a number so large has no square; it counts as missing

Clock = Callable[[], float]
"""Seconds that are left."""
Say = Callable[[float, str], None]
"""Told how far the work is (0 to 1) and what happens now."""


@dataclass(frozen=True)
class Unlabelled:
    """The usable columns in the form a pipeline takes (n rows), and those of no use with the reason as their note."""

    x: pd.DataFrame
    columns: tuple[Column, ...]
    left_out: tuple[Column, ...]

    def __len__(self) -> int:
        return len(self.x)


def read_unlabelled(
    frame: pd.DataFrame, *, purpose: str, min_rows: int, feature_columns: Sequence[str] | None = None
) -> Unlabelled:
    """Type the columns and leave out identifiers, constants and empty ones.

    Parameters
    ----------
    purpose
        What the rows are needed for, as the end of a sentence: "to look for groups".

    Raises
    ------
    UnusableDataError
        There are too few rows, or no column says anything about them.
    """
    wanted = list(frame.columns) if feature_columns is None else list(feature_columns)
    absent = [f"“{name}”" for name in wanted if name not in frame.columns]
    if absent:
        raise UnusableDataError(f"The table has no column {', '.join(absent)}. Choose others.")
    if len(frame) < min_rows:
        n = f"{len(frame):,} row{'' if len(frame) == 1 else 's'}"
        raise UnusableDataError(f"The table has {n}; at least {min_rows} are needed {purpose}. Add rows.")
    described = describe_columns(frame[wanted])
    usable = tuple(column for column in described if column.is_usable)
    left_out = tuple(column for column in described if not column.is_usable)
    if not usable:
        reasons = " ".join(f"“{column.name}”: {column.note}" for column in left_out[:5])
        raise UnusableDataError(f"No column tells the rows apart, so nothing can be found. {reasons}".strip())
    x = model_frame(frame, usable)
    numbers = [column.name for column in usable if column.kind in ("number", "date")]
    x[numbers] = x[numbers].where(x[numbers].abs() < _BEYOND_NUMBERS)
    return Unlabelled(x, usable, left_out)


def fitted_rows(n_rows: int, n_columns: int, seed: int) -> NDArray[np.intp]:
    """Which rows a space is fitted on (m,), in their order: all of them unless they would take too much memory."""
    most = int(np.clip(MAX_CELLS // max(n_columns, 1), _MIN_FITTED, _MAX_FITTED))
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(seed).permutation(n_rows)[:most])
