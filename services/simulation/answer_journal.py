"""What copies of a model said of settings, kept on disk: a search that was killed goes on from there.

A search asks the same questions in the same order each time, so nothing of it needs to be kept but the answers, which
are what takes long.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ask = Callable[[pd.DataFrame], Floats]
_UNREADY = ".new"
_LOG = logging.getLogger("portal.simulation")


def remembering(ask: Ask, folder: Path) -> Ask:
    """`ask`, from a table to answers (c, n); tables that were asked about before are answered from `folder`."""

    def answer(table: pd.DataFrame) -> Floats:
        kept = folder / f"{_hash(table)}.npy"
        known = _read(kept)
        if known is not None:
            return known
        found = ask(table)
        _write(kept, found)
        return found

    return answer


def _read(kept: Path) -> Floats | None:
    """None where it is not there, or was on its way to the disk when the power failed."""
    try:
        return np.asarray(np.load(kept, allow_pickle=False), dtype=np.float64)
    except (OSError, EOFError, ValueError):
        return None


def _write(kept: Path, found: Floats) -> None:
    """Whoever reads after a crash sees all of it or nothing. Where there is no room the search goes on without."""
    unready = kept.with_suffix(f".{os.getpid()}{_UNREADY}")
    try:
        with unready.open("wb") as file:  # by name, numpy would add its own ending
            np.save(file, found, allow_pickle=False)
        unready.replace(kept)
    except OSError as error:
        _LOG.warning("what was asked could not be kept: %s", type(error).__name__)
        unready.unlink(missing_ok=True)


def _hash(table: pd.DataFrame) -> str:
    """Of names, types and values in their order; names of rows are no part of it."""
    found = hashlib.sha256(repr([*zip(table.columns, table.dtypes.astype(str), strict=True)]).encode("utf-8"))
    found.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return found.hexdigest()
