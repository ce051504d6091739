"""The handler of `connection.query`: test a connection, show the first rows, or bring all rows as a version."""

from pathlib import Path
from typing import Any

from db.artifacts import get_artifact_store
from db.scratch import scratch_folder
from db.session import reading, transaction
from db.types import utc_now
from services.connections.execution import fetch_query, preview_query, try_connection
from services.connections.fetching import FetchedTable
from services.connections.views import QueryRequest
from services.datasets.commands.uploads import StoredTable, save_upload
from services.datasets.profile import TableProfile
from services.datasets.queries import find_dataset, require_room
from services.datasets.querying.profiled_rows import profile_rows
from services.datasets.views import Dataset
from services.jobs.child_process import Limits, run_in_child
from services.jobs.handler import JobRequest, Report

_LIMITS = Limits(seconds=300, memory_mb=3072)


def carry_out_query(request: JobRequest, report: Report) -> dict[str, Any]:
    """What the purpose of the request asks for; of "bring": {"dataset_id", "version", "n_rows", "is_unchanged", ...}.

    The version is saved in the transaction that ends the job, so that a query begun again after a crash makes one.
    """
    purpose = QueryRequest.from_document(request.request).purpose
    if purpose == "test":
        return try_connection(request, report)
    return preview_query(request, report) if purpose == "preview" else _bring(request, report)


def _bring(request: JobRequest, report: Report) -> dict[str, Any]:
    taken_at = utc_now().isoformat(timespec="seconds")
    with scratch_folder() as folder:
        fetched = fetch_query(request, report, folder / "fetched.parquet")
        with reading() as session:
            latest = find_dataset(session, actor=request.actor, project_id=request.project_id)
        if latest is not None and _is_unchanged(latest, request, fetched):
            return _result(latest, fetched, is_unchanged=True)
        report(None, "Describing the columns")
        stored = _store(request, report, fetched, taken_at, folder)
    with transaction() as session:
        dataset = save_upload(session, actor=request.actor, project_id=request.project_id, stored=stored)
        result = _result(dataset, fetched, is_unchanged=latest is not None and dataset.id == latest.id)
        report.settle(session, result)
    return result


def _store(request: JobRequest, report: Report, fetched: FetchedTable, taken_at: str, folder: Path) -> StoredTable:
    wanted, table = QueryRequest.from_document(request.request), folder / "table.parquet"
    document = run_in_child(
        profile_rows,
        folder / "fetched.parquet",
        table,
        (),
        fetched.column_notes,
        limits=_LIMITS,
        find_interruption=report.find_interruption,
    )
    n_bytes = table.stat().st_size
    with reading() as session:
        require_room(session, actor=request.actor, project_id=request.project_id, n_bytes=n_bytes, n_files=1)
    digest = get_artifact_store().put_file(table)
    return StoredTable(
        file_name=f"{wanted.connection_name} (query)",
        source_sha256=digest,
        table_sha256=digest,
        n_source_bytes=n_bytes,
        n_table_bytes=n_bytes,
        profile=TableProfile.from_document(document),
        origin={
            "kind": "sql",
            "connection": wanted.connection_name,
            "connection_id": wanted.connection_id,
            "query": wanted.statement,
            "taken_at": taken_at,
            "n_rows": fetched.n_rows,
            "row_sha256": fetched.row_sha256,
        },
    )


def _is_unchanged(latest: Dataset, request: JobRequest, fetched: FetchedTable) -> bool:
    """The same question to the same database gave the same rows in the same order as the latest version began with."""
    wanted, origin = QueryRequest.from_document(request.request), latest.origin
    asked = (origin.get("kind"), origin.get("connection_id"), origin.get("query"), origin.get("row_sha256"))
    return asked == ("sql", wanted.connection_id, wanted.statement, fetched.row_sha256)


def _result(dataset: Dataset, fetched: FetchedTable, *, is_unchanged: bool) -> dict[str, Any]:
    return {
        "dataset_id": dataset.id,
        "version": dataset.version,
        "n_rows": fetched.n_rows,
        "n_columns": fetched.n_columns,
        "row_sha256": fetched.row_sha256,
        "is_unchanged": is_unchanged,
    }
