"""From the bytes of a text file to a typed table and its profile. Pure: it runs wherever it is called.

The portal calls it only in a child process (`parser`), because the bytes come from anybody.
"""

import pandas as pd
import pyarrow as pa

from services.datasets.encodings import to_utf8
from services.datasets.errors import UnreadableFileError
from services.datasets.inference import TypedColumn, infer_column
from services.datasets.profile import TableProfile
from services.datasets.profiling import profile_table
from services.datasets.records import read_cells
from services.datasets.separators import describe_separator, find_separator


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
