"""From a stored file to a version, a refusal or questions, in the name of who asked, whatever happens on the way."""

import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from db.settings import get_database_settings
from db.tables import AuditEvent, DatasetVersion, Job, ProjectMember
from portal.jobs.handlers import HANDLERS
from services.audit.actor import Actor
from services.datasets.commands.receiving import answer_questions, receive_file
from services.datasets.queries import find_dataset
from services.datasets.queries.receiving import get_set_aside
from services.datasets.receiving.execution import read_dataset
from services.datasets.receiving.request import find_received, open_questions
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.jobs.commands import cancel_job
from services.jobs.execution import run_job
from services.jobs.handler import JobRequest, Report
from services.jobs.queries import get_job
from services.jobs.views import JobView
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_frame
from tests.makers_jobs import make_worker

CANARY = "Erika-Mustermann-4711"
ASKING = b"id;amount\n1;1,234\n2;5,678\n"  # one thousand or one point two?
FAULTY = b"a,b\n1,2\n3\n4,5\n"


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def project_id(scientist: Actor) -> str:
    with transaction() as session:
        return make_project(session, scientist).id


def receive(actor: Actor, project_id: str, content: bytes, file_name: str = "customers.csv", **choices: Any) -> str:
    digest = get_artifact_store().put(content)
    with transaction() as session:
        return receive_file(
            session,
            actor=actor,
            project_id=project_id,
            file_name=file_name,
            source_sha256=digest,
            n_bytes=len(content),
            choices=choices,
        ).id


def read(actor: Actor, job_id: str) -> JobView:
    run_job(job_id, HANDLERS, "one")
    with reading() as session:
        return get_job(session, actor=actor, job_id=job_id)


def scratch_is_empty() -> bool:
    return list((get_database_settings().data_dir / "scratch").iterdir()) == []


def test_a_file_becomes_a_version_of_who_asked_with_its_report(scientist: Actor, project_id: str) -> None:
    content = make_frame().to_csv(index=False).encode()
    job = read(scientist, receive(scientist, project_id, content, "../customers.csv"))
    assert (job.state, job.failure) == ("done", None)
    received = find_received(job)
    assert received is not None
    assert (received.version, received.report.n_rows, received.set_aside_sha256) == (1, 200, None)
    with reading() as session:
        dataset = find_dataset(session, actor=scientist, project_id=project_id)
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "dataset.uploaded")).one()
    assert dataset is not None
    assert (dataset.id, dataset.file_name, dataset.n_rows) == (received.dataset_id, "customers.csv", 200)
    assert (dataset.created_by, event.actor_id) == (scientist.user_id, scientist.user_id)
    assert get_artifact_store().get(dataset.source_sha256) == content
    assert dataset.origin["kind"] == "upload"
    assert dataset.origin["report"]["n_rows"] == 200
    assert scratch_is_empty()


def test_the_same_bytes_again_make_no_version_and_it_is_told(scientist: Actor, project_id: str) -> None:
    content = make_frame(30).to_csv(index=False).encode()
    jobs = [read(scientist, receive(scientist, project_id, content)) for _ in range(2)]
    first, second = (find_received(job) for job in jobs)
    assert first is not None and second is not None
    assert (first.is_new, second.is_new, second.dataset_id) == (True, False, first.dataset_id)


def test_a_faulty_file_is_refused_with_its_sentence_and_leaves_nothing(scientist: Actor, project_id: str) -> None:
    job = read(scientist, receive(scientist, project_id, FAULTY, faulty_rows="refuse"))
    before = get_artifact_store().list_digests()
    if job.state == "done":  # it asked whether to go on without the row
        (question,) = open_questions(job)
        assert question.field == "faulty_rows"
    else:
        assert job.failure is not None
        assert "Line 3" in job.failure or "line 3" in job.failure
    with reading() as session:
        assert find_dataset(session, actor=scientist, project_id=project_id) is None
    assert len(before) == 1
    assert scratch_is_empty()


def test_going_on_without_faulty_rows_is_in_the_record_and_the_rows_can_be_fetched(
    scientist: Actor, project_id: str
) -> None:
    job = read(scientist, receive(scientist, project_id, FAULTY, faulty_rows="set_aside"))
    received = find_received(job)
    assert received is not None, job.failure
    assert (received.report.n_rows, received.report.n_set_aside) == (2, 1)
    with transaction() as session:
        content = get_set_aside(session, actor=scientist, job_id=job.id).decode()
        assert content.splitlines()[1].startswith("3")
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "dataset.uploaded")).one()
        assert event.after is not None
        assert "without 1 faulty row" in event.after["change"]
        stranger = make_actor(session, Role.DATA_SCIENTIST)
        with pytest.raises(NotFoundError):
            get_set_aside(session, actor=stranger, job_id=job.id)


def test_questions_are_asked_answered_once_and_their_preview_forgotten(scientist: Actor, project_id: str) -> None:
    asked = read(scientist, receive(scientist, project_id, ASKING))
    questions = open_questions(asked)
    assert questions, asked.failure or asked.result
    answers = [question.options[0][0] for question in questions]
    with transaction() as session:
        with pytest.raises(InvalidInputError):
            answer_questions(session, actor=scientist, job_id=asked.id, answers=[])
        with pytest.raises(InvalidInputError):
            answer_questions(session, actor=scientist, job_id=asked.id, answers=["neither"] * len(questions))
        again = answer_questions(session, actor=scientist, job_id=asked.id, answers=answers)
        with pytest.raises(ConflictError):
            answer_questions(session, actor=scientist, job_id=asked.id, answers=answers)
        assert session.get_one(Job, asked.id).result == {"answered_by": again.id}
    done = read(scientist, again.id)
    assert find_received(done) is not None, done.failure or done.result
    with reading() as session:
        dataset = find_dataset(session, actor=scientist, project_id=project_id)
    assert dataset is not None
    assert dataset.origin["choices"] == done.request["choices"]


def test_a_reading_that_is_begun_again_after_its_version_was_saved_saves_no_second(
    scientist: Actor, project_id: str
) -> None:
    job_id = receive(scientist, project_id, make_frame().to_csv(index=False).encode())
    calls = []

    def die_after_saving(request: JobRequest, report: Report) -> dict[str, Any]:
        calls.append(request.id)
        read_dataset(request, report)
        raise SystemExit  # as if killed before the answer was written down

    with pytest.raises(SystemExit):
        run_job(job_id, {"dataset.read": die_after_saving}, "one")
    assert read(scientist, job_id).state == "done"
    with reading() as session:
        assert len(session.exec(select(DatasetVersion)).all()) == 1


def test_a_stopped_reading_leaves_nothing_half_written(
    scientist: Actor, project_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = receive(scientist, project_id, make_frame(20_000).to_csv(index=False).encode())
    before = get_artifact_store().list_digests()
    with transaction() as session:
        make_worker(session, "one")

    def stop_midway(request: JobRequest, report: Report) -> dict[str, Any]:
        def fetch(digest: str, path: Path) -> None:
            with transaction() as session:
                cancel_job(session, actor=scientist, job_id=job_id)
            path.write_bytes(get_artifact_store().get(digest))

        monkeypatch.setattr(get_artifact_store(), "fetch", fetch)
        return read_dataset(request, report)

    run_job(job_id, {"dataset.read": stop_midway}, "one")
    with reading() as session:
        assert get_job(session, actor=scientist, job_id=job_id).state == "cancelled"
        assert find_dataset(session, actor=scientist, project_id=project_id) is None
    assert get_artifact_store().list_digests() == before
    assert scratch_is_empty()


def test_who_has_left_the_project_meanwhile_brings_nothing(scientist: Actor, project_id: str) -> None:
    job_id = receive(scientist, project_id, make_frame().to_csv(index=False).encode())
    with transaction() as session:
        session.delete(session.exec(select(ProjectMember).where(ProjectMember.user_id == scientist.user_id)).one())
    run_job(job_id, HANDLERS, "one")
    with reading() as session:
        job = session.get_one(Job, job_id)
        assert job.state == "failed"
        assert session.exec(select(DatasetVersion)).all() == []


@pytest.mark.parametrize(
    "content",
    [
        f"name,amount\n{CANARY},1\n{CANARY}\n".encode(),
        f"name,name\n{CANARY},{CANARY}\n".encode(),
        f'name,amount\n"{CANARY},1\n'.encode(),
        f"{CANARY}\x00,b\n1,2\n".encode(),
        f"when,amount\n{CANARY} 03/04/2024,1,234\n".encode(),
        b"\xff\xfe" + CANARY.encode("utf-16-le"),
    ],
)
def test_no_cell_is_in_the_log_a_failure_or_the_audit_chain(
    scientist: Actor, project_id: str, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        job = read(scientist, receive(scientist, project_id, content))
    with reading() as session:
        events = [event.model_dump_json() for event in session.exec(select(AuditEvent))]
    told = "\n".join([caplog.text, job.failure or "", *events])
    assert CANARY not in told
