"""One hash over what a model learns from, the same whether the rows came from Parquet or from CSV."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd


def input_fingerprint(x: pd.DataFrame, y: Any) -> str:
    """The sha256 over names and values of typed inputs, in order, and of the outcome.

    Parameters
    ----------
    x
        Columns of float64 or of text, missing as NaN.
    y
        Numbers, or positions of classes (n,).
    """
    digest = hashlib.sha256()
    for name in x.columns:
        values = x[name]
        digest.update(f"{name}\x1e".encode())
        if values.dtype == "float64":
            numbers = values.to_numpy() + 0.0  # -0.0 and 0.0 are one number
            digest.update(np.where(np.isnan(numbers), np.nan, numbers).astype("<f8").tobytes())
        else:
            digest.update("\x1f".join("\x00" if part != part else str(part) for part in values).encode())
    digest.update(np.asarray(y).astype("<f8").tobytes())
    return digest.hexdigest()
