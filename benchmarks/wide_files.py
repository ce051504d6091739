"""Write large tables of mixed types as CSV: `python -m benchmarks.wide_files 1000000 30 /tmp/large.csv`."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

_PIECE = 100_000


def write_mixed_csv(path: Path, n_rows: int, n_columns: int, *, seed: int = 0) -> None:
    """Whole numbers, decimals with gaps, categories, days, words in quotes and identifiers, in turn."""
    with path.open("w", newline="") as file:
        for start in range(0, n_rows, _PIECE):
            piece = _piece(start, min(_PIECE, n_rows - start), n_columns, np.random.default_rng(seed + start))
            piece.to_csv(file, index=False, header=start == 0, lineterminator="\n")


def _piece(start: int, n_rows: int, n_columns: int, draw: np.random.Generator) -> pd.DataFrame:
    categories = np.array(["Month-to-month", "One year", "Two year", "Paper, by post", "Card"])
    days = np.array([f"2024-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 29)])
    columns: dict[str, object] = {}
    for position in range(n_columns):
        kind, name = position % 6, f"c{position}"
        if kind == 0:
            columns[name] = draw.integers(0, 10_000, n_rows)
        elif kind in (1, 2):
            values = draw.normal(50, 20, n_rows).round(2)
            columns[name] = np.where(draw.random(n_rows) < 0.05, np.nan, values)
        elif kind == 3:
            columns[name] = categories[draw.integers(0, len(categories), n_rows)]
        elif kind == 4:
            columns[name] = days[draw.integers(0, len(days), n_rows)]
        else:
            columns[name] = [f"K-{number:08d}" for number in range(start, start + n_rows)]
    return pd.DataFrame(columns)


if __name__ == "__main__":
    write_mixed_csv(Path(sys.argv[3]), int(sys.argv[1]), int(sys.argv[2]))
