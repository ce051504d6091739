"""The files of a model go to a tracking server where somebody asks for that, and come back verified."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.tables import AuditEvent, Job, ProjectMember, Run
from db.types import utc_now
from portal.jobs.handlers import HANDLERS
from services.audit.actor import Actor
from services.automl.commands import request_export, request_import
from services.automl.queries import get_imported_file, get_run
from services.automl.tracking.documents import EXPORT, IMPORT
from services.automl.tracking.file_names import CARD, PIPELINE, PROJECT, SCHEMA, SCRIPT
from services.automl.tracking.files import MANIFEST, RunFile
from services.errors import NotFoundError
from services.jobs.execution import run_job
from services.models.script_facts import KIND
from services.models.tracked_files import files_of_run, refuse_files
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
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


def take(actor: Actor, project_id: str, source_id: str, dataset_id: str | None = None) -> Job:
    with transaction() as session:
        request_import(session, actor=actor, project_id=project_id, source_id=source_id, dataset_id=dataset_id)
    return ended(actor, project_id, IMPORT)


def sent_events(session: Session) -> list[AuditEvent]:
    return list(session.exec(select(AuditEvent).where(col(AuditEvent.action) == "run.files_sent")))


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
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_no_file_leaves_without_an_event_however_the_work_ends(
    engine: Engine, server: TrackingServer, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    case = arrange(engine)
    with transaction() as session:
        job = request_export(session, actor=case.scientist, run_id=case.model.run_id, with_files=True)
    if end == "stop":
        monkeypatch.setattr(
            "services.jobs.execution.JobReport.find_interruption", lambda _: "cancel" if server.put else None
        )
        run_job(job.id, HANDLERS, "here")
    else:

        def die(*_: object) -> None:
            raise SystemExit

        monkeypatch.setattr("services.automl.tracking.client.TrackingClient.set_tag", die)
        with pytest.raises(SystemExit):
            run_job(job.id, HANDLERS, "here")
    assert [path.rsplit("artifacts/", 1)[-1] for path in server.put] == [PIPELINE]
    with reading() as session:
        assert session.get_one(Job, job.id).state == ("cancelled" if end == "stop" else "running")
        (event,) = sent_events(session)
        after = event.after or {}
        assert (event.actor_id, event.object_id) == (case.scientist.user_id, case.model.run_id)
        assert (after["address"], after["source_id"]) == (server.url, next(iter(server.runs)))
        assert set(after["files"]) == {PIPELINE, SCHEMA, CARD, PROJECT}
        assert after["files"][PIPELINE] == case.model.pipeline_sha256


@on_one_engine
def test_a_refused_list_of_files_is_said_and_the_files_that_are_there_are_written_down(
    engine: Engine, server: TrackingServer
) -> None:
    case = arrange(engine)
    server.broken["/runs/set-tag"] = (500, b'{"message": "a\\u0000b \\ud800"}')
    sent = export(case)
    assert sent.state == "done", sent.failure
    assert sent.result is not None
    assert set(sent.result["files"]) == {PIPELINE, SCHEMA, CARD, PROJECT}
    (said, *_) = [problem for problem in sent.result["file_problems"] if "not in the list" in problem]
    assert said.endswith("(500): a b")
    with reading() as session:
        event = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "run.exported")).one()
        assert (event.after or {})["files"] == (sent_events(session)[0].after or {})["files"]


@on_one_engine
def test_a_run_of_another_project_comes_without_its_files(engine: Engine, server: TrackingServer) -> None:
    case = arrange(engine)
    sent = export(case)
    assert sent.result is not None
    source_id = sent.result["source_id"]
    assert MANIFEST in server.tags(source_id)
    with transaction() as session:
        other = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, other)
        dataset = make_dataset(session, other, project.id)
    server.asked.clear()
    taken = take(other, project.id, source_id, dataset.id)
    assert taken.state == "done", taken.failure
    assert taken.result is not None
    assert taken.result["files"] == []
    assert "of a project that you are not a member of" in taken.result["file_problems"][0]
    assert not [path for path in server.asked if "mlflow-artifacts" in path]


@on_one_engine
def test_a_run_comes_without_its_files_for_who_is_still_to_say_what_they_expect(
    engine: Engine, server: TrackingServer
) -> None:
    case = arrange(engine)
    sent = export(case)
    assert sent.result is not None
    with transaction() as session:
        second = make_actor(session, Role.DATA_SCIENTIST)
        session.add(ProjectMember(project_id=case.project_id, user_id=second.user_id, added_by=case.scientist.user_id))
    server.asked.clear()
    taken = take(second, case.project_id, sent.result["source_id"])
    assert taken.state == "done", taken.failure
    assert taken.result is not None
    assert taken.result["files"] == []
    assert "still to say under Explain" in taken.result["file_problems"][0]
    assert not [path for path in server.asked if "mlflow-artifacts" in path]


def test_files_of_a_run_known_here_are_for_who_may_see_what_drives_its_model(session: Session) -> None:
    case = make_case(session)
    run_id = case.model.run_id
    assert refuse_files(session, case.scientist, run_id) is None
    assert "not a member" in (refuse_files(session, case.stranger, run_id) or "")
    assert "still to say" in (refuse_files(session, case.manager, run_id) or "")
    skip(session, case.manager, case.model)
    assert refuse_files(session, case.manager, run_id) is None
    for elsewhere in ("", "a1", "a\0b", "x" * 5_000, run_id + " "):
        assert refuse_files(session, case.stranger, elsewhere) is None


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
