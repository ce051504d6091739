"""Files of a run on a tracking server, passed on by it to where it keeps them: written once, verified on the way back.

What was written is listed in a tag of the run, each with its hash. Only files of that list and of known names come
back, and of these only those whose bytes have the hash. None of them is ever opened here: a model of elsewhere is no
model of the portal.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.automl.tracking.client import TrackingClient
from services.automl.tracking.documents import PREFIX, read_document, tags_of
from services.automl.tracking.errors import NoFilesError, TrackingError, read_as_documents
from services.automl.tracking.file_names import NAMES

MANIFEST, ORIGIN = f"{PREFIX}files", f"{PREFIX}run_id"
MOST_BYTES = 512 * 1024 * 1024
MOST_BYTES_TAKEN = 600 * 1024 * 1024  # of all files of a run together
_ASK_SECONDS = 0.3
_FOLDER = re.compile(r"[A-Za-z0-9_.\-]+(?:/[A-Za-z0-9_.\-]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ELSEWHERE = (
    "The tracking server keeps files elsewhere and passes none on, so the files of the model were not written. All "
    "else was. Whoever runs it starts it with --serve-artifacts."
)
_NOT_WRITTEN = "The files of the model were not written, all else was."
_NOT_READ = "The tracking server passes no files on, so those of the run were not taken over. All else was."
_NOT_TAKEN = "The files of the run were not taken over, all else was."


@dataclass(frozen=True)
class RunFile:
    """A file of a run, by one of the known names."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Files:
    """Files, and in a sentence each what stood in the way of others."""

    files: tuple[RunFile, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class FetchedFile:
    """A file of a run that lies on the disk here: its bytes have the hash that was written down on the server."""

    name: str
    path: Path
    sha256: str
    n_bytes: int


@dataclass(frozen=True)
class FetchedFiles:
    """Files on the disk here, and in a sentence each what stood in the way of others."""

    files: tuple[FetchedFile, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Place:
    """What a run on the server says of its files: where they are, which there are, and which run here they are of."""

    folder: str | None
    listed: dict[str, dict[str, Any]]
    origin: str


def go_on() -> None:
    """For work that nobody ends."""


def send_files(
    client: TrackingClient,
    run_id: str,
    files: Sequence[RunFile],
    *,
    announce: Callable[[Mapping[str, str]], None],
    check: Callable[[], None] = go_on,
) -> Files:
    """Write files to a run of the server; what is there already with the same bytes stays as it is.

    Parameters
    ----------
    announce
        Told the hashes of the files by their names before the first byte of any of them leaves.
    check
        Called before each file; what it raises ends the work.

    Returns
    -------
    files
        Those that are on the server now.
    problems
        Why others are not.
    """
    try:
        place = _place_of(client, run_id)
    except TrackingError as error:
        return Files((), (f"{error.sentence} {_NOT_WRITTEN}",))
    if place.folder is None:
        return Files((), (_ELSEWHERE,))
    there: list[RunFile] = []
    problems = [
        f"{NAMES[file.name]} is larger than {MOST_BYTES >> 20} MB and was not written."
        for file in files
        if len(file.content) > MOST_BYTES
    ]
    going = [file for file in files if len(file.content) <= MOST_BYTES]
    is_announced = False
    for file in going:
        check()
        path = f"{place.folder}/{file.name}"
        if _is_there(client, path, file, place.listed.get(file.name), check):
            there.append(file)
            continue
        if not is_announced:
            announce({going_too.name: going_too.sha256 for going_too in going})
            is_announced = True
        try:
            client.put_file(path, file.content)
        except NoFilesError as error:
            return Files(tuple(there), (*problems, f"{error.sentence} {_NOT_WRITTEN}"))
        except TrackingError as error:
            problems.append(f"{NAMES[file.name]} was not written. {error.sentence}")
            continue
        there.append(file)
        place.listed[file.name] = {"sha256": file.sha256, "bytes": len(file.content)}
        try:
            client.set_tag(run_id, MANIFEST, json.dumps(place.listed, sort_keys=True))
        except TrackingError as error:
            problems.append(f"{NAMES[file.name]} is there, but not in the list that an import reads. {error.sentence}")
    return Files(tuple(there), tuple(problems))


def fetch_files(
    client: TrackingClient,
    run_id: str,
    folder: Path,
    *,
    refuse: Callable[[str], str | None],
    check: Callable[[], None] = go_on,
) -> FetchedFiles:
    """The files that were written to a run of the server, each verified by its hash; without any, nothing.

    They go to the disk piece by piece: a worker never holds one as a whole.

    Parameters
    ----------
    folder
        Where they are written to.
    refuse
        Says why the files may not be had, if so, of the run of a portal that the server names as their origin.
    check
        Called before each file and a few times a second; what it raises ends the work.
    """
    try:
        place = _place_of(client, run_id)
    except TrackingError as error:
        return FetchedFiles((), (f"{error.sentence} {_NOT_TAKEN}",))
    if not place.listed:
        return FetchedFiles()
    if reason := refuse(place.origin):
        return FetchedFiles((), (reason,))
    if place.folder is None:
        return FetchedFiles((), (_NOT_READ,))
    found: list[FetchedFile] = []
    problems, n_bytes = [], 0
    for number, (name, facts) in enumerate(place.listed.items()):
        check()
        if n_bytes + facts["bytes"] > MOST_BYTES_TAKEN:
            problems.append(
                f"{NAMES[name]} was not taken over: with it there would be more than {MOST_BYTES_TAKEN >> 20} MB."
            )
            continue
        n_bytes += facts["bytes"]
        path = folder / f"{number}"
        try:
            with path.open("wb") as file:
                sha256 = _read_hashed(client, f"{place.folder}/{name}", facts["bytes"], check, file.write)
        except TrackingError as error:
            problems.append(f"{NAMES[name]} was not taken over. {error.sentence}")
            continue
        if sha256 == facts["sha256"]:
            found.append(FetchedFile(name, path, sha256, path.stat().st_size))
        else:
            problems.append(f"{NAMES[name]} is not what was written there: its hash differs. It was not taken over.")
    return FetchedFiles(tuple(found), tuple(problems))


def _is_there(
    client: TrackingClient,
    path: str,
    file: RunFile,
    listed: Mapping[str, Any] | None,
    check: Callable[[], None],
) -> bool:
    """Whether the server has these very bytes: the list says that it got them, not that it still has them."""
    if listed is None or listed["sha256"] != file.sha256:
        return False
    try:
        return _read_hashed(client, path, len(file.content), check) == file.sha256
    except TrackingError:
        return False


def _read_hashed(
    client: TrackingClient,
    path: str,
    most_bytes: int,
    check: Callable[[], None],
    keep: Callable[[bytes], object] | None = None,
) -> str:
    """Read a file of the server piece by piece; its hash."""
    found, asked = hashlib.sha256(), time.monotonic()

    def take(piece: bytes) -> None:
        nonlocal asked
        found.update(piece)
        if keep is not None:
            keep(piece)
        if time.monotonic() - asked >= _ASK_SECONDS:
            check()
            asked = time.monotonic()

    client.read_file(path, most_bytes, take)
    return found.hexdigest()


def _place_of(client: TrackingClient, run_id: str) -> _Place:
    with read_as_documents(run_id):
        run = client.get_run(run_id)
        return _Place(folder_of(run, client.host), _listed(run), tags_of(run).get(ORIGIN, ""))


def folder_of(run: Mapping[str, Any], host: str) -> str | None:
    """Where the server keeps the files of a run and passes them on from; None where it does not."""
    try:
        parts = urlsplit(str(run["info"].get("artifact_uri") or ""))
        is_here = parts.scheme == "mlflow-artifacts" and parts.hostname in (None, host)
    except ValueError:
        return None
    folder = parts.path.strip("/")
    if not is_here or parts.query or parts.fragment or not _FOLDER.fullmatch(folder):
        return None
    return None if {".", ".."} & set(folder.split("/")) else folder


def _listed(run: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The list of files in the tag of a run, without what is no file of the portal's."""
    document = read_document(tags_of(run).get(MANIFEST))
    return {
        name: {key: document[name][key] for key in ("sha256", "bytes")} for name in NAMES if _is_file(document, name)
    }


def _is_file(document: Mapping[str, Any], name: str) -> bool:
    facts = document.get(name)
    if not isinstance(facts, Mapping):
        return False
    size, sha256 = facts.get("bytes"), facts.get("sha256")
    return type(size) is int and 0 <= size <= MOST_BYTES and bool(_SHA256.fullmatch(str(sha256)))
