"""A table as CSV that a spreadsheet opens without running anything (CWE-1236: formulas in cells)."""

from io import BytesIO
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_FORMULA, _CONTROL = r"^[=+\-@]", r"^[\t\r\n]"
_ROWS_AT_ONCE = 65_536


def neutralised(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip().startswith(DANGEROUS) or text.startswith(DANGEROUS) else text


def write_csv(table: Path, target: IO[bytes]) -> None:
    """The rows of a stored table as CSV (UTF-8, commas, text in quotes), a piece at a time.

    Text that begins like a formula is neutralised, in cells and in the header; numbers and dates are what they are.
    Missing cells are empty.
    """
    with pq.ParquetFile(table) as file:
        schema = file.schema_arrow
        header = pa.schema([field.with_name(neutralised(field.name)) for field in schema])
        with pyarrow.csv.CSVWriter(target, header) as writer:
            for batch in file.iter_batches(_ROWS_AT_ONCE, use_threads=False):
                columns = [_neutralised(column) for column in batch.columns]
                writer.write_batch(pa.record_batch(columns, schema=header))


def csv_of(table: Path) -> bytes:
    """As `write_csv`, for a table small enough to be held."""
    buffer = BytesIO()
    write_csv(table, buffer)
    return buffer.getvalue()


def _neutralised(column: pa.Array) -> pa.Array:
    if not pa.types.is_string(column.type):
        return column
    begins_so = pc.match_substring_regex(pc.utf8_ltrim_whitespace(column), _FORMULA)
    is_dangerous = pc.or_(begins_so, pc.match_substring_regex(column, _CONTROL))
    return pc.if_else(pc.fill_null(is_dangerous, False), pc.binary_join_element_wise("'", column, ""), column)
