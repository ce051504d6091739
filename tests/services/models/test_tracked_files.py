"""The files of a model go to a tracking server where somebody asks for that, and come back verified."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import AuditEvent, Job, Run
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.commands import request_export, request_import
from services.automl.queries import get_imported_file, get_run
from services.automl.tracking.documents import EXPORT, IMPORT
from services.automl.tracking.file_names import CARD, PIPELINE, PROJECT, SCHEMA, SCRIPT
from services.automl.tracking.files import RunFile
from services.errors import NotFoundError
from services.models.script_facts import KIND
from services.models.tracked_files import files_of_run
from tests.makers_interpretations import skip
from tests.makers_labels import run_jobs
from tests.makers_mlflow import TrackingServer, tracking_server
from tests.makers_reviews import Case, make_case
from tests.makers_trials import make_judged_trial

on_one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingServer]:
    with tracking_server(monkeypatch) as server:
        yield server


def arrange(engine: Engine) -> Case:
    with transaction(engine) as session:
        case = make_case(session)
        make_judged_trial(session, session.get_one(Run, case.model.run_id), 1)
        return case


def write_script(session: Session, case: Case) -> None:
    """As if a worker had written the training script of the model."""
    digest = get_artifact_store().put(b"print('model')\n")
    session.add(
        Job(
            project_id=case.project_id,
            kind=KIND,
            subject_id=case.model.id,
            state="done",
            request={},
            result={"script_sha256": digest},
            created_by=case.scientist.user_id,
            finished_at=utc_now(),
        )
    )
    session.flush()


def ended(actor: Actor, project_id: str, kind: str) -> Job:
    (job,) = run_jobs(actor, project_id, kinds=[kind])
    with reading() as session:
        return session.get_one(Job, job.id)


def export(case: Case, *, with_files: bool = True) -> Job:
    with transaction() as session:
        request_export(session, actor=case.scientist, run_id=case.model.run_id, with_files=with_files)
    return ended(case.scientist, case.project_id, EXPORT)


def names(files: tuple[RunFile, ...]) -> set[str]:
    return {file.name for file in files}


def test_a_model_has_its_pipeline_schema_card_and_project_and_says_which_file_is_not_there(session: Session) -> None:
    case = make_case(session)
    run = get_run(session, actor=case.scientist, run_id=case.model.run_id)
    found = files_of_run(session, case.scientist, run)
    assert names(found.files) == {PIPELINE, SCHEMA, CARD, PROJECT}
    assert {file.name: file.sha256 for file in found.files}[PIPELINE] == case.model.pipeline_sha256
    (problem,) = found.problems
    assert "training script" in problem
    write_script(session, case)
    found = files_of_run(session, case.scientist, run)
    assert (SCRIPT in names(found.files), found.problems) == (True, ())


def test_who_is_still_to_say_what_they_expect_takes_no_file_that_tells_it(session: Session) -> None:
    case = make_case(session)
    run = get_run(session, actor=case.manager, run_id=case.model.run_id)
    hidden = files_of_run(session, case.manager, run)
    assert hidden.files == ()
    assert "still to say under Explain" in hidden.problems[0]
    skip(session, case.manager, case.model)
    assert names(files_of_run(session, case.manager, run).files) == {PIPELINE, SCHEMA, CARD, PROJECT}


@on_one_engine
def test_files_go_to_the_server_and_come_back_with_the_run(engine: Engine, server: TrackingServer) -> None:
    case = arrange(engine)
    with transaction() as session:
        write_script(session, case)
    sent = export(case)
    assert sent.state == "done", sent.failure
    assert sent.result is not None
    assert set(sent.result["files"]) == {PIPELINE, SCHEMA, CARD, PROJECT, SCRIPT}
    with transaction() as session:
        source = sent.result["source_id"]
        request_import(session, actor=case.scientist, project_id=case.project_id, source_id=source)
    taken = ended(case.scientist, case.project_id, IMPORT)
    assert taken.state == "done", taken.failure
    assert taken.result is not None
    assert set(taken.result["files"]) == set(sent.result["files"])
    with reading() as session:
        run_id = taken.result["run_id"]
        run = get_run(session, actor=case.scientist, run_id=run_id)
        kept = {file["name"]: file["sha256"] for file in run.imported_files}
        event = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "run.exported")).one()
        assert (event.after or {})["files"] == kept
        assert kept[PIPELINE] == case.model.pipeline_sha256
        content = get_imported_file(session, actor=case.scientist, run_id=run_id, name=SCRIPT)
        assert content == b"print('model')\n"
        for actor, name in ((case.stranger, SCRIPT), (case.scientist, "model/other")):
            with pytest.raises(NotFoundError):
                get_imported_file(session, actor=actor, run_id=run_id, name=name)


@on_one_engine
def test_without_asking_no_file_goes_anywhere(engine: Engine, server: TrackingServer) -> None:
    sent = export(arrange(engine), with_files=False)
    assert sent.state == "done", sent.failure
    assert server.files == {}
    assert "files" not in (sent.result or {})


@on_one_engine
def test_a_server_that_passes_no_files_on_has_all_else(engine: Engine, server: TrackingServer) -> None:
    server.passes_files = False
    sent = export(arrange(engine))
    assert sent.state == "done", sent.failure
    assert sent.result is not None
    assert sent.result["files"] == []
    assert any("keeps files elsewhere" in problem for problem in sent.result["file_problems"])
    assert len(server.runs) == 2
