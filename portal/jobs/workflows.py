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
from services.errors import PortalError
from services.jobs.execution import fail_job, run_job
from services.jobs.faults import log_fault
from services.models.beginning import begin_run
from services.models.training_job import finish_run

BEGINNINGS, RUNS, JOBS = "beginnings", "runs", "jobs"
_FAULT = "The run stopped at a fault on our side; the cause is in the log of the worker. Start it again."
_LOG = logging.getLogger("portal.jobs")
_storage: BaseStorage | None = None


def use_storage(storage: BaseStorage) -> None:
    """Tell this worker where the studies are."""
    global _storage  # DBOS calls steps by name and passes only what it has stored
    _storage = storage


def enqueue_beginning(run_id: str, generation: int) -> None:
    """Let a worker read the data of a run. Doing so again changes nothing."""
    with SetWorkflowID(f"{run_id}:{generation}:begin"):
        DBOS.enqueue_workflow(BEGINNINGS, begin_search, run_id, generation)


def enqueue_end(run_id: str, generation: int, n_reopened: int) -> None:
    """Let a worker end a search that is over. Doing so again changes nothing."""
    with SetWorkflowID(f"{run_id}:{generation}:{n_reopened}:end"):
        DBOS.enqueue_workflow(RUNS, end_search, run_id, generation)


@DBOS.workflow()
def begin_search(run_id: str, generation: int) -> None:
    """What comes before the first trial."""
    try:
        begin(run_id, generation)
    except Exception as error:  # whatever it is, the person must see an ended run and a sentence
        log_fault(_LOG, f"Run {run_id} failed.", error)
        give_up(run_id, generation, error.sentence if isinstance(error, PortalError) else _FAULT)


@DBOS.workflow()
def end_search(run_id: str, generation: int) -> None:
    """From the last trial of a generation to the model."""
    try:
        if close(run_id, generation) == Closing.FINISH:
            finish(run_id, generation)
    except Exception as error:  # whatever it is, the person must see an ended run and a sentence
        log_fault(_LOG, f"Run {run_id} failed.", error)
        give_up(run_id, generation, error.sentence if isinstance(error, PortalError) else _FAULT)


@DBOS.step()
def begin(run_id: str, generation: int) -> None:
    """Read the data, write down the circumstances, and take over what an earlier run found."""
    with reading() as session:
        wanted = is_open(session, run_id=run_id, generation=generation)
    if wanted:
        assert _storage is not None
        begin_run(run_id, _storage)


@DBOS.step()
def close(run_id: str, generation: int) -> str:
    """End the search as it was wished, and say what follows."""
    with transaction() as session:
        return close_search(session, run_id=run_id, generation=generation).value


@DBOS.step()
def finish(run_id: str, generation: int) -> None:
    """Finish and register the best model."""
    finish_run(run_id, generation)


@DBOS.step()
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
