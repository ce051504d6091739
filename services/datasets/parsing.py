"""From the bytes of a text file to a typed table and its profile. Pure: it runs wherever it is called.

The portal calls it only in a child process (`parser`), because the bytes come from anybody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from services.datasets.choices import ReadingChoices
from services.datasets.encodings import to_utf8
from services.datasets.errors import UnreadableFileError
from services.datasets.inference import TypedColumn, infer_column
from services.datasets.limits import ReadingLimits
from services.datasets.outcome import TABLE, ColumnReading, ReadingReport
from services.datasets.profile import TableProfile
from services.datasets.profiling import profile_table
from services.datasets.records import read_cells
from services.datasets.separators import describe_separator, find_separator
from services.datasets.tables import write_table


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read: where it is, what was chosen, where results go, and whom to tell how far it is."""

    source: Path
    file_name: str
    folder: Path
    choices: ReadingChoices
    limits: ReadingLimits
    say: Callable[[float | None, str], None]


def parse_file(task: Task) -> tuple[TableProfile, ReadingReport]:
    """Read a file into `table.parquet` in the folder of the task."""
    frame, profile = parse_table(task.source.read_bytes())
    (task.folder / TABLE).write_bytes(write_table(frame))
    columns = tuple(ColumnReading(column.name, column.kind, "", column.notes) for column in profile.columns)
    size = task.source.stat().st_size
    return profile, ReadingReport("CSV", size, profile.n_rows, 0, columns, encoding="UTF-8", warnings=profile.notes)


def parse_table(content: bytes) -> tuple[pd.DataFrame, TableProfile]:
    """Read a delimited text file.

    Raises
    ------
    UnreadableFileError
        The file is empty, is not text, or has a fault in its structure; one sentence says what and where.
    """
    text = to_utf8(content)
    if not text.strip():
        raise UnreadableFileError("The file is empty. Upload a table with the column names in its first line.")
    separator = find_separator(text)
    cells = read_cells(text, separator)
    columns = {name: _infer(cells[name], separator) for name in cells.column_names}
    frame = pd.DataFrame({name: column.values for name, column in columns.items()})
    notes = [] if separator == "," else [f"The columns are separated by {describe_separator(separator)}."]
    column_notes = {name: column.notes for name, column in columns.items()}
    return frame, profile_table(frame, notes=notes, column_notes=column_notes)


def _infer(cells: pa.ChunkedArray, separator: str) -> TypedColumn:
    return infer_column(cells, decimal_comma=separator == ";")
