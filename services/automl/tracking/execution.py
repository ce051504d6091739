"""Jobs with a tracking server: write a run there, and take one over from there."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlmodel import Session

from db.artifacts import get_artifact_store
from db.scratch import scratch_folder
from db.session import reading, transaction
from db.tables import DatasetVersion, Run, ValuationVersion
from services.audit.actor import Actor
from services.automl.commands.tracking import import_run, keep_export, keep_sending
from services.automl.queries import get_run
from services.automl.tracking.client import TrackingClient
from services.automl.tracking.documents import ImportedFile, ImportedRun
from services.automl.tracking.exporting import Origin, Tell, export_run
from services.automl.tracking.files import Files, fetch_files, send_files
from services.automl.tracking.importing import read_run
from services.automl.tracking.settings import get_tracking_settings
from services.automl.views import RunView
from services.connections.settings import get_connection_settings
from services.jobs.child_process import ChildInterruptedError
from services.jobs.handler import JobRequest, Report
from services.people.permissions import Permission
from services.projects.queries import authorize_project

FilesOf = Callable[[Session, Actor, RunView], Files]
Refusal = Callable[[Session, Actor, str], str | None]


def write_to_server(request: JobRequest, report: Report, files_of: FilesOf) -> dict[str, Any]:
    """automl.export: the run and its variants, with the files of its model where they are asked for, and an event.

    Parameters
    ----------
    files_of
        The files of the model of a run.
    """
    report(None, "Reading the run")
    with reading() as session:
        run = get_run(session, actor=request.actor, run_id=str(request.request["run_id"]))
        project = authorize_project(
            session, actor=request.actor, project_id=run.project_id, permission=Permission.START_RUN
        )
        origin = _origin_of(session, run, project.slug)
        asked = files_of(session, request.actor, run) if request.request.get("with_files") else Files()
    with _open_client() as client:
        report(None, "Asking the tracking server")
        source_id = export_run(client, run, origin, tell=_teller(report, "Writing variants"))
        address = client.address
        if asked.files:
            report(None, "Writing the files of the model")
        announce = _announcer(request.actor, run.id, address, source_id)
        check = partial(_end_if_asked, report)
        sent = send_files(client, source_id, asked.files, announce=announce, check=check) if asked.files else Files()
    problems = [*asked.problems, *sent.problems]
    result = {"run_id": run.id, "address": address, "source_id": source_id, "n_trials": len(run.trials)}
    result |= {"files": [file.name for file in sent.files], "file_problems": problems} if sent.files or problems else {}
    hashes = {file.name: file.sha256 for file in sent.files}
    with transaction() as session:
        keep_export(session, actor=request.actor, run_id=run.id, address=address, source_id=source_id, files=hashes)
        report.settle(session, result)
    return result


def take_from_server(request: JobRequest, report: Report, refuse: Refusal) -> dict[str, Any]:
    """automl.import: a run of the server as an ended run of the project.

    Parameters
    ----------
    refuse
        Why the actor may not have the files of the run of this id, where it is one of this portal and they may not.
    """
    asked, source_id = request.request, str(request.request["source_id"])
    report(None, "Asking the tracking server")
    with reading() as session:
        authorize_project(session, actor=request.actor, project_id=request.project_id, permission=Permission.START_RUN)
    with _open_client() as client:
        tell = _teller(report, "Reading variants")
        found = read_run(client, source_id, metric=asked.get("metric"), tell=tell)
        report(None, "Reading the files of the model")
        found = _with_files(client, source_id, found, partial(_ask, refuse, request.actor), report)
    with transaction() as session:
        run = import_run(
            session,
            actor=request.actor,
            project_id=request.project_id,
            found=found,
            dataset_id=asked.get("dataset_id"),
        )
        result = {"run_id": run.id, "number": run.number, "n_trials": len(found.trials)}
        if found.files or found.file_problems:
            result |= {"files": [file.name for file in found.files], "file_problems": list(found.file_problems)}
        report.settle(session, result)
    return result


def _with_files(
    client: TrackingClient, source_id: str, found: ImportedRun, refuse: Callable[[str], str | None], report: Report
) -> ImportedRun:
    """The run with its files in the store, and why others are not."""
    store, check = get_artifact_store(), partial(_end_if_asked, report)
    with scratch_folder() as folder:
        fetched = fetch_files(client, source_id, folder, refuse=refuse, check=check)
        kept = tuple(ImportedFile(file.name, store.put_file(file.path), file.n_bytes) for file in fetched.files)
    return replace(found, files=kept, file_problems=fetched.problems)


def _ask(refuse: Refusal, actor: Actor, origin: str) -> str | None:
    with reading() as session:
        return refuse(session, actor, origin)


def _announcer(actor: Actor, run_id: str, address: str, source_id: str) -> Callable[[Mapping[str, str]], None]:
    """Writes down, before it happens and for good, which files leave for the server."""

    def announce(hashes: Mapping[str, str]) -> None:
        with transaction() as session:
            keep_sending(session, actor=actor, run_id=run_id, address=address, source_id=source_id, files=hashes)

    return announce


def _open_client() -> TrackingClient:
    return TrackingClient(get_tracking_settings(), get_connection_settings().allowed_hosts)


def _origin_of(session: Session, run: RunView, project: str) -> Origin:
    valuation_id = session.get_one(Run, run.id).valuation_version_id
    return Origin(
        project=project,
        dataset_sha256=session.get_one(DatasetVersion, run.dataset_id).sha256,
        valuation_sha256=session.get_one(ValuationVersion, valuation_id).sha256 if valuation_id else None,
    )


def _teller(report: Report, phase: str) -> Tell:
    def tell(done: int, total: int) -> None:
        report(done / total, phase)
        _end_if_asked(report)

    return tell


def _end_if_asked(report: Report) -> None:
    if wish := report.find_interruption():
        raise ChildInterruptedError(wish)
