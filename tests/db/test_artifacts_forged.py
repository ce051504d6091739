"""Artefacts that somebody forged on the disk: whoever asks for them is refused, by every way of asking."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from db.artifacts import ArtifactDamagedError, ArtifactMissingError, ArtifactStore

N_OFFSETS = 200


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(str(tmp_path / "store"))


def path_of(tmp_path: Path, digest: str) -> Path:
    return tmp_path / "store" / digest[:2] / digest[2:4] / digest


def is_refused(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (ArtifactDamagedError, ArtifactMissingError):
        return True
    return False


def refusals(store: ArtifactStore, digest: str, folder: Path) -> dict[str, bool]:
    """Who refused; a file that was fetched all the same counts as not refused."""

    def open_it() -> None:
        with store.open_verified(digest) as path:
            path.read_bytes()

    ways: dict[str, Callable[[], object]] = {
        "get": lambda: store.get(digest),
        "fetch": lambda: store.fetch(digest, folder / "fetched"),
        "verify": lambda: store.verify(digest),
        "open_verified": open_it,
    }
    found = {name: is_refused(ask) for name, ask in ways.items()}
    found["fetch"] &= not (folder / "fetched").exists()
    return found


ALL = {"get": True, "fetch": True, "verify": True, "open_verified": True}


def test_one_flipped_byte_is_refused_wherever_it_is(store: ArtifactStore, tmp_path: Path) -> None:
    content = os.urandom(5_003)
    digest = store.put(content)
    path = path_of(tmp_path, digest)
    with store.open_verified(digest):
        pass  # it was right once
    offsets = [round(place * (len(content) - 1) / (N_OFFSETS - 1)) for place in range(N_OFFSETS)]
    assert len(set(offsets)) == N_OFFSETS
    accepted = []
    for offset in offsets:
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(bytes([content[offset] ^ (1 << offset % 8)]))
        if refusals(store, digest, tmp_path) != ALL:
            accepted.append(offset)
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(content[offset : offset + 1])
    assert accepted == []
    assert store.get(digest) == content


def test_a_forgery_that_sets_the_time_of_the_file_back_is_refused(store: ArtifactStore, tmp_path: Path) -> None:
    digest = store.put(b"evidence")
    path = path_of(tmp_path, digest)
    with store.open_verified(digest):
        pass
    before = path.stat()
    path.write_bytes(b"forgery!")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert refusals(store, digest, tmp_path) == ALL


def test_a_file_that_rests_is_verified_once_and_again_when_it_was_touched(
    store: ArtifactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    verify = store.verify

    def count(digest: str) -> None:
        asked.append(digest)
        verify(digest)

    monkeypatch.setattr(store, "verify", count)
    monkeypatch.setattr("db.artifact_store._SETTLED_NANOSECONDS", -1)  # as if a second had passed
    digest = store.put(b"a table")
    asked.clear()
    for _ in range(3):
        with store.open_verified(digest):
            pass
    assert asked == [digest]
    os.utime(path_of(tmp_path, digest), ns=(0, 0))
    with store.open_verified(digest):
        pass
    assert asked == [digest, digest]


def test_swapped_artefacts_are_both_refused(store: ArtifactStore, tmp_path: Path) -> None:
    digests = [store.put(os.urandom(1_000)) for _ in range(2)]
    one, two = (path_of(tmp_path, digest) for digest in digests)
    for digest in digests:
        with store.open_verified(digest):
            pass
    aside = one.with_name("aside")
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    assert [refusals(store, digest, tmp_path) for digest in digests] == [ALL, ALL]


@pytest.mark.parametrize("cut", [0, 1, 999])
def test_a_shortened_and_a_lengthened_artefact_are_refused(store: ArtifactStore, tmp_path: Path, cut: int) -> None:
    content = os.urandom(1_000)
    digest = store.put(content)
    for forged in (content[:cut], content + content[: cut + 1]):
        path_of(tmp_path, digest).write_bytes(forged)
        assert refusals(store, digest, tmp_path) == ALL


def test_a_deleted_artefact_is_refused(store: ArtifactStore, tmp_path: Path) -> None:
    digest = store.put(b"gone")
    with store.open_verified(digest):
        pass
    path_of(tmp_path, digest).unlink()
    assert refusals(store, digest, tmp_path) == ALL


@pytest.mark.parametrize("content", [b"evidence", b"forgery!"])
def test_a_link_is_refused_whatever_it_leads_to_and_storing_again_replaces_it(
    store: ArtifactStore, tmp_path: Path, content: bytes
) -> None:
    digest = store.put(b"evidence")
    with store.open_verified(digest):
        pass
    path, outside = path_of(tmp_path, digest), tmp_path / "outside"
    outside.write_bytes(content)
    path.unlink()
    path.symlink_to(outside)
    assert refusals(store, digest, tmp_path) == ALL
    assert store.put(b"evidence") == digest
    assert not path.is_symlink()
    assert (store.get(digest), outside.read_bytes()) == (b"evidence", content)


def test_what_is_no_file_is_refused_and_nobody_waits_for_it(store: ArtifactStore, tmp_path: Path) -> None:
    digest = store.put(b"evidence")
    path = path_of(tmp_path, digest)
    path.unlink()
    os.mkfifo(path)
    assert refusals(store, digest, tmp_path) == ALL
    path.unlink()
    path.mkdir()
    assert refusals(store, digest, tmp_path) == ALL
    path.rmdir()
    path.symlink_to(tmp_path / "nothing")
    assert refusals(store, digest, tmp_path) == ALL
