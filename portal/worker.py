"""The worker process: takes queued runs and jobs, tries models, and takes over from workers that died."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from itertools import count

# Before anything loads OpenMP: parallel trials share the cores, and threads that spin while they wait cost four times.
# Before shap loads numba: to compile its short loops takes seconds in every process, to run them as they are does not.
for _name, _value in (
    ("OMP_NUM_THREADS", "1"),
    ("OPENBLAS_NUM_THREADS", "1"),
    ("OMP_WAIT_POLICY", "PASSIVE"),
    ("NUMBA_DISABLE_JIT", "1"),
    ("ARROW_DEFAULT_MEMORY_POOL", "system"),
):
    os.environ.setdefault(_name, _value)

from dbos import DBOS  # noqa: E402
from optuna.storages import BaseStorage  # noqa: E402

from db.engine import get_engine  # noqa: E402
from db.migrations import current_revision, latest_revision  # noqa: E402
from db.scratch import sweep_scratch  # noqa: E402
from db.session import reading, transaction  # noqa: E402
from db.settings import get_database_settings  # noqa: E402
from portal.jobs import durable, leases  # noqa: E402
from portal.jobs.compute_settings import get_compute_settings  # noqa: E402
from portal.jobs.handlers import CHILD_MODULES  # noqa: E402
from portal.jobs.identity import hold_executor_id  # noqa: E402
from portal.jobs.places import open_places  # noqa: E402
from portal.jobs.settings import WorkerSettings, get_worker_settings  # noqa: E402
from portal.jobs.training_places import choose_training_places  # noqa: E402
from portal.jobs.workflows import (  # noqa: E402
    BEGINNINGS,
    FAULT,
    JOBS,
    RUNS,
    enqueue_beginning,
    enqueue_end,
    enqueue_job,
    has_broken_off,
    use_storage,
)
from services.automl.execution import call_again, fail_beginning  # noqa: E402
from services.automl.study import open_storage  # noqa: E402
from services.automl.turns.execution import (  # noqa: E402
    Beginning,
    EndedSearch,
    list_beginnings,
    list_ended_searches,
)
from services.jobs.child_process import start_fork_server  # noqa: E402
from services.jobs.execution import list_due_jobs  # noqa: E402

_NICENESS = 10  # a page or a prediction on the same machine goes first; children that compute go last
_LOG = logging.getLogger("portal.jobs")
LOST_LEASE_EXIT_CODE = 70
_LOOKS_BETWEEN_REVIVALS = 20


def run_worker(stop: threading.Event | None = None) -> None:
    """Work until SIGTERM or SIGINT (or `stop`). Unfinished runs go on with another worker, or after a restart."""
    require_migrated()
    stop = stop or _stop_at_signal()
    os.nice(_NICENESS)
    settings = get_worker_settings()
    with hold_executor_id(get_database_settings().data_dir) as executor_id:
        sweep_scratch()
        places = choose_training_places(settings, get_compute_settings())
        inherited = _announce(executor_id, settings, places.n_places)
        heartbeat = _repeat(stop, settings.heartbeat_seconds, lambda: _renew_lease(executor_id, settings))
        storage = _launch(executor_id, settings)
        durable.recover(inherited)
        reaper = _repeat(stop, settings.heartbeat_seconds, lambda: _take_over(executor_id))
        dispatcher = _repeat(stop, settings.dispatch_seconds, _Dispatcher())
        look_seconds = settings.dispatch_seconds
        open_places(executor_id, places.n_places, storage, places.trainer, stop=stop, look_seconds=look_seconds)
        _LOG.warning("Worker %s is ready.", executor_id)
        stop.wait()
        for thread in (dispatcher, reaper, heartbeat):
            thread.join()
        DBOS.destroy()
        with transaction() as session:
            leases.give_up_lease(session, executor_id=executor_id)
        _end_process(0)  # threads that still wait for a child have nothing left to say


def require_migrated() -> None:
    """End with a sentence where the tables are not those this version works with."""
    with get_engine().connect() as connection:
        found = current_revision(connection)
    if found != latest_revision():
        raise SystemExit("The database is not at the version of this portal. Run: python -m portal migrate")


class _Dispatcher:
    """Hands what begins or ends a search, and queued jobs, to the durable queues. Another worker may do so too."""

    def __init__(self) -> None:
        self._handed_beginnings: set[Beginning] = set()
        self._handed_runs: set[EndedSearch] = set()
        self._handed_jobs: set[str] = set()
        self._numbers = count(1)

    def __call__(self) -> None:
        with reading() as session:
            beginnings = list_beginnings(session)
            runs = list_ended_searches(session)
            jobs = list_due_jobs(session)
        for beginning in beginnings:
            if beginning not in self._handed_beginnings:
                enqueue_beginning(beginning)
        for run in runs:
            if run not in self._handed_runs:
                enqueue_end(run)
        for job_id in jobs:
            if job_id not in self._handed_jobs:
                enqueue_job(job_id)
        self._handed_beginnings = set(beginnings)
        self._handed_runs, self._handed_jobs = set(runs), set(jobs)
        if next(self._numbers) % _LOOKS_BETWEEN_REVIVALS == 0:
            self._revive(beginnings, runs)

    def _revive(self, beginnings: Sequence[Beginning], runs: Sequence[EndedSearch]) -> None:
        """Go on where a workflow broke off, for instance because the database was away for too long."""
        for run in filter(has_broken_off, beginnings):
            with transaction() as session:
                fail_beginning(session, run_id=run.run_id, generation=run.generation, failure=FAULT)
        for ended in filter(has_broken_off, runs):
            with transaction() as session:
                call_again(session, run_id=ended.run_id, generation=ended.generation, n_reopened=ended.n_reopened)


def _announce(executor_id: str, settings: WorkerSettings, n_places: int) -> list[str]:
    with transaction() as session:
        leases.register_worker(
            session,
            executor_id=executor_id,
            application_version=durable.JOBS_VERSION,
            n_places=n_places,
            lease_seconds=settings.lease_seconds,
        )
        return leases.list_inherited(session, executor_id=executor_id)


def _launch(executor_id: str, settings: WorkerSettings) -> BaseStorage:
    database = get_database_settings()
    start_fork_server(CHILD_MODULES)
    storage = open_storage(database)
    use_storage(storage)
    queues = {
        BEGINNINGS: settings.concurrency,
        RUNS: settings.finishing_concurrency,
        JOBS: settings.job_concurrency,
    }
    durable.launch(database, executor_id, queues)
    return storage


def _renew_lease(executor_id: str, settings: WorkerSettings) -> None:
    with transaction() as session:
        is_mine = leases.renew_lease(session, executor_id=executor_id, lease_seconds=settings.lease_seconds)
    if not is_mine:
        _LOG.error("Worker %s was silent for too long and another took over its work. It ends now.", executor_id)
        _end_process(LOST_LEASE_EXIT_CODE)


def _take_over(executor_id: str) -> None:
    with transaction() as session:
        gone = leases.take_over(session, executor_id=executor_id)
    if gone:
        _LOG.warning("Taking over from %s: %s unfinished workflows.", ", ".join(gone), durable.recover(gone))


def _end_process(code: int) -> None:
    logging.shutdown()
    os._exit(code)


def _repeat(stop: threading.Event, seconds: float, action: Callable[[], None]) -> threading.Thread:
    """Call `action` every `seconds` until `stop`; a failure (a database that is away) is logged and tried again."""

    def loop() -> None:
        while not stop.is_set():
            try:
                action()
            except Exception:
                _LOG.exception("A periodic task of the worker failed; it is tried again.")
            stop.wait(seconds)

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    return thread


def _stop_at_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
