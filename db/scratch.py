"""Room for files on their way: on the disk of the portal's data, private, and empty again whatever happens."""

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.settings import get_database_settings

_LOCK = ".lock"
_KEPT_SECONDS = 7 * 86_400  # what nobody went on with by then will not be gone on with


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


@contextmanager
def unfinished_folder(name: str) -> Iterator[Path]:
    """A private folder for work that goes on after a crash, removed at the end of the block.

    Whoever opens the same name after this process was killed finds what was in it. While a process has it, others that
    open the name get a new folder: nobody waits for work that is taken over from one that is only slow.
    """
    folder = _parent("unfinished") / name
    lock = _locked(folder)
    if lock is None:
        with scratch_folder() as other:
            yield other
        return
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _locked(folder: Path) -> int | None:
    """The lock of the folder, which is made where it is not there; None where somebody else has it or just had it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / _LOCK
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), path.stat()):
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(lock)
    return None


def sweep_scratch() -> int:
    """Remove the folders of processes that are gone, and what is unfinished for a week. Returns how many there were."""
    abandoned = sum(_remove_abandoned(folder) for folder in _parent().iterdir() if not folder.name.startswith("."))
    return abandoned + sum(_remove_old(folder) for folder in _parent("unfinished").iterdir())


def _parent(name: str = "scratch") -> Path:
    parent = get_database_settings().data_dir / name
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return parent


def _remove_old(folder: Path) -> bool:
    try:
        is_old = time.time() - folder.stat().st_mtime > _KEPT_SECONDS
    except FileNotFoundError:
        return False  # its owner has just ended
    return is_old and _remove_abandoned(folder)


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
