"""Read a received file: fetch it, read it in the limited child, store what came of it as the next version."""

from pathlib import Path
from typing import Any

from db.artifacts import get_artifact_store
from db.scratch import scratch_folder
from db.session import reading, transaction
from services.datasets.commands.uploads import StoredTable, save_upload
from services.datasets.queries import find_dataset, require_room
from services.datasets.reading import ChoiceNeededError, ReadTable, read_file
from services.datasets.receiving.request import ReadingRequest, Received, questions_document
from services.jobs.child_process import ChildInterruptedError
from services.jobs.handler import JobRequest, Report

_READ = 0.95  # the share of the work that is reading; the rest is storing


def read_dataset(request: JobRequest, report: Report) -> dict[str, Any]:
    """The handler of `dataset.read`. Its result is a `Received` document or questions.

    Everything it makes lies in a folder of its own until the table is stored. The version is saved in the transaction
    that ends the job, so that a reading that is begun again after a crash makes one version.

    Raises
    ------
    UnreadableFileError
        The file is no table; the sentence says what, where and what to do.
    """
    wanted = ReadingRequest.from_document(request.request)
    with scratch_folder() as folder:
        source = folder / "source"
        report(0.0, "Fetching the file")
        get_artifact_store().fetch(wanted.source_sha256, source)
        try:
            read = _read(source, wanted, folder, report)
        except ChoiceNeededError as needed:
            return questions_document(needed.questions)
        if wish := report.find_interruption():
            raise ChildInterruptedError(wish)
        report(_READ, "Storing the table")
        return _keep(request, wanted, read, report)


def _read(source: Path, wanted: ReadingRequest, folder: Path, report: Report) -> ReadTable:
    def say(progress: float | None, phase: str) -> None:
        report(None if progress is None else progress * _READ, phase)

    return read_file(
        source, wanted.file_name, wanted.choices, folder, report=say, find_interruption=report.find_interruption
    )


def _keep(request: JobRequest, wanted: ReadingRequest, read: ReadTable, report: Report) -> dict[str, Any]:
    n_table_bytes = read.table.stat().st_size
    with reading() as session:
        require_room(
            session,
            actor=request.actor,
            project_id=request.project_id,
            n_bytes=wanted.n_bytes + n_table_bytes,
            n_files=2,
        )
    store = get_artifact_store()
    table_sha256 = store.put_file(read.table)
    set_aside_sha256 = store.put_file(read.set_aside) if read.set_aside else None
    stored = StoredTable(
        file_name=wanted.file_name,
        source_sha256=wanted.source_sha256,
        table_sha256=table_sha256,
        n_source_bytes=wanted.n_bytes,
        n_table_bytes=n_table_bytes,
        profile=read.profile,
        origin={
            "kind": "upload",
            "file_name": wanted.file_name,
            "choices": wanted.choices.document(),
            "report": read.report.document(),
            "set_aside_sha256": set_aside_sha256,
        },
    )
    with transaction() as session:
        latest = find_dataset(session, actor=request.actor, project_id=request.project_id)
        dataset = save_upload(session, actor=request.actor, project_id=request.project_id, stored=stored)
        is_new = latest is None or latest.id != dataset.id
        result = Received(dataset.id, dataset.version, read.report, set_aside_sha256, is_new).document()
        report.settle(session, result)
    return result
