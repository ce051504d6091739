"""The life of a job in its worker: done once, stopped when asked, and never settled by a worker that lost it."""

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, update

from db.session import reading, transaction
from db.tables import Job, User
from services.audit.actor import Actor
from services.errors import InvalidInputError, TooManyRequestsError
from services.jobs.child_process import ChildInterruptedError, Limits, run_in_child
from services.jobs.commands import cancel_job
from services.jobs.execution import JobReport, fail_job, list_due_jobs, run_job
from services.jobs.handler import Handler, JobRequest, Report
from services.jobs.queries import get_job
from services.jobs.settings import JobSettings, get_job_settings
from services.jobs.views import JobView
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_jobs import make_job, make_worker

CANARY = "Erika Mustermann"


@pytest.fixture
def scientist(engine: Engine) -> Actor:
    with transaction(engine) as session:
        return make_actor(session, Role.DATA_SCIENTIST)


def queue(actor: Actor, kind: str = "test", **request: object) -> str:
    with transaction() as session:
        return make_job(session, actor, make_project(session, actor).id, kind=kind, **request).id


def look(actor: Actor, job_id: str) -> JobView:
    with reading() as session:
        return get_job(session, actor=actor, job_id=job_id)


def doing(handler: Handler) -> dict[str, Handler]:
    return {"test": handler}


def test_a_job_is_done_in_the_name_of_who_asked_and_only_once(scientist: Actor) -> None:
    seen: list[JobRequest] = []

    def echo(request: JobRequest, report: Report) -> dict[str, Any]:
        seen.append(request)
        report(0.5, "Halfway")
        assert look(scientist, request.id).phase == "Halfway"
        assert look(scientist, request.id).progress == 0.5
        return {"word": request.request["word"]}

    job_id = queue(scientist, word="hello")
    run_job(job_id, doing(echo), "one")
    run_job(job_id, doing(echo), "two")
    done = look(scientist, job_id)
    assert (done.state, done.result, done.progress, done.failure) == ("done", {"word": "hello"}, 1.0, None)
    assert done.finished_at is not None
    assert [request.actor.user_id for request in seen] == [scientist.user_id]


def test_a_refusal_is_kept_as_its_sentence(scientist: Actor) -> None:
    def refuse(request: JobRequest, report: Report) -> dict[str, Any]:
        raise InvalidInputError("The table is empty. Bring one with rows.")

    job_id = queue(scientist)
    run_job(job_id, doing(refuse), "one")
    ended = look(scientist, job_id)
    assert (ended.state, ended.failure) == ("failed", "The table is empty. Bring one with rows.")


def test_a_fault_ends_the_job_and_the_log_says_where_but_not_what(
    scientist: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(request: JobRequest, report: Report) -> dict[str, Any]:
        raise ValueError(f"could not convert {CANARY} to a number")

    job_id = queue(scientist)
    with caplog.at_level(logging.DEBUG):
        run_job(job_id, doing(stumble), "one")
    failure = look(scientist, job_id).failure
    assert failure is not None
    assert "fault on our side" in failure
    assert "ValueError" in caplog.text
    assert "in stumble" in caplog.text
    assert CANARY not in caplog.text


def test_a_kind_that_nobody_does_fails_with_a_sentence(scientist: Actor) -> None:
    job_id = queue(scientist, kind="unheard.of")
    run_job(job_id, {}, "one")
    assert look(scientist, job_id).state == "failed"


def test_a_person_without_access_gets_nothing_done_in_their_name(scientist: Actor) -> None:
    job_id = queue(scientist)
    with transaction() as session:
        session.get_one(User, scientist.user_id).is_active = False
    run_job(job_id, doing(lambda request, report: pytest.fail("done")), "one")
    ended = look(scientist, job_id)
    assert ended.state == "failed"
    assert ended.failure is not None
    assert "no access" in ended.failure


def test_a_wish_to_stop_kills_the_child_within_a_second(scientist: Actor) -> None:
    asked_at = 0.0

    def sleep(request: JobRequest, report: Report) -> dict[str, Any]:
        def find_interruption() -> str | None:
            nonlocal asked_at
            if not asked_at:
                asked_at = time.monotonic()
                with transaction() as session:
                    cancel_job(session, actor=scientist, job_id=request.id)
            return report.find_interruption()

        run_in_child(time.sleep, 60, limits=Limits(90, 2_000), find_interruption=find_interruption)
        raise AssertionError("The child slept to its end.")

    job_id = queue(scientist)
    with transaction() as session:
        make_worker(session, "one")
    run_job(job_id, doing(sleep), "one")
    assert time.monotonic() - asked_at < 1.0
    assert look(scientist, job_id).state == "cancelled"


def test_a_wish_that_came_before_the_worker_is_heeded(scientist: Actor) -> None:
    job_id = queue(scientist)
    with transaction() as session:
        session.exec(update(Job).where(col(Job.id) == job_id).values(state="running", worker_id="dead", wish="cancel"))
    run_job(job_id, doing(lambda request, report: pytest.fail("done")), "one")
    assert look(scientist, job_id).state == "cancelled"


def test_of_two_workers_at_one_job_only_the_later_has_an_effect(scientist: Actor) -> None:
    job_id = queue(scientist)
    effects: list[str] = []

    def work_as(name: str, meanwhile: Callable[[], None] = lambda: None) -> Handler:
        def work(request: JobRequest, report: Report) -> dict[str, Any]:
            meanwhile()
            with transaction() as session:
                report.settle(session, {"by": name})
                effects.append(name)
            return {"by": name}

        return work

    run_job(job_id, doing(work_as("one", lambda: run_job(job_id, doing(work_as("two")), "two"))), "one")
    assert effects == ["two"]
    assert look(scientist, job_id).result == {"by": "two"}


def test_a_worker_that_lost_its_job_can_neither_report_nor_settle(scientist: Actor) -> None:
    job_id = queue(scientist)
    with transaction() as session:
        session.exec(update(Job).where(col(Job.id) == job_id).values(state="running", worker_id="two", phase="Mine"))
    report = JobReport(job_id, "one")
    report(0.9, "Also mine")
    report.end("failed", "Not done", failure="Nobody sees this.")
    assert report.find_interruption() == "over"
    with pytest.raises(ChildInterruptedError), transaction() as session:
        report.settle(session, {})
    seen = look(scientist, job_id)
    assert (seen.state, seen.phase, seen.progress) == ("running", "Mine", None)


def test_an_effect_and_the_end_of_the_job_happen_together_or_not_at_all(scientist: Actor) -> None:
    job_id = queue(scientist)

    def stumble(request: JobRequest, report: Report) -> dict[str, Any]:
        with transaction() as session:
            report.settle(session, {"n": 1})
            raise InvalidInputError("The last row is missing.")

    run_job(job_id, doing(stumble), "one")
    ended = look(scientist, job_id)
    assert (ended.state, ended.result) == ("failed", None)


def test_progress_is_written_when_the_words_change_or_after_a_moment(scientist: Actor) -> None:
    job_id = queue(scientist)

    def count(request: JobRequest, report: Report) -> dict[str, Any]:
        report(0.1, "Counting")
        report(0.2, "Counting")
        assert look(scientist, job_id).progress == 0.1
        report(7.0, "Adding up")
        assert look(scientist, job_id).progress == 1.0
        return {}

    run_job(job_id, doing(count), "one")
    assert look(scientist, job_id).failure is None


def test_what_could_not_be_written_down_is_ended_later(scientist: Actor) -> None:
    job_id = queue(scientist)
    fail_job(job_id)
    assert look(scientist, job_id).state == "failed"


def test_of_each_person_only_a_few_jobs_are_handed_over_at_a_time(
    scientist: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.jobs.execution.get_job_settings", lambda: JobSettings(most_at_once_per_person=2))
    flood = [queue(scientist, n=n) for n in range(4)]
    with transaction() as session:
        other = make_actor(session, Role.DATA_SCIENTIST)
    patient = queue(other)

    def due() -> list[str]:
        with reading() as session:
            return list_due_jobs(session)

    assert due() == [*flood[:2], patient]
    with transaction() as session:
        alive, dead = make_worker(session, "alive"), make_worker(session, "dead", is_alive=False)
        session.exec(update(Job).where(col(Job.id) == flood[0]).values(state="running", worker_id=alive))
    assert due() == [flood[1], patient]
    with transaction() as session:
        session.exec(update(Job).where(col(Job.id) == flood[0]).values(worker_id=dead))
    assert due() == [flood[1], flood[2], patient]


def test_of_two_hundred_jobs_a_few_may_wait_and_the_next_person_is_among_the_first(scientist: Actor) -> None:
    """The settings as they are: the others are refused in a sentence, and nobody stands behind the flood."""
    settings, taken, refused = get_job_settings(), [], []
    with transaction() as session:
        projects = [make_project(session, scientist).id for _ in range(10)]  # more projects give no more places
        other = make_actor(session, Role.DATA_SCIENTIST)
    for number in range(200):
        with transaction() as session:
            try:
                taken.append(make_job(session, scientist, projects[number % 10], number=number).id)
            except TooManyRequestsError as error:
                refused.append(error.sentence)
    assert (len(taken), len(refused)) == (settings.most_active_per_person, 200 - settings.most_active_per_person)
    assert set(refused) == {
        f"{len(taken)} of your jobs are not done yet, and no more can wait. Stop one, or try again when one has ended."
    }
    patient = queue(other)
    with reading() as session:
        due = list_due_jobs(session)
    assert due == [*taken[: settings.most_at_once_per_person], patient]
