"""How differently groups of people are treated: the share of each that is acted on, and the largest difference."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.automl.business_inputs import MIN_GROUP_ROWS
from services.automl.columns import as_words

MAX_GROUPS, N_BANDS = 12, 4
_OTHERS = "other"


def group_labels(values: "pd.Series[Any]") -> NDArray[np.str_]:
    """The group of each row (n,): its value, or the quarter its number falls into where there are many.

    Values beyond the most frequent `MAX_GROUPS` are one group; a missing value is the group "".
    """
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > MAX_GROUPS:
        edges = np.unique(np.nanquantile(values.to_numpy(np.float64), np.linspace(0, 1, N_BANDS + 1)[1:-1]))
        bands = np.searchsorted(edges, values.to_numpy(np.float64), side="right").astype(str)
        return np.where(values.isna().to_numpy(), "", bands)
    words = as_words(values).fillna("")
    frequent = words.value_counts().index[:MAX_GROUPS]
    return words.where(words.isin([*frequent, ""]), _OTHERS).to_numpy(dtype=str)


def shares_acted(acted: NDArray[np.bool_], groups: NDArray[np.str_]) -> Mapping[str, float]:
    """The share acted on of each group of at least `MIN_GROUP_ROWS` of the rows (n,)."""
    names, codes = np.unique(groups, return_inverse=True)
    sizes = np.bincount(codes, minlength=len(names))
    n_acted = np.bincount(codes, weights=acted.astype(np.float64), minlength=len(names))
    return {
        str(name): float(n / size)
        for name, n, size in zip(names, n_acted, sizes, strict=True)
        if size >= MIN_GROUP_ROWS and name
    }


def group_gap(acted: NDArray[np.bool_], groups: NDArray[np.str_]) -> float | None:
    """The largest difference between two groups in the share acted on (demographic parity difference).

    None where fewer than two groups are large enough: that is no gap of 0.
    """
    shares = shares_acted(acted, groups).values()
    return max(shares) - min(shares) if len(shares) > 1 else None
