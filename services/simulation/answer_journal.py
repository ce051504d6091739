"""What copies of a model said of settings, kept on disk: a search that was killed goes on from there.

A search asks the same questions in the same order each time, so nothing of it needs to be kept but the answers, which
are what takes long.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ask = Callable[[pd.DataFrame], Floats]
_UNREADY = ".new"


def remembering(ask: Ask, folder: Path) -> Ask:
    """`ask`, from a table to answers (c, n); tables that were asked about before are answered from `folder`."""

    def answer(table: pd.DataFrame) -> Floats:
        kept = folder / f"{_hash(table)}.npy"
        if kept.exists():
            return np.asarray(np.load(kept, allow_pickle=False), dtype=np.float64)
        found = ask(table)
        unready = kept.with_suffix(_UNREADY)
        with unready.open("wb") as file:  # by name, numpy would add its own ending
            np.save(file, found, allow_pickle=False)
        unready.replace(kept)  # whoever reads after a crash sees all of it or nothing
        return found

    return answer


def _hash(table: pd.DataFrame) -> str:
    """Of names, types and values in their order; names of rows are no part of it."""
    found = hashlib.sha256(repr([*zip(table.columns, table.dtypes.astype(str), strict=True)]).encode("utf-8"))
    found.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return found.hexdigest()
