"""Bring a table into a project."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from services.audit.actor import Actor
from services.datasets.commands.versions import lock_project, save_version
from services.datasets.errors import UnusableTargetError
from services.datasets.profile import TableProfile
from services.datasets.queries import find_dataset, find_same_source, require_room
from services.datasets.targets import check_target, choose_positive_label
from services.datasets.upload import ParsedUpload
from services.datasets.views import Dataset


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table that is in the store already: the digests of what came and of its typed Parquet, with their bytes.

    `origin` says where it came from and how it was read: {"kind": "upload", "choices": {...}, "report": {...}}.
    """

    file_name: str
    source_sha256: str
    table_sha256: str
    n_source_bytes: int
    n_table_bytes: int
    profile: TableProfile
    origin: Mapping[str, Any] = field(default_factory=dict)


def upload_dataset(session: Session, *, actor: Actor, project_id: str, upload: ParsedUpload) -> Dataset:
    """Store a table that `intake.read_upload` has read, with its source, and save it as `save_upload` does.

    Raises
    ------
    QuotaExceededError
        The project has no room for it; nothing was stored.
    """
    lock_project(session, actor, project_id)
    n_bytes = len(upload.source) + len(upload.table)
    require_room(session, actor=actor, project_id=project_id, n_bytes=n_bytes, n_files=2)
    store = get_artifact_store()
    stored = StoredTable(
        file_name=upload.file_name,
        source_sha256=store.put(upload.source),
        table_sha256=store.put(upload.table),
        n_source_bytes=len(upload.source),
        n_table_bytes=len(upload.table),
        profile=upload.profile,
        origin={"kind": "upload", "choices": {}},
    )
    return save_upload(session, actor=actor, project_id=project_id, stored=stored)


def save_upload(session: Session, *, actor: Actor, project_id: str, stored: StoredTable) -> Dataset:
    """The next version of the project's data from a table in the store.

    Decisions about the version before it (target, excluded columns) are kept where the new table has the same columns.
    Its steps are not: `request_replay` takes them again. The same bytes, read with the same choices as the latest
    version, make no new version: the latest is returned as it is.
    """
    lock_project(session, actor, project_id)
    parent = find_dataset(session, actor=actor, project_id=project_id)
    if parent is not None and _is_same(parent, stored):
        return parent
    kept = _kept_decisions(parent, stored.profile)
    sizes = {stored.source_sha256: stored.n_source_bytes, stored.table_sha256: stored.n_table_bytes}
    same = find_same_source(session, actor=actor, project_id=project_id, source_sha256=stored.source_sha256)
    return save_version(
        session,
        actor,
        parent,
        action="dataset.uploaded",
        values={
            "project_id": project_id,
            "file_name": stored.file_name,
            "source_sha256": stored.source_sha256,
            "base_sha256": stored.table_sha256,
            "table_sha256": stored.table_sha256,
            "recipe": [],
            "origin": {**stored.origin, "stored": sizes},
            "n_rows": stored.profile.n_rows,
            "n_columns": len(stored.profile.columns),
            "profile": stored.profile.document(),
            "change": _upload_words(stored, same, kept),
            **kept,
        },
    )


def _is_same(latest: Dataset, stored: StoredTable) -> bool:
    return (latest.source_sha256, latest.base_sha256) == (stored.source_sha256, stored.table_sha256) and (
        latest.origin.get("choices", {}) == stored.origin.get("choices", {})
    )


def _kept_decisions(parent: Dataset | None, found: TableProfile) -> dict[str, Any]:
    kept: dict[str, Any] = {"target": None, "positive_label": None, "excluded": {}}
    if parent is None:
        return kept
    columns = {column.name: column for column in found.columns}
    kept["excluded"] = {name: reason for name, reason in parent.excluded.items() if name in columns}
    if parent.target in columns:
        profile = columns[parent.target]
        try:
            check_target(profile, found.n_rows)
            label = choose_positive_label(profile, parent.positive_label)
        except UnusableTargetError:
            return kept
        kept |= {"target": parent.target, "positive_label": label}
    return kept


def _upload_words(stored: StoredTable, same: Dataset | None, kept: dict[str, Any]) -> str:
    if stored.origin.get("kind") == "sql":
        words = f"Asked {stored.origin['connection']} for {stored.profile.n_rows:,} rows"
    else:
        words = f"Uploaded {stored.file_name}{_without_rows(stored)}"
    words += f", the bytes of version {same.version}" if same else ""
    decisions = ["the target"] if kept["target"] else []
    if kept["excluded"]:
        decisions.append("what is left out")
    return f"{words}; kept {' and '.join(decisions)}" if decisions else words


def _without_rows(stored: StoredTable) -> str:
    """That somebody chose to go on without faulty rows, and how many, is part of the record."""
    n_set_aside = stored.origin.get("report", {}).get("n_set_aside", 0)
    return f" without {n_set_aside:,} faulty row{'s' if n_set_aside > 1 else ''}" if n_set_aside else ""
