"""What a child process makes of fetched rows: the table in its one spelling, and its profile."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from services.datasets.profiling import profile_table
from services.datasets.tables import write_table


def profile_rows(
    fetched: Path, target: Path, notes: Sequence[str], column_notes: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Write the rows of `fetched` to `target` as tables are kept, and return their profile as a document.

    Parameters
    ----------
    fetched
        Parquet as `services.connections.fetching.fetch_table` writes it.
    """
    frame = pq.read_table(fetched, use_threads=False).to_pandas()
    target.write_bytes(write_table(frame))
    return profile_table(frame, notes=notes, column_notes=column_notes).document()
