"""What a file is, told from its content; the ending of its name must agree."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services.datasets.errors import UnreadableFileError

Format = Literal["text", "lines", "workbook", "parquet"]

_ENDINGS: dict[str, Format] = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".xlsx": "workbook",
    ".parquet": "parquet",
}
_PACKED = ".gz"
READABLE_ENDINGS = tuple(_ENDINGS) + tuple(
    ending + _PACKED for ending, format_ in _ENDINGS.items() if format_ in ("text", "lines")
)
LISTED_ENDINGS = ".csv, .tsv, .txt, .jsonl, .ndjson (also as .gz), .xlsx and .parquet"

_WORDS: dict[Format, str] = {
    "text": "plain text",
    "lines": "JSON lines",
    "workbook": "an Excel workbook",
    "parquet": "a Parquet file",
}
_ADVICE: dict[Format, str] = {
    "text": "as CSV",
    "lines": "as JSON lines, one object in each line",
    "workbook": "as a real Excel workbook",
    "parquet": "as a real Parquet file",
}
_OWN_ENDING: dict[Format, str] = {"text": ".csv", "lines": ".jsonl", "workbook": ".xlsx", "parquet": ".parquet"}
_REFUSED = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel workbook (.xls), or one with a password. Save it as .xlsx without a password.",
    ),
    (b"\x28\xb5\x2f\xfd", "packed with zstd. Unpack it, or pack it with gzip (.csv.gz)."),
    (b"BZh", "packed with bzip2. Unpack it, or pack it with gzip (.csv.gz)."),
    (b"\xfd7zXZ\x00", "packed with xz. Unpack it, or pack it with gzip (.csv.gz)."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive. Unpack it and upload the table in it."),
    (b"%PDF", "a PDF document. Export the table as CSV (UTF-8)."),
)
_GZIP = b"\x1f\x8b"
_PARQUET, _ENCRYPTED_PARQUET = b"PAR1", b"PARE"


@dataclass(frozen=True, slots=True)
class Identity:
    """The format that the name promises, and whether the content is packed with gzip."""

    format: Format
    is_packed: bool = False


def split_ending(file_name: str) -> tuple[str, bool]:
    """The ending that tells the format, in lower case, and whether .gz follows it."""
    name = Path(file_name.lower())
    return (Path(name.stem).suffix, True) if name.suffix == _PACKED else (name.suffix, False)


def check_ending(file_name: str) -> Identity:
    """The format that a name promises.

    Raises
    ------
    UnreadableFileError
        Tables are not read from files of this ending.
    """
    ending, is_packed = split_ending(file_name)
    if ending + (_PACKED if is_packed else "") in READABLE_ENDINGS:
        return Identity(_ENDINGS[ending], is_packed)
    shown = ending + (_PACKED if is_packed else "")
    what = f"files ending in {shown}" if shown else "files without an ending"
    raise UnreadableFileError(f"Tables are read from {LISTED_ENDINGS}, not from {what}. Save yours as CSV (UTF-8).")


def identify(path: Path, file_name: str) -> Identity:
    """What the file is.

    Raises
    ------
    UnreadableFileError
        The content is none of the formats, or another than the name promises.
    """
    promised = check_ending(file_name)
    if path.stat().st_size == 0:
        raise UnreadableFileError("The file is empty. Upload a table with the column names in its first line.")
    if promised.is_packed:
        if _head(path, 2) != _GZIP:
            raise UnreadableFileError("The name ends in .gz but the content is not packed with gzip. Remove the .gz.")
        return promised
    found = look_inside(path)
    if found == "text" and promised.format == "lines":
        found = "lines"  # told apart line by line
    if found != promised.format:
        ending = split_ending(file_name)[0]
        advice = "Save it as CSV" if found == "text" else f"Let the name end in {_OWN_ENDING[found]}, or save it"
        join = " or" if found == "text" else ""
        raise UnreadableFileError(
            f"The name ends in {ending} but the content is {_WORDS[found]}. {advice}{join} {_ADVICE[promised.format]}."
        )
    return promised


def look_inside(path: Path) -> Format:
    """What the content is, whatever the name says.

    Raises
    ------
    UnreadableFileError
        It is something else, or a Parquet file without its end.
    """
    head = _head(path, 8)
    for start, what in _REFUSED:
        if head.startswith(start):
            raise UnreadableFileError(f"The content is {what}")
    if head.startswith(_GZIP):
        raise UnreadableFileError("The content is packed with gzip. Let the name end in .csv.gz (.tsv.gz, .jsonl.gz).")
    if head.startswith(_ENCRYPTED_PARQUET):
        raise UnreadableFileError("The Parquet file is encrypted. Export it without encryption.")
    if head.startswith(_PARQUET):
        if path.stat().st_size < 12 or _tail(path, 4) != _PARQUET:
            raise UnreadableFileError("The Parquet file has no end: it was cut off on its way. Upload it again.")
        return "parquet"
    if head.startswith(b"PK"):
        return _look_into_archive(path)
    return "text"


def _look_into_archive(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            is_workbook = "xl/workbook.xml" in archive.NameToInfo
            is_binary = "xl/workbook.bin" in archive.NameToInfo
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        raise UnreadableFileError("The archive is damaged and cannot be opened. Save the workbook anew.") from None
    if is_binary:
        raise UnreadableFileError("The content is a binary Excel workbook (.xlsb). Save it as .xlsx.")
    if not is_workbook:
        raise UnreadableFileError("The content is a zip archive. Unpack it and upload the table in it.")
    return "workbook"


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def _tail(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(-size, 2)
        return file.read(size)
