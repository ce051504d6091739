"""Which character separates the columns: decided by a quote-aware reader, never by frequency alone."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import TYPE_CHECKING

from services.datasets.choices import ChoiceNeededError, Question, clip_preview
from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MAX_CELL_BYTES

if TYPE_CHECKING:
    from _csv import Reader

SEPARATORS = (",", ";", "\t", "|")
_UNUSUAL = (":", "~", "^", "\x1f", " ")
SAMPLE_RECORDS = 200
_WORDS = {
    ",": "a comma",
    ";": "a semicolon",
    "\t": "a tab",
    "|": "a vertical bar",
    ":": "a colon",
    "~": "a tilde",
    "^": "a caret",
    "\x1f": "a unit separator",
    " ": "a space",
}
_REMARK_FIRST = "The first line is a remark, not the column names. Remove it, so that the names come first."


def open_records(content: bytes, separator: str) -> "Reader":
    """A strict reader over UTF-8 text: a quote that is opened and not closed is an error."""
    csv.field_size_limit(MAX_CELL_BYTES)
    return csv.reader(TextIOWrapper(BytesIO(content), encoding="utf-8", newline=""), delimiter=separator, strict=True)


def find_separator(head: bytes, chosen: str | None = None) -> str:
    """The separator of a UTF-8 table, from its first lines.

    The one that gives every record of the sample the same number of fields, at least two. Where none does (a faulty
    row), the one under which most records agree with the header.

    Raises
    ------
    UnreadableFileError
        No separator gives two columns, a remark comes first, or the chosen separator cannot be one.
    ChoiceNeededError
        Two separators fit equally well, or only unusual ones do.
    """
    if head[:4].lower() == b"sep=":
        raise UnreadableFileError(_REMARK_FIRST)
    if chosen is not None:
        return _check_chosen(head, chosen)
    agreement = {separator: _agreement(head, separator) for separator in SEPARATORS}
    best = max(agreement.values())
    if best == 0:
        raise _one_column_error(head)
    fitting = [separator for separator, share in agreement.items() if share == best]
    if len(fitting) > 1:
        words = " or ".join(_WORDS[separator] for separator in fitting)
        raise ChoiceNeededError([_question(f"The columns could be separated by {words}. Choose one.", head, fitting)])
    _check_remark(head, fitting[0])
    return fitting[0]


def describe_separator(separator: str) -> str:
    """The separator in words."""
    return _WORDS.get(separator, f"“{separator}”")


def _check_chosen(head: bytes, separator: str) -> str:
    if len(separator.encode()) != 1 or separator in '"\r\n' or separator.isalnum():
        raise UnreadableFileError("A separator is one character that is no letter, digit, quote or line break.")
    widths = list(islice(_widths(head, separator), 1))
    if widths and widths[0] < 2:
        raise UnreadableFileError(
            f"With {describe_separator(separator)} as separator the first line has only one column. Choose another."
        )
    return separator


def _agreement(content: bytes, separator: str) -> float:
    """The share of sampled records with as many fields as the header; 0 where the header has fewer than two."""
    widths = list(_widths(content, separator))
    if not widths or widths[0] < 2:
        return 0.0
    return widths.count(widths[0]) / len(widths)


def _widths(content: bytes, separator: str) -> Iterator[int]:
    """Fields per sampled record, up to a fault: the records before it tell the separator, it is reported later."""
    return (len(record) for record in _records(content, separator))


def _records(content: bytes, separator: str) -> Iterator[list[str]]:
    try:
        yield from islice((record for record in open_records(content, separator) if record), SAMPLE_RECORDS)
    except csv.Error:
        return


def _question(sentence: str, head: bytes, separators: list[str]) -> Question:
    previews = {separator: clip_preview(list(islice(_records(head, separator), 6))) for separator in separators}
    return Question(
        code="separator",
        field="separator",
        sentence=sentence,
        options=tuple((separator, describe_separator(separator).capitalize()) for separator in separators),
        preview=previews[separators[0]],
        previews=previews,
    )


def _one_column_error(head: bytes) -> Exception:
    if head.lstrip().startswith(b"#"):
        return UnreadableFileError(_REMARK_FIRST)
    unusual = [separator for separator in _UNUSUAL if _agreement(head, separator) == 1]
    sentence = (
        "Only one column was found. The columns must be separated by a comma, a semicolon, a tab or a vertical bar"
    )
    if unusual:
        words = " or ".join(_WORDS[separator] for separator in unusual)
        return ChoiceNeededError([_question(f"{sentence}; these could be separated by {words}.", head, unusual)])
    return UnreadableFileError(f"{sentence}, in the same way in every line.")


def _check_remark(head: bytes, separator: str) -> None:
    """A remark that happens to hold the separator is as wide as no other line."""
    if not head.lstrip().startswith(b"#"):
        return
    first, *others = _widths(head, separator)
    if others and Counter(others).most_common(1)[0][0] != first:
        raise UnreadableFileError(_REMARK_FIRST)
