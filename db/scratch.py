"""Room for files on their way: on the disk of the portal's data, private, and empty again whatever happens."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.settings import get_database_settings

_LOCK = ".lock"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder that nobody else can enter, removed at the end of the block.

    It lies beside the artefacts of a portal on one machine, so that a finished file is moved there and not copied.
    What a killed process leaves is removed by `sweep_scratch`: its folder is no longer locked.
    """
    folder = _parent() / uuid.uuid4().hex
    unready = folder.with_name(f".{folder.name}")
    unready.mkdir(mode=0o700)
    lock = os.open(unready / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        unready.rename(folder)  # from here on it may be swept
        yield folder
    finally:
        for path in (folder, unready):
            shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def sweep_scratch() -> int:
    """Remove the folders of processes that are gone. Returns how many there were."""
    return sum(_remove_abandoned(folder) for folder in _parent().iterdir() if not folder.name.startswith("."))


def _parent() -> Path:
    parent = get_database_settings().data_dir / "scratch"
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return parent


def _remove_abandoned(folder: Path) -> bool:
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return False  # it is being removed by its owner
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
