"""From UTF-8 text to columns of cells, refusing every structural fault with the line it is in."""

import csv
from collections import Counter
from io import BytesIO

import pyarrow as pa
import pyarrow.csv as pa_csv

from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MAX_COLUMNS, MAX_NAME_LENGTH, MAX_ROWS
from services.datasets.separators import open_records

_BLOCK_BYTES = 64 * 1024**2


def read_cells(content: bytes, separator: str) -> pa.Table:
    """Every cell as text, under the names of the header.

    A strict, quote-aware pass checks the structure first, because the fast reader repairs faults silently.

    Raises
    ------
    UnreadableFileError
        A fault in the header or in a row; the sentence names the line.
    """
    names, n_rows = _check_structure(content, separator)
    table = pa_csv.read_csv(
        BytesIO(content),
        read_options=pa_csv.ReadOptions(
            use_threads=False, block_size=_BLOCK_BYTES, column_names=_positions(names), skip_rows_after_names=1
        ),
        parse_options=pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types={position: pa.string() for position in _positions(names)}, strings_can_be_null=False
        ),
    )
    if table.num_rows != n_rows:
        raise UnreadableFileError("The quotes in this file can be read in two ways. Export it again as CSV (UTF-8).")
    return table.rename_columns(names)


def _check_structure(content: bytes, separator: str) -> tuple[list[str], int]:
    reader = open_records(content, separator)
    names: list[str] = []
    start, n_rows = 1, 0
    try:
        for record in reader:
            if record and not names:
                names = _check_names([name.strip() for name in record])
            elif record:
                n_rows += 1
                _check_row(len(record), len(names), start, n_rows)
            start = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFileError(_quote_sentence(str(error), start)) from None
    _check_row_count(n_rows)
    return names, n_rows


def _check_names(names: list[str]) -> list[str]:
    if len(names) > MAX_COLUMNS:
        raise UnreadableFileError(
            f"The file has {len(names):,} columns; at most {MAX_COLUMNS:,} are read. Upload the columns that matter."
        )
    numeric = sum(_is_number(name) for name in names)
    if 2 * numeric > len(names):
        raise UnreadableFileError(
            f"The first line looks like data: {numeric} of its {len(names)} cells are numbers. "
            "Add a line with the column names."
        )
    for position, name in enumerate(names, start=1):
        _check_name(name, position)
    repeated = next((name for name, count in Counter(names).items() if count > 1), None)
    if repeated is not None:
        places = [str(position) for position, name in enumerate(names, start=1) if name == repeated]
        raise UnreadableFileError(
            f"{len(places)} columns are called “{repeated}” (columns {', '.join(places)}). Give each its own name."
        )
    return names


def _check_name(name: str, position: int) -> None:
    if not name:
        raise UnreadableFileError(f"Column {position} has no name. Name it in the first line.")
    if len(name) > MAX_NAME_LENGTH:
        raise UnreadableFileError(
            f"The name of column {position} has {len(name)} characters; at most {MAX_NAME_LENGTH} are read. Shorten it."
        )
    if not name.isprintable():
        raise UnreadableFileError(f"The name of column {position} contains a control character. Remove it.")


def _check_row(n_fields: int, n_names: int, line: int, n_rows: int) -> None:
    if n_fields != n_names:
        values = "1 value" if n_fields == 1 else f"{n_fields} values"
        raise UnreadableFileError(
            f"Line {line} has {values}, but the header names {n_names} columns. Correct that line and upload again."
        )
    if n_rows > MAX_ROWS:
        raise UnreadableFileError(f"The file has more than {MAX_ROWS:,} rows. Upload a sample of them.")


def _check_row_count(n_rows: int) -> None:
    if n_rows == 0:
        raise UnreadableFileError("The file has column names but no rows. Upload the table with its rows.")
    if n_rows == 1:
        raise UnreadableFileError("The file has only one row. A model learns from many examples; upload all of them.")


def _quote_sentence(cause: str, line: int) -> str:
    if "field larger" in cause:
        return f"Line {line} has a cell of more than 1 MB, or a quote that is opened and not closed. Correct that line."
    return f"In line {line} a quote is opened and not closed as it should be. Correct that line and upload again."


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _positions(names: list[str]) -> list[str]:
    """Names for the fast reader: its own handling of the header is not used."""
    return [f"column {position}" for position in range(len(names))]
