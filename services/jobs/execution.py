"""The life of a job as its worker sees it. Each step is one short transaction and may be repeated after a crash.

The row of the job is the lock: a worker that was taken for dead finds its name gone from it and can neither report
nor settle any more.
"""

import logging
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult
from sqlmodel import Session, col, select, update

from db.session import reading, transaction
from db.tables import Job, User, Worker
from db.types import utc_now
from services.errors import PortalError
from services.jobs.child_process import ChildInterruptedError
from services.jobs.faults import log_fault
from services.jobs.handler import Handler, JobRequest
from services.jobs.settings import get_job_settings
from services.jobs.views import ACTIVE_STATES
from services.people.queries import find_actor

_FAULT = "It stopped at a fault on our side; the cause is in the log of the worker. Try it again."
_GONE = "The person who asked for it has no access any more."
_WRITE_SECONDS = 0.5
_LOG = logging.getLogger("portal.jobs")


def list_due_jobs(session: Session) -> list[str]:
    """The queued jobs that may be handed to workers now, oldest first: of each person only a few at a time.

    What was begun by a worker that is gone takes nobody's place.
    """
    most = get_job_settings().most_at_once_per_person
    alive = session.exec(
        select(Worker.executor_id).where(Worker.state == "working", col(Worker.lease_until) > utc_now())
    ).all()
    statement = select(Job.id, Job.created_by, Job.state, Job.worker_id).where(col(Job.state).in_(ACTIVE_STATES))
    rows = session.exec(statement.order_by(col(Job.created_at), col(Job.id))).all()
    n_handed = Counter(person for _, person, state, worker_id in rows if state == "running" and worker_id in alive)
    due = []
    for job_id, person, state, _ in rows:
        if state == "queued" and n_handed[person] < most:
            n_handed[person] += 1
            due.append(job_id)
    return due


def run_job(job_id: str, handlers: Mapping[str, Handler], worker_id: str) -> None:
    """Do a job from its beginning and write down how it ended. Does nothing for one that has ended."""
    request = _begin(job_id, worker_id)
    if request is None:
        return
    report = JobReport(job_id, worker_id)
    try:
        handler = handlers[request.kind]
        result = handler(request, report)
    except ChildInterruptedError:
        report.end("cancelled", "Stopped")
    except PortalError as error:
        report.end("failed", "Not done", failure=error.sentence)
    except Exception as error:  # whatever it is, the person must see an ended job and a sentence
        log_fault(_LOG, f"Job {job_id} ({request.kind}) failed.", error)
        report.end("failed", "Not done", failure=_FAULT)
    else:
        report.end("done", "Done", progress=1.0, result=result)


def fail_job(job_id: str) -> None:
    """End a job whose end could not be written down."""
    with transaction() as session:
        ended = {"state": "failed", "phase": "Not done", "failure": _FAULT, "finished_at": utc_now()}
        session.exec(update(Job).where(col(Job.id) == job_id, col(Job.state).in_(ACTIVE_STATES)).values(**ended))


class JobReport:
    """The `Report` of one attempt at a job by one worker."""

    def __init__(self, job_id: str, worker_id: str) -> None:
        self._job_id, self._worker_id = job_id, worker_id
        self._phase, self._written_at = "", 0.0

    def __call__(self, progress: float | None, phase: str) -> None:
        """Write down how far it is, unless that was done a moment ago in the same words."""
        now = time.monotonic()
        if phase == self._phase and now - self._written_at < _WRITE_SECONDS:
            return
        self._phase, self._written_at = phase, now
        share = None if progress is None else min(max(float(progress), 0.0), 1.0)
        with transaction() as session:
            session.exec(self._mine(wish="none").values(progress=share, phase=phase))

    def find_interruption(self) -> str | None:
        """Why the work shall end now."""
        with reading() as session:
            state, wish, worker_id = session.exec(
                select(Job.state, Job.wish, Job.worker_id).where(Job.id == self._job_id)
            ).one()
        if state != "running" or worker_id != self._worker_id:
            return "over"
        return None if wish == "none" else wish

    def settle(self, session: Session, result: dict[str, Any]) -> None:
        """Mark the job done in `session`; raises `ChildInterruptedError` where it is not this attempt's to end."""
        done = {"state": "done", "phase": "Done", "progress": 1.0, "result": result, "finished_at": utc_now()}
        outcome = session.exec(self._mine(wish="none").values(**done))
        assert isinstance(outcome, CursorResult)
        if outcome.rowcount != 1:
            raise ChildInterruptedError("over")

    def end(self, state: str, phase: str, **values: Any) -> None:
        """Write down how the attempt ended, unless the job has ended otherwise or belongs to another worker now."""
        with transaction() as session:
            ended = {"state": state, "phase": phase, "wish": "none", "finished_at": utc_now(), **values}
            session.exec(self._mine().values(**ended))

    def _mine(self, **conditions: str) -> Any:
        mine = update(Job).where(
            col(Job.id) == self._job_id, col(Job.state) == "running", col(Job.worker_id) == self._worker_id
        )
        return mine.filter_by(**conditions).execution_options(synchronize_session=False)


def _begin(job_id: str, worker_id: str) -> JobRequest | None:
    """Take the job, or end it where it shall not begin."""
    with transaction() as session:
        job = session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
        if job.state not in ACTIVE_STATES:
            return None
        actor = find_actor(session, email=session.get_one(User, job.created_by).email)
        now = utc_now()
        session.add(job)
        if job.wish == "cancel":
            job.state, job.phase, job.wish, job.finished_at = "cancelled", "Stopped", "none", now
            return None
        if actor is None:
            job.state, job.phase, job.failure, job.finished_at = "failed", "Not done", _GONE, now
            return None
        job.state, job.worker_id, job.started_at, job.progress, job.phase = "running", worker_id, now, None, "Starting"
        return JobRequest(job.id, job.kind, job.project_id, job.subject_id, job.request, actor)
