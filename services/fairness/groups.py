"""Groups of rows by one sensitive column, or by two together: values, quarters of numbers, and who has no value."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.columns import Kind, as_days, as_numbers, as_words, describe_columns
from services.automl.values_in_words import day_in_words, number_in_words

Codes = NDArray[np.intp]
MAX_GROUPS, N_BANDS = 12, 4
MISSING, OTHERS = "no value", "other values"
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Which group each row belongs to.

    Attributes
    ----------
    columns
        One sensitive column, or two.
    names
        Of the k groups, each as a person reads it.
    codes
        The group of each row (n,), 0 to k - 1.
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    codes: Codes

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Rows of each group (k,)."""
        return np.bincount(self.codes, minlength=len(self.names)).astype(np.int64)


def group_by(values: "pd.Series[Any]", column: str) -> Grouping:
    """Groups of one column (n,).

    A number or a date with more than `MAX_GROUPS` different values falls into quarters; words beyond the most frequent
    `MAX_GROUPS` are one group; a row without a value belongs to a group of its own.
    """
    values = values.reset_index(drop=True)
    kind = _kind_of(values, column)
    if kind in ("number", "date"):
        numbers = as_numbers(values) if kind == "number" else as_days(values)
        if numbers.nunique() > MAX_GROUPS:
            return _in_bands(numbers.to_numpy(dtype=np.float64), column, is_day=kind == "date")
    words = as_words(values)
    counts = words.value_counts()
    ranked = sorted(counts.index, key=lambda word: (-int(counts[word]), str(word)))
    kept = sorted(map(str, ranked[:MAX_GROUPS]), key=_natural)
    labels = words.where(words.isin(kept) | words.isna(), _unlike(OTHERS, kept)).fillna(_unlike(MISSING, kept))
    names = [*kept, _unlike(OTHERS, kept), _unlike(MISSING, kept)]
    return _coded((column,), names, labels.to_numpy(dtype=str))


def cross(one: Grouping, other: Grouping) -> Grouping:
    """The groups of two columns together, only those that have rows."""
    codes = one.codes * len(other.names) + other.codes
    present = np.unique(codes)
    names = tuple(f"{one.names[code // len(other.names)]}, {other.names[code % len(other.names)]}" for code in present)
    return Grouping((*one.columns, *other.columns), names, np.searchsorted(present, codes).astype(np.intp))


def _kind_of(values: "pd.Series[Any]", column: str) -> Kind:
    kind = describe_columns(pd.DataFrame({column: values}))[0].kind
    is_numbered = kind == "identifier" and as_numbers(values).notna().sum() == as_words(values).notna().sum()
    return "number" if is_numbered else kind


def _in_bands(numbers: NDArray[np.float64], column: str, *, is_day: bool) -> Grouping:
    """Quarters by the values that are known; equal values are never separated."""
    known = np.isfinite(numbers)
    edges = np.unique(np.quantile(numbers[known], np.linspace(0, 1, N_BANDS + 1)[1:-1], method="higher"))
    above = numbers[known & (numbers > numbers[known].min())]
    edges = edges[edges > numbers[known].min()] if edges[-1] > numbers[known].min() else above[above.argmin() :][:1]
    said = [day_in_words(edge) if is_day else _number(edge, edges) for edge in edges]
    names = [
        f"under {said[0]}",
        *(f"{low} to under {high}" for low, high in pairwise(said)),
        f"{said[-1]} or more",
        MISSING,
    ]
    codes = np.where(known, np.searchsorted(edges, np.where(known, numbers, 0.0), side="right"), len(names) - 1)
    return _coded((column,), names, np.array(names, dtype=str)[codes])


def _number(value: float, edges: NDArray[np.float64]) -> str:
    """In words, with all digits where fewer would make two edges look alike."""
    said = [number_in_words(edge) for edge in edges]
    return number_in_words(value) if len(set(said)) == len(said) else f"{value:.12g}"


def _coded(columns: tuple[str, ...], names: Sequence[str], labels: NDArray[np.str_]) -> Grouping:
    present = [name for name in names if (labels == name).any()]
    codes = np.zeros(len(labels), dtype=np.intp)
    for place, name in enumerate(present):
        codes[labels == name] = place
    shown = [name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…" for name in present]
    return Grouping(columns, tuple(shown), codes)


def _unlike(name: str, taken: Sequence[str]) -> str:
    """A name of our own that no value has."""
    while name in taken:
        name = f"({name})"
    return name


def _natural(word: str) -> tuple[int, float, str]:
    """Numbers as numbers, before words."""
    try:
        return 0, float(word), word
    except ValueError:
        return 1, 0.0, word
