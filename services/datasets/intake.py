"""Receive a file from a person: check its name and size here, read its content in a limited child process."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MAX_BYTES, MAX_FILE_NAME_LENGTH, PARSE_WALL_SECONDS
from services.datasets.parser import LENGTH_BYTES
from services.datasets.profile import TableProfile
from services.datasets.upload import ParsedUpload

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_ROOT = Path(__file__).resolve().parents[2]
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def read_upload(file_name: str, content: bytes, *, wall_seconds: float = PARSE_WALL_SECONDS) -> ParsedUpload:
    """The file as a typed table with its profile. Call it before a transaction is opened: it takes seconds.

    Raises
    ------
    UnreadableFileError
        The file is too large, of another format, or faulty; the sentence says what, where and what to do.
    """
    name = clean_file_name(file_name)
    _check_ending(name)
    if len(content) > MAX_BYTES:
        size, limit = len(content) / 1024**2, MAX_BYTES // 1024**2
        raise UnreadableFileError(f"The file has {size:,.0f} MB; at most {limit} MB are read. Upload fewer rows.")
    head, table = _ask_child(content, wall_seconds)
    if "refusal" in head:
        raise UnreadableFileError(str(head["refusal"]))
    profile = TableProfile.from_document(head["profile"])
    return ParsedUpload(file_name=name, source=content, table=table, profile=profile)


def clean_file_name(file_name: str) -> str:
    """The name as it is kept: no folders, control or direction characters; it is never used as a path."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", file_name))[-1]
    stem, ending = os.path.splitext(_UNSAFE.sub("", last).strip())  # noqa: PTH122 - a name, not a path
    return (stem[: MAX_FILE_NAME_LENGTH - len(ending)] or "table") + ending


def _check_ending(name: str) -> None:
    ending = Path(name).suffix.lower()
    if ending in TEXT_ENDINGS:
        return
    what = f"files ending in {ending}" if ending else "files without an ending"
    raise UnreadableFileError(f"Tables are read from .csv, .tsv and .txt, not from {what}. Save yours as CSV (UTF-8).")


def _ask_child(content: bytes, wall_seconds: float) -> tuple[dict[str, dict[str, object]], bytes]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "services.datasets.parser"],
            input=content,
            capture_output=True,
            timeout=wall_seconds,
            cwd=_ROOT,
            env=_child_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFileError(
            f"Reading the file took longer than {wall_seconds:.0f} seconds. Upload fewer rows or columns."
        ) from None
    if done.returncode != 0 or len(done.stdout) < LENGTH_BYTES:
        raise UnreadableFileError(
            "Reading the file needed more memory or time than one upload may use. Upload fewer rows or columns."
        )
    end = LENGTH_BYTES + int.from_bytes(done.stdout[:LENGTH_BYTES])
    return json.loads(done.stdout[LENGTH_BYTES:end]), done.stdout[end:]


def _child_environment() -> dict[str, str]:
    """Nothing of the portal's own settings: the child needs no secret."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
