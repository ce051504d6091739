"""Artefacts of a store elsewhere, kept on this machine too: verified like the originals, the least used go first.

All processes of a machine share the folder. Each holds a lock on the mark of a copy while it reads it, so that nobody
makes room with what another is reading.
"""

import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from db.artifact_store import ArtifactDamagedError, ArtifactMissingError, ArtifactStore

_ABANDONED_SECONDS = 3_600.0
_FULL = (errno.ENOSPC, errno.EDQUOT)


class CachedArtifactStore(ArtifactStore):
    """A store elsewhere that keeps at most `max_bytes` of what was read from it in `folder`."""

    def __init__(self, storage_url: str, *, folder: Path, max_bytes: int) -> None:
        super().__init__(storage_url)
        self._marks, self._locks = folder / "marks", folder / "locks"
        self._incoming, self._copies_folder, self._max_bytes = folder / "incoming", folder / "copies", max_bytes
        for path in (self._marks, self._locks, self._incoming, self._copies_folder):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._copies = ArtifactStore(str(self._copies_folder))

    def get(self, digest: str) -> bytes:
        """As of any store; from the copy where there is one that was not changed."""
        with self._held(digest):
            with suppress(ArtifactMissingError, ArtifactDamagedError):
                return self._copies.get(digest)
            with self._filling(digest):
                with suppress(ArtifactMissingError, ArtifactDamagedError):
                    return self._copies.get(digest)  # somebody else has just fetched it
                content = super().get(digest)
                self._keep(content)
                return content

    @contextmanager
    def open_verified(self, digest: str) -> Iterator[Path]:
        """As of any store: the copy, which stays for the next time unless it is larger than all that may be kept."""
        with self._held(digest):
            if not self._has(digest):
                with self._filling(digest), tempfile.TemporaryDirectory(dir=self._incoming) as folder:
                    if not self._has(digest):
                        fetched = Path(folder) / digest
                        self._fetch(digest, fetched)
                        if fetched.stat().st_size > self._max_bytes:
                            yield fetched
                            return
                        self._make_room(fetched.stat().st_size)
                        self._copies.put_file(fetched)
            with self._copies.open_verified(digest) as path:
                yield path

    def _fetch(self, digest: str, path: Path) -> None:
        try:
            self.fetch(digest, path)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            self._make_room(self._max_bytes)  # the disk is full: what nobody reads goes
            self.fetch(digest, path)

    def _keep(self, content: bytes) -> None:
        """Keep a copy; where there is no room for it the next reader fetches it again."""
        if len(content) > self._max_bytes:
            return
        self._make_room(len(content))
        try:
            self._copies.put(content)
        except OSError as error:
            if error.errno not in _FULL:
                raise

    def _has(self, digest: str) -> bool:
        try:
            with self._copies.open_verified(digest):
                return True
        except (ArtifactMissingError, ArtifactDamagedError):
            return False

    def _make_room(self, n_bytes: int) -> None:
        """Remove the copies used longest ago, except those that are being read, until `n_bytes` fit in."""
        with _locked(self._locks / "room", fcntl.LOCK_EX):
            for left in self._incoming.iterdir():
                if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:  # its process was killed
                    shutil.rmtree(left, ignore_errors=True)
            sizes = {path: path.lstat().st_size for path in self._copies_folder.rglob("*") if _may_go(path)}
            excess = sum(sizes.values()) + n_bytes - self._max_bytes
            for path in sorted(sizes, key=lambda path: _used_at(self._marks / path.name)):
                if excess <= 0:
                    return
                if self._remove(path):
                    excess -= sizes[path]

    def _remove(self, copy: Path) -> bool:
        mark = self._marks / copy.name
        try:
            with _locked(mark, fcntl.LOCK_EX | fcntl.LOCK_NB):
                copy.unlink(missing_ok=True)
                mark.unlink()
        except BlockingIOError:
            return False
        return True

    @contextmanager
    def _held(self, digest: str) -> Iterator[None]:
        """Let nobody remove the copy meanwhile, and mark it as used now."""
        mark = self._marks / Path(self._path(digest)).name
        while True:
            with _locked(mark, fcntl.LOCK_SH) as descriptor:
                if os.fstat(descriptor).st_nlink == 0:
                    continue  # it was removed while we waited
                os.utime(descriptor)
                yield
                return

    def _filling(self, digest: str) -> AbstractContextManager[int]:
        """One fetches, the others wait for it."""
        return _locked(self._locks / digest[:2], fcntl.LOCK_EX)


@contextmanager
def _locked(path: Path, mode: int) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, mode)
        yield descriptor
    finally:
        os.close(descriptor)


def _may_go(path: Path) -> bool:
    """Whether it is a copy, or the beginning of one that whoever wrote it will not end any more."""
    if path.is_dir() and not path.is_symlink():
        return False
    is_unfinished = path.name.startswith(".")
    return not is_unfinished or time.time() - path.lstat().st_mtime > _ABANDONED_SECONDS


def _used_at(mark: Path) -> int:
    try:
        return mark.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
