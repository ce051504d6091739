"""What a page sees of a job."""

from datetime import timedelta

from sqlmodel import Session

from db.tables import Job
from db.types import utc_now
from services.jobs.queries import find_latest_job, get_job, list_jobs
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_jobs import make_job, make_worker


def test_the_newest_job_of_a_kind_and_of_a_subject_is_found(session: Session) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, scientist)
    jobs = [make_job(session, scientist, project.id, kind=kind, n=n) for n, kind in enumerate("aab")]
    for minutes, job in enumerate(jobs):
        row = session.get_one(Job, job.id)
        row.created_at, row.subject_id = utc_now() + timedelta(minutes=minutes), str(minutes)
    session.flush()
    assert [job.id for job in list_jobs(session, actor=scientist, project_id=project.id)] == [
        jobs[2].id,
        jobs[1].id,
        jobs[0].id,
    ]
    assert len(list_jobs(session, actor=scientist, project_id=project.id, kind="a", limit=1)) == 1
    newest = find_latest_job(session, actor=scientist, project_id=project.id, kind="a")
    assert newest is not None
    assert newest.id == jobs[1].id
    first = find_latest_job(session, actor=scientist, project_id=project.id, kind="a", subject_id="0")
    assert first is not None
    assert first.id == jobs[0].id
    assert find_latest_job(session, actor=scientist, project_id=project.id, kind="c") is None


def test_the_time_left_follows_from_the_pace_and_only_while_it_runs(session: Session) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    job_id = make_job(session, scientist, make_project(session, scientist).id).id
    assert get_job(session, actor=scientist, job_id=job_id).eta_seconds is None
    row = session.get_one(Job, job_id)
    row.state, row.progress, row.started_at = "running", 0.25, utc_now() - timedelta(seconds=10)
    session.flush()
    eta_seconds = get_job(session, actor=scientist, job_id=job_id).eta_seconds
    assert eta_seconds is not None
    assert 29 < eta_seconds < 35
    row.progress = None
    session.flush()
    assert get_job(session, actor=scientist, job_id=job_id).eta_seconds is None


def test_a_waiting_job_needs_any_worker_and_a_running_one_its_own(session: Session) -> None:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    job_id = make_job(session, scientist, make_project(session, scientist).id).id

    def is_worker_alive() -> bool:
        return get_job(session, actor=scientist, job_id=job_id).is_worker_alive

    make_worker(session, "dead", is_alive=False)
    assert not is_worker_alive()
    make_worker(session, "alive")
    assert is_worker_alive()
    row = session.get_one(Job, job_id)
    row.state, row.worker_id = "running", "dead"
    session.flush()
    assert not is_worker_alive()
