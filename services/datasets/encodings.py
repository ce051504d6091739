"""From bytes to UTF-8, without guessing: UTF-8, or a byte-order mark that says otherwise."""

import codecs

from services.datasets.errors import UnreadableFileError

_MARKS = (  # the longer mark first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY_STARTS = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"%PDF", "a PDF document"),
)


def to_utf8(content: bytes) -> bytes:
    """The text of a file as UTF-8 without a mark.

    Raises
    ------
    UnreadableFileError
        The content is not text, or its encoding is neither UTF-8 nor named by a byte-order mark.
    """
    for start, what in _BINARY_STARTS:
        if content.startswith(start):
            raise UnreadableFileError(f"The content is {what}, not text. Save the table as CSV (UTF-8) instead.")
    text = _decode(content)
    if "\0" in text:
        raise UnreadableFileError(
            f"Line {_line_of(text, text.index(chr(0)))} contains a NUL character, which no table should hold. "
            "Export the file again, or remove the character."
        )
    return text.encode()


def _decode(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        spelled = encoding.removesuffix("-sig").upper()
    raise UnreadableFileError(
        f"This file is not {spelled}: line {line} cannot be read. "
        "Save it as “CSV UTF-8” (in Excel: Save as, CSV UTF-8) and upload it again."
    )


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
