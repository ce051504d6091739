"""Which character separates the columns: decided by a quote-aware reader, never by frequency alone."""

import csv
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import TYPE_CHECKING

from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MAX_CELL_BYTES

if TYPE_CHECKING:
    from _csv import Reader

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_RECORDS = 200
_WORDS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
_REMARK_FIRST = "The first line is a remark, not the column names. Remove it, so that the names come first."


def open_records(content: bytes, separator: str) -> "Reader":
    """A strict reader over UTF-8 text: a quote that is opened and not closed is an error."""
    csv.field_size_limit(MAX_CELL_BYTES)
    return csv.reader(TextIOWrapper(BytesIO(content), encoding="utf-8", newline=""), delimiter=separator, strict=True)


def find_separator(content: bytes) -> str:
    """The separator of a UTF-8 table.

    The one that gives every record of the sample the same number of fields, at least two. Where none does (a faulty
    row), the one under which most records agree with the header.

    Raises
    ------
    UnreadableFileError
        No separator gives two columns, or two separators fit equally well.
    """
    if content[:4].lower() == b"sep=":
        raise UnreadableFileError(_REMARK_FIRST)
    agreement = {separator: _agreement(content, separator) for separator in SEPARATORS}
    best = max(agreement.values())
    if best == 0:
        raise UnreadableFileError(_one_column_sentence(content))
    fitting = [separator for separator, share in agreement.items() if share == best]
    if len(fitting) > 1:
        words = " or ".join(_WORDS[separator] for separator in fitting)
        raise UnreadableFileError(
            f"The columns could be separated by {words}. Put text that contains one of them in quotes."
        )
    return fitting[0]


def describe_separator(separator: str) -> str:
    """The separator in words."""
    return _WORDS[separator]


def _agreement(content: bytes, separator: str) -> float:
    """The share of sampled records with as many fields as the header; 0 where the header has fewer than two."""
    widths = list(_widths(content, separator))
    if not widths or widths[0] < 2:
        return 0.0
    return widths.count(widths[0]) / len(widths)


def _widths(content: bytes, separator: str) -> Iterator[int]:
    """Fields per sampled record, up to a fault: the records before it tell the separator, it is reported later."""
    try:
        yield from (len(record) for record in islice(open_records(content, separator), SAMPLE_RECORDS) if record)
    except csv.Error:
        return


def _one_column_sentence(content: bytes) -> str:
    if content.lstrip().startswith(b"#"):
        return _REMARK_FIRST
    return (
        "Only one column was found. The columns must be separated by a comma, a semicolon, a tab or a vertical bar, "
        "in the same way in every line."
    )
