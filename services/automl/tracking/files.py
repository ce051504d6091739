"""Files of a run on a tracking server, passed on by it to where it keeps them: written once, verified on the way back.

What was written is listed in a tag of the run, each with its hash. Only files of that list and of known names come
back, and of these only those whose bytes have the hash. None of them is ever opened here: a model of elsewhere is no
model of the portal.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from services.automl.tracking.client import TrackingClient
from services.automl.tracking.documents import PREFIX, read_document, tags_of
from services.automl.tracking.errors import NoFilesError, TrackingError
from services.automl.tracking.file_names import NAMES

MANIFEST = f"{PREFIX}files"
MOST_BYTES = 512 * 1024 * 1024
_FOLDER = re.compile(r"[A-Za-z0-9_.\-]+(?:/[A-Za-z0-9_.\-]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ELSEWHERE = (
    "The tracking server keeps files elsewhere and passes none on, so the files of the model were not written. All "
    "else was. Whoever runs it starts it with --serve-artifacts."
)
_NOT_READ = "The tracking server passes no files on, so those of the run were not taken over. All else was."


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


def send_files(client: TrackingClient, run_id: str, files: Sequence[RunFile]) -> Files:
    """Write files to a run of the server; what is there already with the same hash stays as it is.

    Returns
    -------
    files
        Those that are on the server now.
    problems
        Why others are not.
    """
    run = client.get_run(run_id)
    folder, listed = folder_of(run, client.host), _listed(run)
    if folder is None:
        return Files((), (_ELSEWHERE,))
    there: list[RunFile] = []
    problems: list[str] = []
    for file in files:
        if len(file.content) > MOST_BYTES:
            problems.append(f"{NAMES[file.name]} is larger than {MOST_BYTES >> 20} MB and was not written.")
            continue
        known = listed.get(file.name)
        if known is None or known["sha256"] != file.sha256:
            try:
                client.put_file(f"{folder}/{file.name}", file.content)
            except NoFilesError as error:
                said = f"{error.sentence} The files of the model were not written, all else was."
                return Files(tuple(there), (*problems, said))
            except TrackingError as error:
                problems.append(f"{NAMES[file.name]} was not written. {error.sentence}")
                continue
            listed[file.name] = {"sha256": file.sha256, "bytes": len(file.content)}
            client.set_tag(run_id, MANIFEST, json.dumps(listed, sort_keys=True))
        there.append(file)
    return Files(tuple(there), tuple(problems))


def fetch_files(client: TrackingClient, run_id: str) -> Files:
    """The files that were written to a run of the server, each verified by its hash; without any, nothing."""
    run = client.get_run(run_id)
    listed = _listed(run)
    if not listed:
        return Files()
    folder = folder_of(run, client.host)
    if folder is None:
        return Files((), (_NOT_READ,))
    found, problems = [], []
    for name, facts in listed.items():
        try:
            content = client.get_file(f"{folder}/{name}", facts["bytes"])
        except TrackingError as error:
            problems.append(f"{NAMES[name]} was not taken over. {error.sentence}")
            continue
        file = RunFile(name, content)
        if file.sha256 == facts["sha256"]:
            found.append(file)
        else:
            problems.append(f"{NAMES[name]} is not what was written there: its hash differs. It was not taken over.")
    return Files(tuple(found), tuple(problems))


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
