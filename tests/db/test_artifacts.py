"""Artefacts: stored once under their own hash, whole or not at all, never returned when damaged."""

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

    monkeypatch.setattr("db.artifacts.os.fsync", disk_full)
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
