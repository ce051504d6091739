"""Who a worker is: the same after a restart, and never the same as another that is running."""

import fcntl
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path


@contextmanager
def hold_executor_id(data_dir: Path) -> Iterator[str]:
    """An executor id for as long as the block runs.

    Each id has a file under `data_dir`, locked while it is in use. A restarted worker finds the lock of its dead
    predecessor free, takes its id and so resumes its work; a second worker on the machine takes the next file.
    """
    folder = data_dir / "workers"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in count(1):
        descriptor = os.open(folder / f"{number}.id", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        try:
            yield _read_or_write_id(descriptor)
        finally:
            os.close(descriptor)
        return


def _read_or_write_id(descriptor: int) -> str:
    known = os.read(descriptor, 200).decode().strip()
    if known:
        return known
    created = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
    os.write(descriptor, created.encode())
    os.fsync(descriptor)
    return created
