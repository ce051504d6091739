"""Read a version of the data as it is stored, from its Parquet file or from the same rows as CSV."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_MAX_CELL = 1 << 30


def read_stored_file(path: Path | str, types: Mapping[str, str]) -> pd.DataFrame:
    """The columns as they are stored, so that what is learned from them is the same from either file.

    Parameters
    ----------
    types
        By column: "int64", "float64", "str" or "datetime".

    Raises
    ------
    ValueError
        A column is missing, or a cell is not what its column holds; the sentence names the column.
    """
    if str(path).endswith(".parquet"):
        frame: pd.DataFrame = pd.read_parquet(path, columns=list(types))
        return frame
    csv.field_size_limit(_MAX_CELL)
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        header = [_without_guard(name) for name in next(reader, [])]
        absent = [name for name in types if name not in header]
        if absent:
            raise ValueError(f"The file lacks the columns {', '.join(absent)}.")
        rows = [row for row in reader if row]
    places = {name: header.index(name) for name in types}
    return pd.DataFrame({name: _typed(name, [row[places[name]] for row in rows], types[name]) for name in types})


def _typed(name: str, cells: list[str], stored: str) -> "pd.Series[Any]":
    try:
        if stored == "datetime":
            return pd.to_datetime(pd.Series([cell or None for cell in cells], dtype="str"), format="ISO8601")
        if stored == "int64":
            return pd.Series([int(cell) for cell in cells], dtype="int64")
        if stored == "float64":
            return pd.Series([float(cell) if cell else np.nan for cell in cells], dtype="float64")
    except ValueError:
        raise ValueError(f"The column {name} has cells that are not of the type {stored}.") from None
    return pd.Series([_without_guard(cell) if cell else np.nan for cell in cells], dtype="str")


def _without_guard(text: str) -> str:
    """The portal's CSV puts an apostrophe before what a spreadsheet would run."""
    rest = text[1:]
    is_guarded = text.startswith("'") and (
        rest.lstrip().startswith(("=", "+", "-", "@")) or rest[:1] in ("\t", "\r", "\n")
    )
    return rest if rest and is_guarded else text
