"""Backup and restore: every table as JSON lines and every artefact, portable between SQLite and PostgreSQL.

A backup is a folder: `manifest.json` (what is inside, with the sha256 of each table and the head of the audit chain),
`tables/<name>.jsonl` read in one consistent snapshot, and `artifacts/` by content hash. The database is read first,
artefacts second: an artefact is stored before the row that names it and never deleted, so none can be missing.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, Engine, Table, func, insert, select, text
from sqlmodel import Session

from db.artifacts import ArtifactStore
from db.engine import READ_ONLY
from db.migrations import latest_revision, migrate
from db.scratch import scratch_folder
from db.tables import SQLModel
from db.types import UtcDateTime, utc_now
from services.audit.actor import SYSTEM
from services.audit.commands import record_event
from services.audit.queries import get_chain_report
from services.errors import PortalError

FORMAT = 1
_PASSING = {"sign_in_session", "sign_in_attempt", "worker"}  # true of one running portal only, not of its copy
_BATCH = 500


class BackupError(PortalError):
    """A backup that cannot be made or must not be restored; nothing was changed."""

    code = "backup"


def kept_tables() -> list[Table]:
    """The tables a backup holds, each after those it refers to."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in _PASSING]


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup or a restore moved."""

    n_rows: int
    n_artifacts: int
    n_events: int


def write_backup(folder: Path, *, engine: Engine, store: ArtifactStore) -> BackupReport:
    """Write a complete backup to the new `folder`; it appears under its name only when all of it is on disk.

    Raises
    ------
    BackupError
        The folder exists and is not empty, or the audit chain is broken.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty. Name a new folder for the backup.")
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / "tables").mkdir(parents=True, mode=0o700)
    manifest = _write_tables(unfinished / "tables", engine)
    manifest["artifacts"] = store.list_digests()
    _copy_artifacts(store, ArtifactStore(str(unfinished / "artifacts")), manifest["artifacts"])
    _write_durably(unfinished / "manifest.json", json.dumps(manifest, indent=1).encode())
    if folder.exists():
        folder.rmdir()
    unfinished.rename(folder)
    return _report(manifest)


def restore_backup(folder: Path, *, engine: Engine, store: ArtifactStore) -> BackupReport:
    """Fill an empty database and an empty artefact store from a backup, after all of it was verified.

    Raises
    ------
    BackupError
        The target is not empty, a file is missing or changed, the backup is of another version, or the restored audit
        chain does not end where the backup says. The database is then left empty.
    """
    manifest = _read_manifest(folder)
    _verify_files(folder, manifest)
    migrate(engine)
    _require_empty(engine, store)
    _copy_artifacts(ArtifactStore(str(folder / "artifacts")), store, manifest["artifacts"])
    with Session(engine) as session, session.begin():
        for table in kept_tables():
            _insert_rows(session.connection(), table, _read_rows(folder, table))
        _end_unfinished_work(session.connection())
        _require_chain(session, manifest["audit"])
        record_event(
            session,
            actor=SYSTEM,
            action="portal.restored",
            object_type="portal",
            object_id="portal",
            after={"backup_created_at": manifest["created_at"], "head_hash": manifest["audit"]["head_hash"]},
        )
    return _report(manifest)


def _copy_artifacts(source: ArtifactStore, target: ArtifactStore, digests: Sequence[str]) -> None:
    """Piece by piece, as tables may be larger than the memory; each is verified on its way."""
    with scratch_folder() as folder:
        for digest in digests:
            source.fetch(digest, folder / digest)
            target.put_file(folder / digest)


def _write_tables(folder: Path, engine: Engine) -> dict[str, Any]:
    options: dict[str, Any] = {READ_ONLY: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with Session(engine.execution_options(**options)) as session:
        tables = {
            table.name: _write_table(folder / f"{table.name}.jsonl", session.connection(), table)
            for table in kept_tables()
        }
        chain = get_chain_report(session)
    if not chain.is_intact:
        raise BackupError(f"{chain.fault} No backup was made of a broken audit chain. Run `portal audit verify`.")
    return {
        "format": FORMAT,
        "created_at": utc_now().isoformat(),
        "revision": latest_revision(),
        "audit": {"n_events": chain.n_events, "head_hash": chain.head_hash},
        "tables": tables,
    }


def _write_table(path: Path, connection: Connection, table: Table) -> dict[str, Any]:
    lines = [json.dumps(dict(row), default=_plain).encode() for row in connection.execute(select(table)).mappings()]
    content = b"".join(line + b"\n" for line in lines)
    _write_durably(path, content)
    return {"n_rows": len(lines), "sha256": hashlib.sha256(content).hexdigest()}


def _plain(value: Any) -> str:
    if isinstance(value, date):  # also datetime
        return value.isoformat()
    raise TypeError(f"A {type(value).__name__} has no portable spelling.")


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError):
        raise BackupError(f"{folder} holds no complete backup: its manifest cannot be read.") from None
    if manifest.get("format") != FORMAT or manifest.get("revision") != latest_revision():
        raise BackupError("The backup was made by another version of the portal. Restore it with that version.")
    return manifest


def _verify_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    for name, expected in manifest["tables"].items():
        path = folder / "tables" / f"{name}.jsonl"
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != expected["sha256"]:
            raise BackupError(f"tables/{name}.jsonl is missing or was changed. Nothing was restored.")
    store = ArtifactStore(str(folder / "artifacts"))
    for digest in manifest["artifacts"]:
        try:
            store.verify(digest)
        except (LookupError, ValueError):
            raise BackupError(f"Artefact {digest[:12]} is missing or was changed. Nothing was restored.") from None


def _require_empty(engine: Engine, store: ArtifactStore) -> None:
    with engine.connect() as connection:
        filled = [
            table.name
            for table in kept_tables()
            if connection.execute(select(func.count()).select_from(table)).scalar_one()
        ]
    if filled or store.list_digests():
        raise BackupError("The portal to restore into is not empty. Point PORTAL_DATA_DIR at a new folder.")


def _read_rows(folder: Path, table: Table) -> list[dict[str, Any]]:
    path = folder / "tables" / f"{table.name}.jsonl"
    with path.open() as lines:
        return list(_parents_first([_typed(table, json.loads(line)) for line in lines], table))


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    for column in table.columns:
        value = row[column.name]
        if value is not None and isinstance(column.type, UtcDateTime):
            row[column.name] = datetime.fromisoformat(value)
        elif value is not None and isinstance(column.type, Date):
            row[column.name] = date.fromisoformat(value)
    return row


def _parents_first(rows: list[dict[str, Any]], table: Table) -> Iterator[dict[str, Any]]:
    """Rows in an order that satisfies a foreign key from the table to itself."""
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    written: set[Any] = {None}
    while rows:
        ready = [row for row in rows if all(row[name] in written for name in own)]
        if not ready:
            raise BackupError(f"tables/{table.name}.jsonl refers to rows it does not hold. Nothing was restored.")
        yield from ready
        written |= {row["id"] for row in ready}
        rows = [row for row in rows if row["id"] not in written]


def _insert_rows(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _BATCH):
        connection.execute(insert(table), rows[start : start + _BATCH])


def _end_unfinished_work(connection: Connection) -> None:
    """Work cannot go on without its workers' memory, which a backup does not hold; what is queued starts as usual."""
    for table, states in (("run", "'running', 'paused', 'finishing'"), ("job", "'running'")):
        connection.execute(
            text(f"UPDATE {table} SET state = 'failed', failure = :why WHERE state IN ({states})"),  # noqa: S608 - ours
            {"why": "The portal was restored from a backup made during this work. Start it again."},
        )


def _require_chain(session: Session, expected: Mapping[str, Any]) -> None:
    chain = get_chain_report(session)
    if not chain.is_intact or chain.head_hash != expected["head_hash"]:
        raise BackupError(f"The audit chain of the backup is broken. {chain.fault or ''} Nothing was restored.")


def _report(manifest: Mapping[str, Any]) -> BackupReport:
    return BackupReport(
        n_rows=sum(table["n_rows"] for table in manifest["tables"].values()),
        n_artifacts=len(manifest["artifacts"]),
        n_events=manifest["audit"]["n_events"],
    )


def _write_durably(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
