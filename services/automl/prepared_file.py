"""A preparation in a file, which every child of a worker maps into its memory instead of getting a copy.

Columns stay outside the pickle (protocol 5), one after another, and are mapped copy-on-write: pages that nobody changes
are in memory once for all children. The file is written and read by one worker only, in a folder of its own; whether it
is still what was written is seen by its state, without reading it.
"""

import mmap
import os
import pickle
import struct
from dataclasses import dataclass
from pathlib import Path

from services.automl.preparation import Preparation

_HEAD = struct.Struct("<QQ")  # how many buffers, and how long the pickle is
_LENGTH = struct.Struct("<Q")
_ALIGNED = 64


class PreparedFileLostError(Exception):
    """The file is gone or was changed: prepare the table again."""


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """Where a preparation lies, and how its file looked when it was written."""

    path: Path
    state: tuple[int, int, int, int]

    @property
    def n_bytes(self) -> int:
        """Size of the file."""
        return self.state[0]

    @property
    def is_unchanged(self) -> bool:
        """Whether the file is still there, as it was written."""
        try:
            return _state_of(self.path.stat()) == self.state
        except FileNotFoundError:
            return False

    def load(self) -> Preparation:
        """The preparation, its columns in shared memory.

        Raises
        ------
        PreparedFileLostError
            The file is gone or was changed.
        """
        try:
            with self.path.open("rb") as file:
                if _state_of(os.fstat(file.fileno())) != self.state:
                    raise PreparedFileLostError
                content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
        except FileNotFoundError:
            raise PreparedFileLostError from None
        n_buffers, n_pickle = _HEAD.unpack_from(content)
        lengths = [_LENGTH.unpack_from(content, _HEAD.size + number * _LENGTH.size)[0] for number in range(n_buffers)]
        place = _HEAD.size + n_buffers * _LENGTH.size
        pickled, place = content[place : place + n_pickle], _aligned(place + n_pickle)
        buffers = []
        for length in lengths:
            buffers.append(content[place : place + length])
            place = _aligned(place + length)
        preparation: Preparation = pickle.loads(pickled, buffers=buffers)  # noqa: S301  written by this worker, unchanged
        return preparation


def write_prepared_file(preparation: Preparation, path: Path) -> PreparedFile:
    """Write the new file `path`, readable by its owner only."""
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(preparation, protocol=5, buffer_callback=buffers.append)
    views = [buffer.raw() for buffer in buffers]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_HEAD.pack(len(views), len(pickled)))
        file.write(b"".join(_LENGTH.pack(view.nbytes) for view in views))
        file.write(pickled)
        for view in views:
            file.seek(_aligned(file.tell()))
            file.write(view)
        file.truncate(_aligned(file.tell()))
    return PreparedFile(path, _state_of(path.stat()))


def _aligned(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED


def _state_of(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns
