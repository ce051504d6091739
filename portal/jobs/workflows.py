"""The durable shape of a run: a search that hands out lanes, waits for them, and finishes the best. And of a job.

Every step keeps its result in the portal's tables and may be repeated, so that DBOS, which repeats the step a dead
worker was in, never tries a model twice or one too many.
"""

import logging
from itertools import count

from dbos import DBOS, SetWorkflowID
from optuna.storages import BaseStorage

from db.session import transaction
from portal.jobs.handlers import HANDLERS
from services.automl.execution import Closing, Lane, begin_lanes, close_search, fail_run
from services.errors import PortalError
from services.jobs.execution import fail_job, run_job
from services.jobs.faults import log_fault
from services.models.beginning import begin_run
from services.models.training_job import finish_run, work_on_next_trial

RUNS, TRIALS, JOBS = "runs", "trials", "jobs"
MAX_WAITING_RUNS = 16  # per worker: a search that waits for its lanes costs a sleeping thread
_POLL_SECONDS = 0.2
_FAULT = "The run stopped at a fault on our side; the cause is in the log of the worker. Start it again."
_LOG = logging.getLogger("portal.jobs")
_storage: BaseStorage | None = None


def use_storage(storage: BaseStorage) -> None:
    """Tell the lanes of this worker where the studies are."""
    global _storage  # DBOS calls steps by name and passes only what it has stored
    _storage = storage


def workflow_id_of(run_id: str, generation: int) -> str:
    """One search per generation of a run, whoever starts it."""
    return f"{run_id}:{generation}"


def enqueue_run(run_id: str, generation: int) -> None:
    """Hand a generation of a run to the workers. Doing so again changes nothing."""
    with SetWorkflowID(workflow_id_of(run_id, generation)):
        DBOS.enqueue_workflow(RUNS, search, run_id, generation)


@DBOS.workflow()
def search(run_id: str, generation: int) -> None:
    """One generation of a run, from the first trial to the model."""
    try:
        for turn in count():  # one, and another each time that time is added when lanes have begun to end
            n_lanes, n_reopened = begin(run_id, generation)
            handles = []
            for index in range(n_lanes):
                with SetWorkflowID(f"{workflow_id_of(run_id, generation)}:{turn}:{index}"):
                    handles.append(DBOS.enqueue_workflow(TRIALS, work_lane, run_id, generation, index, n_reopened))
            for handle in handles:
                handle.get_result(polling_interval_sec=_POLL_SECONDS)
            closing = close(run_id, generation)
            if closing != Closing.AGAIN:
                break
        if closing == Closing.FINISH:
            finish(run_id, generation)
    except Exception as error:  # whatever it is, the person must see an ended run and a sentence
        _LOG.exception("Run %s failed.", run_id)
        give_up(run_id, generation, error.sentence if isinstance(error, PortalError) else _FAULT)


@DBOS.workflow()
def work_lane(run_id: str, generation: int, index: int, n_reopened: int) -> None:
    """Trials one after another, for as long as the run has more to try."""
    while work(run_id, generation, index, n_reopened):
        pass


@DBOS.step()
def begin(run_id: str, generation: int) -> tuple[int, int]:
    """Read the data, write down the circumstances, and say how many lanes there may be."""
    with transaction() as session:
        lanes = begin_lanes(session, run_id=run_id, generation=generation)
    if lanes[0]:
        assert _storage is not None
        begin_run(run_id, _storage)
    return lanes


@DBOS.step(retries_allowed=True, max_attempts=3)
def work(run_id: str, generation: int, index: int, n_reopened: int) -> bool:
    """One trial, in the name of the worker that runs this step now."""
    assert _storage is not None
    return work_on_next_trial(Lane(run_id, generation, index, DBOS.executor_id, n_reopened), _storage)


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
