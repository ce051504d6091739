"""Groups of cases alike, for each of which a lever is set once."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.values_in_words import number_in_words
from services.errors import InvalidInputError

Indices = NDArray[np.intp]
ALL = "All cases"
MOST_SEGMENTS = 12
FEWEST_IN_SEGMENT = 100  # with fewer nothing is said of a segment's own setting
_PARTS = 4  # of a number with many values


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A group and the places of its cases."""

    name: str
    cases: Indices

    @property
    def is_small(self) -> bool:
        """Whether it has too few cases for a setting of its own."""
        return len(self.cases) < FEWEST_IN_SEGMENT


def deal_segments(rows: pd.DataFrame, column: str) -> tuple[Segment, ...]:
    """The groups of the cases by the values of a column; a number with many values is cut into quarters.

    Parameters
    ----------
    column
        Empty: all cases are one group.

    Raises
    ------
    InvalidInputError
        The column is not there, or has too many values to be groups.
    """
    if not column:
        return (Segment(ALL, np.arange(len(rows))),)
    if column not in rows.columns:
        raise InvalidInputError(
            f"The groups are to be told by “{column}”, which the data do not have. Choose a column."
        )
    names = _names(rows[column])
    found = list(dict.fromkeys(sorted(names)))
    if len(found) > MOST_SEGMENTS:
        raise InvalidInputError(
            f"“{column}” has {len(found):,} values, and at most {MOST_SEGMENTS} groups are set apart. Choose a column "
            "with fewer values, or put its values into groups on the page of the data."
        )
    own = np.array(names, dtype=object)
    return tuple(Segment(name, np.flatnonzero(own == name)) for name in found)


def _names(values: "pd.Series[Any]") -> list[str]:
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > MOST_SEGMENTS:
        numbers = values.to_numpy(np.float64, na_value=np.nan)
        edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, _PARTS + 1)))
        places = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, max(0, len(edges) - 2))
        spans = [
            f"{place + 1}: {number_in_words(low)} to {number_in_words(high)}"
            for place, (low, high) in enumerate(itertools.pairwise(edges))
        ]
        return [spans[i] if number == number else "missing" for number, i in zip(numbers, places, strict=True)]
    return [str(value) for value in values.astype("string").fillna("missing")]
