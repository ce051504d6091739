"""How far the values of a column have moved: the population stability index (Siddiqi 2006, Yurdakul 2018)."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from services.datasets.profile import label_of

Band = Literal["stable", "moved", "shifted", "too_few"]

MOVED, SHIFTED = 0.10, 0.25
MIN_ROWS = 200
N_BINS = 10
FEW_VALUES = 20  # up to so many distinct numbers are compared as categories: quantiles miss a constant that moves
MAX_CATEGORIES = 50
SMOOTHING = 0.5
BANDS: dict[Band, str] = {
    "stable": "has the distribution it had",
    "moved": "has moved: its distribution differs visibly",
    "shifted": "has shifted: its distribution is a different one",
    "too_few": f"has fewer than {MIN_ROWS} rows, too few to tell a change from chance",
}
_CHI2_99 = 2.326  # standard normal quantile for the 99th percentile of the null (Wilson–Hilferty)


@dataclass(frozen=True, slots=True)
class DistributionChange:
    """One column: its index and what that means at these numbers of rows."""

    column: str
    psi: float
    band: Band

    def document(self) -> dict[str, Any]:
        """Plain data, as stored."""
        return asdict(self)


def psi_of_counts(reference: Sequence[float], current: Sequence[float], *, smoothing: float = SMOOTHING) -> float:
    """Sum of (q − p) ln(q / p) over the bins, with `smoothing` counts added to each.

    Parameters
    ----------
    reference, current
        Counts in the same bins; both have rows.
    """
    old, new = (np.asarray(counts, dtype=float) + smoothing for counts in (reference, current))
    p, q = old / old.sum(), new / new.sum()
    return float(np.sum((q - p) * np.log(q / p)))


def null_99(n_reference: int, n_current: int, n_bins: int) -> float:
    """The index that equal distributions exceed by chance once in a hundred times: (1/n + 1/m) χ² of B − 1."""
    freedom = max(n_bins - 1, 1)
    chi2 = freedom * (1 - 2 / (9 * freedom) + _CHI2_99 * math.sqrt(2 / (9 * freedom))) ** 3
    return (1 / n_reference + 1 / n_current) * chi2


def band_of(psi: float, n_reference: int, n_current: int, n_bins: int) -> Band:
    """What an index means: bands at .10 and .25, and never less than chance alone explains."""
    if min(n_reference, n_current) < MIN_ROWS:
        return "too_few"
    if psi < max(MOVED, null_99(n_reference, n_current, n_bins)):
        return "stable"
    return "moved" if psi < SHIFTED else "shifted"


def compare_columns(reference: pd.DataFrame, current: pd.DataFrame) -> list[DistributionChange]:
    """Every column of the same kind in both tables, the one that moved most first."""
    found = []
    for name in current.columns:
        if name in reference:
            counts = _binned(reference[name], current[name])
            if counts is not None:
                psi = psi_of_counts(*counts)
                found.append(
                    DistributionChange(str(name), psi, band_of(psi, len(reference), len(current), len(counts[0])))
                )
    return sorted(found, key=lambda change: (-change.psi, change.column))


def _binned(reference: "pd.Series[Any]", current: "pd.Series[Any]") -> tuple[list[int], list[int]] | None:
    """Counts in bins of the reference, with a bin for missing; None where kinds differ or rows are named."""
    old, new = reference.dropna(), current.dropna()
    is_text = [not pd.api.types.is_numeric_dtype(c.dtype) and c.dtype.kind != "M" for c in (reference, current)]
    if is_text[0] != is_text[1] or (reference.dtype.kind == "M") != (current.dtype.kind == "M") or old.empty:
        return None
    counts = old.value_counts()
    if is_text[0] or len(counts) <= FEW_VALUES:
        found = _by_value(counts, new)
    else:
        found = _by_quantile(_as_floats(old), _as_floats(new))
    if found is None:
        return None
    return [*found[0], len(reference) - len(old)], [*found[1], len(current) - len(new)]


def _by_value(old: "pd.Series[int]", new: "pd.Series[Any]") -> tuple[list[int], list[int]] | None:
    n_old = int(old.sum())
    if len(old) > MAX_CATEGORIES and len(old) > n_old / 2:
        return None  # nearly every row has its own value: there is no distribution to compare
    before, after = ({label_of(value): int(n) for value, n in c.items()} for c in (old, new.value_counts()))
    top = list(before)[:MAX_CATEGORIES]
    counts = [[c.get(label, 0) for label in top] for c in (before, after)]
    rest = [n_old - sum(counts[0]), len(new) - sum(counts[1])]
    return ([*counts[0], rest[0]], [*counts[1], rest[1]]) if any(rest) else (counts[0], counts[1])


def _by_quantile(old: "np.ndarray[Any, Any]", new: "np.ndarray[Any, Any]") -> tuple[list[int], list[int]]:
    edges = np.unique(np.quantile(old, np.linspace(0, 1, N_BINS + 1)[1:-1]))
    counts = [np.bincount(np.searchsorted(edges, v, side="right"), minlength=len(edges) + 1) for v in (old, new)]
    return counts[0].tolist(), counts[1].tolist()


def _as_floats(values: "pd.Series[Any]") -> "np.ndarray[Any, Any]":
    if values.dtype.kind == "M":
        return values.to_numpy("datetime64[us]").astype(np.int64).astype(float)
    return values.to_numpy(dtype=float)
