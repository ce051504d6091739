"""Artefacts: stored once under their own hash, whole or not at all, never returned when damaged."""

import errno
import hashlib
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.artifacts import ArtifactDamagedError, ArtifactMissingError, ArtifactStore


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path / "store"))


def path_of(tmp_path: Path, digest: str) -> Path:
    return tmp_path / "store" / digest[:2] / digest[2:4] / digest


@given(content=st.binary(max_size=2_000))
def test_what_was_put_is_what_comes_back(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    store = ArtifactStore(str(tmp_path_factory.mktemp("store")))
    digest = store.put(content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert store.get(digest) == content


def test_the_same_bytes_are_stored_once(store: ArtifactStore, tmp_path: Path) -> None:
    first = store.put(b"table")
    written = path_of(tmp_path, first).stat().st_mtime_ns
    assert store.put(b"table") == first
    assert path_of(tmp_path, first).stat().st_mtime_ns == written
    assert store.list_digests() == [first]


def test_only_the_owner_may_read_the_files_whatever_the_umask(store: ArtifactStore, tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        digest = store.put(b"private")
    finally:
        os.umask(before)
    path = path_of(tmp_path, digest)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("position", [0, 7, 14])
def test_one_changed_byte_is_noticed(store: ArtifactStore, tmp_path: Path, position: int) -> None:
    digest = store.put(b"fifteen  bytes.")
    path = path_of(tmp_path, digest)
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtifactDamagedError, match="changed after"):
        store.get(digest)


def test_storing_the_same_bytes_again_heals_what_was_changed(store: ArtifactStore, tmp_path: Path) -> None:
    digest = store.put(b"evidence")
    (path,) = (found for found in tmp_path.rglob(digest))
    path.chmod(0o600)
    path.write_bytes(b"forgery!")
    assert store.put(b"evidence") == digest
    assert store.get(digest) == b"evidence"


def test_two_swapped_artefacts_are_noticed(store: ArtifactStore, tmp_path: Path) -> None:
    one, two = store.put(b"one"), store.put(b"two")
    path_of(tmp_path, one).write_bytes(b"two")
    with pytest.raises(ArtifactDamagedError):
        store.get(one)
    assert store.get(two) == b"two"


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "a" * 63, "A" * 64, "0" * 63 + "\n", "x"]
)
def test_a_name_that_is_not_a_digest_never_becomes_a_path(store: ArtifactStore, name: str) -> None:
    with pytest.raises(ArtifactMissingError):
        store.get(name)
    with pytest.raises(ArtifactMissingError):
        store.exists(name)


def test_a_missing_artefact_says_so(store: ArtifactStore) -> None:
    assert not store.exists("0" * 64)
    with pytest.raises(ArtifactMissingError, match="000000000000"):
        store.get("0" * 64)
    assert store.list_digests() == []


def test_a_write_that_fails_leaves_nothing_behind(
    store: ArtifactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("db.durable_files.os.fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        store.put(b"too much")
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []
    monkeypatch.undo()
    assert store.get(store.put(b"too much")) == b"too much"


def test_the_same_code_stores_in_an_object_store() -> None:
    store = ArtifactStore("memory://bucket/portal")
    digest = store.put(b"cloud")
    assert store.get(digest) == b"cloud"
    assert store.list_digests() == [digest]


@pytest.mark.parametrize("url", ["{tmp}/store", "memory://files/{tmp}"])
@pytest.mark.parametrize("n_bytes", [0, 1, 3 * 1024 * 1024 + 7])
def test_a_file_goes_in_and_comes_out_as_it_was(url: str, n_bytes: int, tmp_path: Path) -> None:
    store, source, found = ArtifactStore(url.format(tmp=tmp_path)), tmp_path / "source", tmp_path / "found"
    content = os.urandom(n_bytes)
    source.write_bytes(content)
    digest = store.put_file(source)
    assert digest == hashlib.sha256(content).hexdigest()
    assert not source.exists()
    assert (store.size(digest), store.get(digest)) == (n_bytes, content)
    store.fetch(digest, found)
    assert found.read_bytes() == content
    assert stat.S_IMODE(found.stat().st_mode) == 0o600
    store.verify(digest)


def test_a_file_is_moved_and_closed_to_others(store: ArtifactStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"large")
    source.chmod(0o644)
    inode = source.stat().st_ino
    stored = path_of(tmp_path, store.put_file(source))
    assert stored.stat().st_ino == inode
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600


def test_a_file_from_another_file_system_is_copied_whole_or_not_at_all(
    store: ArtifactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"from elsewhere")
    replace = Path.replace

    def replace_here_only(self: Path, target: Path) -> Path:
        if self == source:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_here_only)
    digest = store.put_file(source)
    assert not source.exists()
    assert store.get(digest) == b"from elsewhere"
    assert [path.name for path in (tmp_path / "store").rglob("*") if path.is_file()] == [digest]


def test_a_file_that_is_stored_already_heals_what_was_changed(store: ArtifactStore, tmp_path: Path) -> None:
    digest = store.put(b"evidence")
    path_of(tmp_path, digest).write_bytes(b"forgery!")
    for _ in range(2):
        source = tmp_path / "source"
        source.write_bytes(b"evidence")
        assert store.put_file(source) == digest
        assert store.get(digest) == b"evidence"
        assert not source.exists()


@pytest.mark.parametrize("position", [0, 1_500_000, 2_999_999])
def test_a_changed_byte_in_a_large_file_is_noticed_and_nothing_is_handed_over(
    store: ArtifactStore, tmp_path: Path, position: int
) -> None:
    digest = store.put(os.urandom(3_000_000))
    path = path_of(tmp_path, digest)
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtifactDamagedError):
        store.fetch(digest, tmp_path / "found")
    with pytest.raises(ArtifactDamagedError):
        store.verify(digest)
    assert not (tmp_path / "found").exists()


def test_a_file_that_is_not_there_is_not_fetched(store: ArtifactStore, tmp_path: Path) -> None:
    with pytest.raises(ArtifactMissingError):
        store.fetch("0" * 64, tmp_path / "found")
    with pytest.raises(ArtifactMissingError):
        store.size("0" * 64)
    assert not (tmp_path / "found").exists()


def test_a_file_is_never_fetched_over_another(store: ArtifactStore, tmp_path: Path) -> None:
    digest, taken = store.put(b"new"), tmp_path / "taken"
    taken.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        store.fetch(digest, taken)
    assert taken.read_bytes() == b"old"


def test_a_part_of_a_stored_file_is_read_where_it_lies(store: ArtifactStore, tmp_path: Path) -> None:
    digest = store.put(b"a large table")
    for _ in range(2):
        with store.open_verified(digest) as path:
            assert path == path_of(tmp_path, digest)
            assert path.read_bytes() == b"a large table"


def test_a_file_that_was_changed_after_it_was_verified_is_not_read(store: ArtifactStore, tmp_path: Path) -> None:
    digest = store.put(b"evidence")
    with store.open_verified(digest):
        pass
    path_of(tmp_path, digest).write_bytes(b"forgery!")
    with pytest.raises(ArtifactDamagedError), store.open_verified(digest):
        pass
    with pytest.raises(ArtifactMissingError), store.open_verified("0" * 64):
        pass


def test_a_part_of_a_file_in_an_object_store_is_read_from_a_copy_that_goes() -> None:
    store = ArtifactStore("memory://artifacts")
    digest = store.put(b"a large table")
    with store.open_verified(digest) as path:
        assert path.read_bytes() == b"a large table"
    assert not path.exists()
