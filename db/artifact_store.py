"""Content-addressed files: a table, a model, an explanation, each stored once under its own sha256.

A name given by a person never becomes a path: the only key is the digest of the bytes. What is small goes by its bytes
(`put`, `get`), what may be large from file to file (`put_file`, `fetch`), a piece at a time.
"""

import errno
import hashlib
import os
import re
import stat
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO

import fsspec
from fsspec.implementations.local import LocalFileSystem

from db.durable_files import PIECE, move_durably, write_durably

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SETTLED_NANOSECONDS = 1_000_000_000
_State = tuple[int, int, int, int]


class ArtifactMissingError(LookupError):
    """No artefact is stored under this digest."""


class ArtifactDamagedError(ValueError):
    """The stored bytes do not have the digest they are stored under; they are not returned."""


class ArtifactStore:
    """Bytes by sha256 on any fsspec file system (`storage_url`: a folder, `s3://bucket/prefix`, ...)."""

    def __init__(self, storage_url: str) -> None:
        self.url = storage_url
        self._filesystem, self._root = fsspec.core.url_to_fs(storage_url)
        self._verified: dict[str, _State | None] = {}  # digest -> state of the file that was verified

    @property
    def is_here(self) -> bool:
        """Whether it is a folder of this machine, or one mounted as such."""
        return isinstance(self._filesystem, LocalFileSystem)

    def put(self, content: bytes) -> str:
        """Store `content` and return its sha256 (64 hex digits). Storing the same bytes again changes nothing.

        Bytes that were changed after they were stored are replaced: whoever stores must find again what they stored.
        """
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not self._holds(digest):
            if self.is_here:
                write_durably(Path(path), content)
            else:
                self._filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
                self._filesystem.pipe_file(path, content)  # object stores publish a finished object or none
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of `digest`, verified before they are returned.

        Raises
        ------
        ArtifactMissingError
            Nothing is stored under this digest.
        ArtifactDamagedError
            The bytes were changed after they were stored.
        """
        return b"".join(self._verified_pieces(digest))

    def put_file(self, path: Path) -> str:
        """Store the file at `path`, which is gone afterwards, and return its sha256; otherwise as `put`.

        On the file system of the store the file is moved, not copied. Nobody may write to it meanwhile.
        """
        with path.open("rb") as file:
            digest = _digest_of(file)
        stored = self._path(digest)
        if self._holds(digest):
            path.unlink()
        elif self.is_here:
            move_durably(path, Path(stored))
        else:
            self._filesystem.makedirs(stored.rpartition("/")[0], exist_ok=True)
            self._filesystem.put_file(str(path), stored)
            path.unlink()
        return digest

    def fetch(self, digest: str, path: Path) -> None:
        """Write the bytes of `digest` to the new file `path`, readable by its owner only, and verify them on the way.

        Raises
        ------
        ArtifactMissingError, ArtifactDamagedError
            As `get`; the file is then not there.
        """
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in self._verified_pieces(digest):
                    file.write(piece)
        except BaseException:
            path.unlink()
            raise

    @contextmanager
    def open_verified(self, digest: str) -> Iterator[Path]:
        """A file with the bytes of `digest`, to read a part of: the stored one where the store is a folder here.

        Its bytes are verified when it is first asked for, and again where it has another size or was written to since.
        Elsewhere it is a copy that goes with the block. Raises as `get`.
        """
        stored = Path(self._path(digest))
        if not self.is_here:
            with tempfile.TemporaryDirectory() as folder:
                self.fetch(digest, Path(folder) / digest)
                yield Path(folder) / digest
            return
        state = _state_of(stored)
        if state is None or self._verified.get(digest) != state:
            self.verify(digest)
            self._verified[digest] = state if state is not None and _is_settled(state) else None
        yield stored

    def verify(self, digest: str) -> None:
        """Read all bytes of `digest` and compare; raises as `get`."""
        for _piece in self._verified_pieces(digest):
            pass

    def size(self, digest: str) -> int:
        """How many bytes are stored under `digest` (they are not verified).

        Raises
        ------
        ArtifactMissingError
            Nothing is stored under this digest.
        """
        try:
            return int(self._filesystem.size(self._path(digest)))
        except FileNotFoundError:
            raise _missing(digest) from None

    def exists(self, digest: str) -> bool:
        """Whether an artefact of this digest is stored (its bytes are not verified)."""
        return bool(self._filesystem.exists(self._path(digest)))

    def _verified_pieces(self, digest: str) -> Iterator[bytes]:
        """The bytes piece by piece; the error comes after the last one, so a receiver must be ready to throw away."""
        found = hashlib.sha256()
        try:
            with self._open(digest) as file:
                while piece := file.read(PIECE):
                    found.update(piece)
                    yield piece
        except FileNotFoundError:
            raise _missing(digest) from None
        if found.hexdigest() != digest:
            raise _damaged(digest)

    @contextmanager
    def _open(self, digest: str) -> Iterator[IO[bytes]]:
        """The stored file. Here it must be a regular one: what a link leads to, anybody may change."""
        path = self._path(digest)
        if not self.is_here:
            with self._filesystem.open(path, "rb") as file:
                yield file
            return
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise _damaged(digest) from None
            raise
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise _damaged(digest)
        with os.fdopen(descriptor, "rb") as file:
            yield file

    def _holds(self, digest: str) -> bool:
        try:
            self.verify(digest)
        except (ArtifactMissingError, ArtifactDamagedError):
            return False
        return True

    def probe(self) -> None:
        """Write a small file, read it back and remove it; raises `OSError` where one of them fails."""
        path, content = f"{self._root}/.probe-{uuid.uuid4().hex}", b"probe"
        self._filesystem.makedirs(self._root, exist_ok=True)
        self._filesystem.pipe_file(path, content)
        found = self._filesystem.cat_file(path)
        self._filesystem.rm_file(path)
        if found != content:
            raise OSError("What was read is not what was written.")

    def list_digests(self) -> list[str]:
        """The digests of everything stored, sorted."""
        found = self._filesystem.find(self._root) if self._filesystem.exists(self._root) else []
        names = (path.rsplit("/", 1)[-1] for path in found)
        return sorted(name for name in names if _SHA256.fullmatch(name))

    def _path(self, digest: str) -> str:
        if not _SHA256.fullmatch(digest):
            raise ArtifactMissingError("An artefact is named by 64 hexadecimal digits.")
        return f"{self._root}/{digest[:2]}/{digest[2:4]}/{digest}"


def _state_of(path: Path) -> _State | None:
    try:
        found = path.lstat()  # of a link that was put in its place, the link
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns  # the last one cannot be set back


def _is_settled(state: _State) -> bool:
    """Whether a change from now on gets another time: two within one tick of the clock of the disk have the same."""
    return time.time_ns() - state[3] > _SETTLED_NANOSECONDS


def _missing(digest: str) -> ArtifactMissingError:
    return ArtifactMissingError(f"No artefact {digest[:12]} is stored here.")


def _damaged(digest: str) -> ArtifactDamagedError:
    return ArtifactDamagedError(f"Artefact {digest[:12]} was changed after it was stored; it is not used.")


def _digest_of(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()
