"""The durable shape of what begins and ends a run, and of a job.

The search between them needs none: its trials are rows, and whoever has a free place takes the next, see
`portal.jobs.places`. Every step keeps its result in the portal's tables and may be repeated, so that DBOS, which
repeats the step a dead worker was in, never registers a model twice.
"""

import logging

from dbos import DBOS, SetWorkflowID
from optuna.storages import BaseStorage

from db.session import reading, transaction
from portal.jobs.handlers import HANDLERS
from services.automl.execution import Closing, close_search, fail_run, is_open
from services.automl.turns.execution import Beginning, EndedSearch
from services.errors import PortalError
from services.jobs.execution import fail_job, run_job
from services.jobs.faults import log_fault
from services.models.beginning import begin_run
from services.models.finishing_job import finish_run
from services.models.run_data import halting

BEGINNINGS, RUNS, JOBS = "beginnings", "runs", "jobs"
FAULT = "The run stopped at a fault on our side; the cause is in the log of the worker. Start it again."
_LOG = logging.getLogger("portal.jobs")
_storage: BaseStorage | None = None


def use_storage(storage: BaseStorage) -> None:
    """Tell this worker where the studies are."""
    global _storage  # DBOS calls steps by name and passes only what it has stored
    _storage = storage


def enqueue_beginning(run: Beginning) -> None:
    """Let a worker read the data of a run. Doing so again changes nothing."""
    with SetWorkflowID(_id_of(run)):
        DBOS.enqueue_workflow(BEGINNINGS, begin_search, run.run_id, run.generation)


def enqueue_end(run: EndedSearch) -> None:
    """Let a worker end a search that is over. Doing so again changes nothing."""
    with SetWorkflowID(_id_of(run)):
        DBOS.enqueue_workflow(RUNS, end_search, run.run_id, run.generation)


def has_broken_off(run: Beginning | EndedSearch) -> bool:
    """Whether the workflow of a run is over; where the run still waits for it, it did not do its work."""
    status = DBOS.get_workflow_status(_id_of(run))
    return status is not None and status.status not in ("ENQUEUED", "DELAYED", "PENDING")


def _id_of(run: Beginning | EndedSearch) -> str:
    part = "begin" if isinstance(run, Beginning) else f"{run.n_reopened}:end"
    return f"{run.run_id}:{run.generation}:{part}"


@DBOS.workflow()
def begin_search(run_id: str, generation: int) -> None:
    """What comes before the first trial."""
    try:
        begin(run_id, generation)
    except Exception as error:  # whatever it is, the person must see an ended run and a sentence
        log_fault(_LOG, f"Run {run_id} failed.", error)
        give_up(run_id, generation, error.sentence if isinstance(error, PortalError) else FAULT)


@DBOS.workflow()
def end_search(run_id: str, generation: int) -> None:
    """From the last trial of a generation to the model."""
    try:
        if close(run_id, generation) == Closing.FINISH:
            finish(run_id, generation)
    except Exception as error:  # whatever it is, the person must see an ended run and a sentence
        log_fault(_LOG, f"Run {run_id} failed.", error)
        give_up(run_id, generation, error.sentence if isinstance(error, PortalError) else FAULT)


@DBOS.step()
def begin(run_id: str, generation: int) -> None:
    """Read the data, write down the circumstances, and take over what an earlier run found."""
    with reading() as session:
        wanted = is_open(session, run_id=run_id, generation=generation)
    if wanted:
        assert _storage is not None
        with halting(run_id, generation):
            begin_run(run_id, generation, _storage)


@DBOS.step(retries_allowed=True, max_attempts=10)
def close(run_id: str, generation: int) -> str:
    """End the search as it was wished, and say what follows."""
    with transaction() as session:
        return close_search(session, run_id=run_id, generation=generation).value


@DBOS.step(retries_allowed=True, max_attempts=2)
def finish(run_id: str, generation: int) -> None:
    """Finish and register the best model."""
    finish_run(run_id, generation)


@DBOS.step(retries_allowed=True, max_attempts=10)
def give_up(run_id: str, generation: int, sentence: str) -> None:
    """End a run that cannot go on."""
    with transaction() as session:
        fail_run(session, run_id=run_id, generation=generation, failure=sentence)


def enqueue_job(job_id: str) -> None:
    """Hand a job to the workers. Doing so again changes nothing."""
    with SetWorkflowID(job_id):
        DBOS.enqueue_workflow(JOBS, do_job, job_id)


@DBOS.workflow()
def do_job(job_id: str) -> None:
    """A job from beginning to end; whoever continues it begins again."""
    try:
        attempt(job_id)
    except Exception as error:  # what the handler raises is written down already: this is the memory that is away
        log_fault(_LOG, f"Job {job_id} could not be written down.", error)
        abandon(job_id)


@DBOS.step(retries_allowed=True, max_attempts=3)
def attempt(job_id: str) -> None:
    """Do the job in the name of the worker that runs this step now."""
    run_job(job_id, HANDLERS, DBOS.executor_id)


@DBOS.step(retries_allowed=True, max_attempts=10)
def abandon(job_id: str) -> None:
    """End a job that cannot go on."""
    fail_job(job_id)
