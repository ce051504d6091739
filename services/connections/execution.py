"""Carry out what was asked of a database, in a child of a worker: a test, the first rows, or all rows into a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from db.artifacts import get_artifact_store
from db.scratch import scratch_folder
from db.session import reading
from db.tables import Connection
from services.connections.fetching import FetchedTable, fetch_table, preview_rows, try_source
from services.connections.queries import UNKNOWN_CONNECTION
from services.connections.secrets import open_secret_box
from services.connections.settings import get_connection_settings
from services.connections.source import QueryLimits, Source
from services.connections.views import QueryRequest
from services.errors import NotFoundError
from services.jobs.child_process import Limits, run_in_child
from services.jobs.handler import JobRequest, Report
from services.people.permissions import Permission
from services.projects.queries import authorize_project

_SPARE_SECONDS = 120.0  # to connect before the query, and to type and hash the rows after it


def try_connection(request: JobRequest, report: Report) -> dict[str, Any]:
    """What a test found: {"server": ..., "tables": [{"name", "columns"}]}."""
    report(None, "Trying the connection")
    with opened_source(request) as source:
        server, tables = run_in_child(
            try_source, source, _query_limits(), limits=_limits(source), find_interruption=report.find_interruption
        )
    return {"server": server, "tables": [asdict(table) for table in tables]}


def preview_query(request: JobRequest, report: Report) -> dict[str, Any]:
    """The first rows: {"columns": [...], "rows": [[...]]}, each cell as text or None."""
    report(None, "Asking for the first rows")
    statement = QueryRequest.from_document(request.request).statement
    with opened_source(request) as source:
        preview = run_in_child(
            preview_rows,
            source,
            statement,
            _query_limits(),
            limits=_limits(source),
            find_interruption=report.find_interruption,
        )
    return {"columns": list(preview.columns), "rows": [list(row) for row in preview.rows]}


def fetch_query(request: JobRequest, report: Report, target: Path) -> FetchedTable:
    """All rows of the query, typed, in the Parquet file `target`."""
    report(None, "Asking the database")
    statement = QueryRequest.from_document(request.request).statement
    with opened_source(request) as source:
        return run_in_child(
            fetch_table,
            source,
            statement,
            _query_limits(),
            target,
            limits=_limits(source),
            find_interruption=report.find_interruption,
        )


@contextmanager
def opened_source(request: JobRequest) -> Iterator[Source]:
    """The database of a request, its password decrypted, its file beside; only as long as it is needed.

    Raises
    ------
    NotFoundError
        The connection was removed meanwhile, or the person may not use it any more.
    SecretUnreadableError
        The key of the stored password is not here.
    """
    row = _authorized_row(request)
    settings = get_connection_settings()
    if row.file_sha256 is None:
        yield Source(
            kind=row.kind,
            name=row.name,
            host=row.host or "",
            port=row.port or 5432,
            database=row.database or "",
            user_name=row.user_name or "",
            password=open_secret_box().decrypt(row.secret or ""),
            sslmode=settings.connection_sslmode,
            allowed_hosts=settings.allowed_hosts,
        )
        return
    with scratch_folder() as folder:
        path = folder / "database"
        get_artifact_store().fetch(row.file_sha256, path)
        yield Source(kind=row.kind, name=row.name, path=str(path))


def _authorized_row(request: JobRequest) -> Connection:
    wanted = QueryRequest.from_document(request.request)
    with reading() as session:
        authorize_project(session, actor=request.actor, project_id=request.project_id, permission=Permission.CONNECT)
        row = session.get(Connection, wanted.connection_id)
    if row is None or not row.is_active or row.project_id != request.project_id:
        raise NotFoundError(UNKNOWN_CONNECTION)
    return row


def _query_limits() -> QueryLimits:
    settings = get_connection_settings()
    return QueryLimits(
        seconds=settings.connection_seconds,
        max_rows=settings.connection_rows,
        max_bytes=settings.connection_mb * 1024**2,
        engine_memory_mb=settings.connection_memory_mb // 3,
    )


def _limits(source: Source) -> Limits:
    """A file that somebody brought is read without any way out of the process."""
    settings = get_connection_settings()
    return Limits(
        seconds=settings.connection_seconds + _SPARE_SECONDS,
        memory_mb=settings.connection_memory_mb,
        is_isolated=source.kind != "postgresql",
    )
