"""Receive a file from a person: check its name and size here, read its content in a limited child process."""

import os
import re
import tempfile
import unicodedata
from dataclasses import replace
from pathlib import Path

from services.datasets.errors import UnreadableFileError
from services.datasets.formats.identify import check_ending
from services.datasets.limits import (
    MAX_BYTES,
    MAX_FILE_NAME_LENGTH,
    MIN_ROWS,
    PARSE_WALL_SECONDS,
    get_reading_limits,
)
from services.datasets.reading import ReadingChoices, read_file
from services.datasets.upload import ParsedUpload

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def read_upload(
    file_name: str,
    content: bytes,
    *,
    choices: ReadingChoices | None = None,
    wall_seconds: float = PARSE_WALL_SECONDS,
    min_rows: int = MIN_ROWS,
) -> ParsedUpload:
    """The file as a typed table with its profile. Call it before a transaction is opened: it takes seconds.

    For files that are small enough to be held in memory twice; `reading.read_file` reads from file to file.

    Raises
    ------
    UnreadableFileError
        The file is too large, of another format, or faulty; the sentence says what, where and what to do.
    ChoiceNeededError
        The file can be read in several ways.
    """
    name = clean_file_name(file_name)
    check_ending(name)
    if len(content) > MAX_BYTES:
        size, limit = len(content) / 1024**2, MAX_BYTES // 1024**2
        raise UnreadableFileError(f"The file has {size:,.0f} MB; at most {limit} MB are read. Upload fewer rows.")
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        source = Path(folder) / "source"
        source.write_bytes(content)
        limits = replace(get_reading_limits(), wall_seconds=wall_seconds)
        read = read_file(source, name, choices or ReadingChoices(), Path(folder), limits=limits, min_rows=min_rows)
        table = read.table.read_bytes()
    return ParsedUpload(file_name=name, source=content, table=table, profile=read.profile)


def clean_file_name(file_name: str) -> str:
    """The name as it is kept: no folders, control or direction characters; it is never used as a path."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", file_name))[-1]
    stem, ending = os.path.splitext(_UNSAFE.sub("", last).strip())  # noqa: PTH122 - a name, not a path
    return (stem[: MAX_FILE_NAME_LENGTH - len(ending)] or "table") + ending
