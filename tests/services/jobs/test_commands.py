"""Asking for work and taking it back."""

import pytest
from sqlmodel import Session, select

from db.tables import AuditEvent, Job
from services.errors import ConflictError, NotAllowedError, TooManyRequestsError
from services.jobs.commands import cancel_job
from services.jobs.queries import get_job
from services.jobs.settings import JobSettings
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_jobs import make_job, make_worker


def test_an_equal_request_is_given_back_until_it_is_done(session: Session) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist)
    first = make_job(session, scientist, project.id, word="a")
    assert make_job(session, scientist, project.id, word="a").id == first.id
    assert make_job(session, scientist, project.id, word="b").id != first.id
    session.get_one(Job, first.id).state = "done"
    assert make_job(session, scientist, project.id, word="a").id != first.id


def test_a_person_and_a_project_may_have_so_many_jobs_and_no_more(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = JobSettings(most_active_per_person=2, most_active_per_project=3)
    monkeypatch.setattr("services.jobs.queries.get_job_settings", lambda: limits)
    scientist, other = make_actor(session, Role.DATA_SCIENTIST), make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist, other)
    for number in range(2):
        make_job(session, scientist, project.id, number=number)
    with pytest.raises(TooManyRequestsError, match="2 of your jobs are not done yet"):
        make_job(session, scientist, project.id, number=2)
    job = make_job(session, other, project.id, number=3)
    with pytest.raises(TooManyRequestsError, match="3 jobs of this project are not done yet"):
        make_job(session, other, project.id, number=4)
    cancel_job(session, actor=other, job_id=job.id)
    make_job(session, other, project.id, number=4)


def test_a_waiting_job_ends_at_once_and_a_running_one_when_its_worker_sees_it(session: Session) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist)
    waiting, running = (make_job(session, scientist, project.id, number=n) for n in range(2))
    row = session.get_one(Job, running.id)
    row.state, row.worker_id = "running", make_worker(session)
    ended = cancel_job(session, actor=scientist, job_id=waiting.id)
    assert (ended.state, ended.is_active) == ("cancelled", False)
    asked = cancel_job(session, actor=scientist, job_id=running.id)
    assert (asked.state, asked.wish, asked.is_active) == ("running", "cancel", True)
    with pytest.raises(ConflictError):
        cancel_job(session, actor=scientist, job_id=waiting.id)


def test_a_job_of_a_worker_that_is_gone_ends_at_once(session: Session) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    job = make_job(session, scientist, make_project(session, scientist).id)
    row = session.get_one(Job, job.id)
    row.state, row.worker_id = "running", make_worker(session, is_alive=False)
    assert cancel_job(session, actor=scientist, job_id=job.id).state == "cancelled"


def test_only_who_asked_or_who_changes_the_data_may_stop_it(session: Session) -> None:
    scientist, business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session)
    project = make_project(session, scientist, business)
    job = make_job(session, scientist, project.id)
    with pytest.raises(NotAllowedError):
        cancel_job(session, actor=business, job_id=job.id)
    session.get_one(Job, job.id).created_by = business.user_id
    cancel_job(session, actor=business, job_id=job.id)
    assert get_job(session, actor=scientist, job_id=job.id).state == "cancelled"


def test_asking_and_stopping_are_not_audited(session: Session) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist)
    before = len(session.exec(select(AuditEvent)).all())
    cancel_job(session, actor=scientist, job_id=make_job(session, scientist, project.id).id)
    assert len(session.exec(select(AuditEvent)).all()) == before
