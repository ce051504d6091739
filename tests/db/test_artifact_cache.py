"""Copies of artefacts that are stored elsewhere: bounded, never believed unverified, never in the way."""

import errno
import hashlib
import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from db.artifact_cache import CachedArtifactStore
from db.artifacts import ArtifactDamagedError, ArtifactMissingError, ArtifactStore, get_artifact_store
from db.settings import get_database_settings

ROOM = 10_000


class Elsewhere:
    """A store in the memory of this process, which counts what is read from it."""

    def __init__(self, store: CachedArtifactStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store, self.n_read = store, 0
        opened = store._filesystem.open

        def count(*arguments: Any, **options: Any) -> Any:
            self.n_read += 1
            return opened(*arguments, **options)

        monkeypatch.setattr(store._filesystem, "open", count)

    def put(self, content: bytes) -> str:
        """Store something as another machine does: without a copy here."""
        return ArtifactStore(self.store.url).put(content)

    def copy_of(self, digest: str) -> Path:
        """Where the copy lies."""
        return self.store._copies_folder / digest[:2] / digest[2:4] / digest

    def kept(self) -> set[str]:
        """The digests of all copies."""
        return set(self.store._copies.list_digests())


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "var"))
    get_database_settings.cache_clear()
    url = f"memory://{uuid.uuid4().hex}"
    store = CachedArtifactStore(url, folder=tmp_path / "cache", max_bytes=ROOM)
    yield Elsewhere(store, monkeypatch)
    fsspec.filesystem("memory").store.clear()
    get_database_settings.cache_clear()


def read(store: ArtifactStore, digest: str, *, in_parts: bool) -> bytes:
    if not in_parts:
        return store.get(digest)
    with store.open_verified(digest) as path:
        return path.read_bytes()


WAYS = pytest.mark.parametrize("in_parts", [False, True], ids=["by its bytes", "by its file"])


@WAYS
def test_what_lies_elsewhere_is_fetched_once(elsewhere: Elsewhere, in_parts: bool) -> None:
    digest = elsewhere.put(b"table")
    elsewhere.n_read = 0
    assert [read(elsewhere.store, digest, in_parts=in_parts) for _ in range(3)] == [b"table"] * 3
    assert elsewhere.n_read == 1
    assert read(elsewhere.store, digest, in_parts=not in_parts) == b"table"
    assert elsewhere.n_read == 1


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(content)
    os.utime(path, ns=times)  # as somebody who hides it


def truncate(path: Path) -> None:
    os.truncate(path, 3)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def link(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"some table")
    path.unlink()
    path.symlink_to(other)


def forge(path: Path) -> None:
    path.write_bytes(b"some fable")


@WAYS
@pytest.mark.parametrize("damage", [flip, truncate, empty, link, forge])
def test_a_copy_that_was_changed_is_fetched_anew(elsewhere: Elsewhere, damage: Any, in_parts: bool) -> None:
    digest = elsewhere.put(b"some table")
    read(elsewhere.store, digest, in_parts=in_parts)
    elsewhere.n_read = 0
    damage(elsewhere.copy_of(digest))
    assert read(elsewhere.store, digest, in_parts=in_parts) == b"some table"
    assert elsewhere.n_read == 1
    assert read(elsewhere.store, digest, in_parts=in_parts) == b"some table"
    assert elsewhere.n_read == 1
    assert not elsewhere.copy_of(digest).is_symlink()


@WAYS
def test_a_changed_original_is_refused_and_not_kept(elsewhere: Elsewhere, in_parts: bool) -> None:
    digest = elsewhere.put(b"some table")
    filesystem = fsspec.filesystem("memory")
    (stored,) = (path for path in filesystem.store if path.endswith(digest))
    filesystem.pipe_file(stored, b"some fable")
    with pytest.raises(ArtifactDamagedError):
        read(elsewhere.store, digest, in_parts=in_parts)
    assert elsewhere.kept() == set()


@WAYS
def test_what_is_stored_nowhere_is_missing(elsewhere: Elsewhere, in_parts: bool) -> None:
    with pytest.raises(ArtifactMissingError):
        read(elsewhere.store, hashlib.sha256(b"never").hexdigest(), in_parts=in_parts)
    with pytest.raises(ArtifactMissingError):
        read(elsewhere.store, "../../etc/passwd", in_parts=in_parts)


def put_many(elsewhere: Elsewhere, n: int, size: int) -> list[str]:
    return [elsewhere.put(bytes([number]) * size) for number in range(n)]


@WAYS
def test_the_copy_used_longest_ago_makes_room(elsewhere: Elsewhere, in_parts: bool) -> None:
    first, second, third, fourth = put_many(elsewhere, 4, 3_000)
    for digest in (first, second, third, first):
        read(elsewhere.store, digest, in_parts=in_parts)
    assert elsewhere.kept() == {first, second, third}
    read(elsewhere.store, fourth, in_parts=in_parts)
    assert elsewhere.kept() == {first, third, fourth}


def test_a_copy_that_is_being_read_stays(elsewhere: Elsewhere) -> None:
    first, second, third, fourth = put_many(elsewhere, 4, 4_000)
    with elsewhere.store.open_verified(first) as path:
        for digest in (second, third, fourth):
            elsewhere.store.get(digest)
        assert path.read_bytes() == bytes([0]) * 4_000
    assert elsewhere.kept() == {first, fourth}


@WAYS
def test_what_is_larger_than_all_room_is_read_and_not_kept(elsewhere: Elsewhere, in_parts: bool) -> None:
    small, large = elsewhere.put(b"small"), elsewhere.put(b"x" * (ROOM + 1))
    elsewhere.store.get(small)
    assert len(read(elsewhere.store, large, in_parts=in_parts)) == ROOM + 1
    assert elsewhere.kept() == {small}


def test_what_a_killed_process_left_is_removed_and_what_another_writes_is_not(elsewhere: Elsewhere) -> None:
    digest = elsewhere.put(b"x" * 9_000)
    left, new = (elsewhere.store._copies_folder / name for name in (".left", ".new"))
    for path in (left, new):
        path.write_bytes(b"x" * 2_000)
    os.utime(left, (0, 0))
    elsewhere.store.get(digest)
    assert (left.exists(), new.exists()) == (False, True)


def test_without_room_on_the_disk_the_bytes_come_all_the_same(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = elsewhere.put(b"table")

    def full(_content: bytes) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(elsewhere.store._copies, "put", full)
    assert elsewhere.store.get(digest) == b"table"
    assert elsewhere.kept() == set()


def test_a_full_disk_is_emptied_of_copies_before_a_file_is_fetched_again(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = put_many(elsewhere, 2, 3_000)
    elsewhere.store.get(old)
    fetch = elsewhere.store.fetch

    def full_once(digest: str, path: Path) -> None:
        if elsewhere.kept():
            raise OSError(errno.ENOSPC, "No space left on device")
        fetch(digest, path)

    monkeypatch.setattr(elsewhere.store, "fetch", full_once)
    assert read(elsewhere.store, new, in_parts=True) == bytes([1]) * 3_000
    assert elsewhere.kept() == {new}


@WAYS
def test_of_many_who_want_the_same_at_once_one_fetches_it(elsewhere: Elsewhere, in_parts: bool) -> None:
    digest = elsewhere.put(b"table" * 100)
    elsewhere.n_read = 0
    found: list[bytes] = []
    together = threading.Barrier(6)

    def ask() -> None:
        together.wait()
        found.append(read(elsewhere.store, digest, in_parts=in_parts))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b"table" * 100] * 6
    assert elsewhere.n_read == 1


def test_only_the_owner_may_read_the_copies(elsewhere: Elsewhere) -> None:
    digest = elsewhere.put(b"private")
    elsewhere.store.get(digest)
    copy = elsewhere.copy_of(digest)
    assert (copy.stat().st_mode & 0o777, copy.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("url", "room", "is_cached"),
    [("memory://there", 1_000, True), ("memory://there", 0, False), ("folder", 1_000, False)],
)
def test_a_store_elsewhere_is_kept_here_as_far_as_the_settings_allow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, room: int, is_cached: bool
) -> None:
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_STORAGE_URL", url.replace("folder", str(tmp_path / "folder")))
    monkeypatch.setenv("PORTAL_CACHE_BYTES", str(room))
    for cached in (get_database_settings, get_artifact_store):
        cached.cache_clear()
    try:
        assert isinstance(get_artifact_store(), CachedArtifactStore) == is_cached
    finally:
        for cached in (get_database_settings, get_artifact_store):
            cached.cache_clear()
