"""Files that are there as a whole or not at all, also after a power cut."""

import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

PIECE = 1024 * 1024


def move_durably(source: Path, path: Path) -> None:
    """As `write_durably`, without a copy where both are on one file system."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source.chmod(0o600)
    with source.open("rb") as file:
        os.fsync(file.fileno())
    try:
        source.replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy_durably(source, path)
        source.unlink()
    _sync_folder(path.parent)


def write_durably(path: Path, content: bytes) -> None:
    """Write beside, flush to disk, rename: a reader sees all of the file or none of it, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_beside(path, iter((content,)))
    _sync_folder(path.parent)


def _copy_durably(source: Path, path: Path) -> None:
    with source.open("rb") as file:
        _write_beside(path, iter(lambda: file.read(PIECE), b""))


def _write_beside(path: Path, pieces: Iterator[bytes]) -> None:
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
