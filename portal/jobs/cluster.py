"""Train trials on a company's Dask cluster. Only this module knows Dask; it is loaded where a cluster is named.

The cluster computes and remembers nothing: which trials there are and how they ended stays in the portal's database.
Where the scheduler or its workers are lost, or busy with other things, the trial is trained here instead, and the run
says so.
"""

import logging
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from distributed import Client, Future
from distributed.security import Security

from db.artifacts import get_artifact_store
from portal.jobs.compute_settings import ComputeSettings
from services.automl.cluster_task import ClusterTask, describe_installation, train_on_cluster
from services.automl.trainers import GRACE_SECONDS, FindInterruption, Trainer, TrialWork, train_here
from services.automl.training import TrialOutcome
from services.errors import PortalError
from services.jobs.child_process import ChildFailedError, ChildInterruptedError
from services.jobs.faults import log_fault

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0  # a scheduler that gets its first trial loads for seconds what the trial consists of
BUSY_SECONDS = 30.0  # so long a trial waits for a free worker of the cluster
AWAY_SECONDS = 30.0  # so long a cluster that was lost is left alone
_LATE_SECONDS = 10.0  # so much later than its limit an answer may come
_LOOK_SECONDS = 0.1
_ASK_SECONDS = 0.5
_REPLY_SECONDS = 1.0
_MAX_SENT_TABLES = 4
_LOG = logging.getLogger("portal.jobs")
logging.getLogger("distributed").setLevel(logging.ERROR)


class ClusterLostError(PortalError):
    """The cluster did not train a trial; the sentence says why. It says nothing about the trial."""

    code = "cluster_lost"


class ClusterTrainer:
    """A `Trainer` that trains on the cluster, and here where the cluster does not.

    Parameters
    ----------
    n_here
        How many trials may be trained here at the same time, whatever the cluster's number.
    tell
        Called with the id of a run and a sentence when its trials begin to be trained here.
    """

    def __init__(
        self,
        settings: ComputeSettings,
        *,
        n_here: int,
        tell: Callable[[str, str], None],
        here: Trainer = train_here,
    ) -> None:
        self._settings, self._tell, self._here = settings, tell, here
        self._places_here = threading.Semaphore(n_here)
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._sent: OrderedDict[str, Future] = OrderedDict()
        self._away_until, self._told = 0.0, set[str]()
        self._reaches_storage = True

    def __call__(self, work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
        """On the cluster, or here."""
        if time.monotonic() >= self._away_until:
            try:
                outcome = self._train_there(work, find_interruption)
            except ClusterLostError as error:
                self._leave(work.run_id, error.sentence)
            else:
                self._told.discard(work.run_id)
                return outcome
        while not self._places_here.acquire(timeout=_ASK_SECONDS):
            if wish := find_interruption():
                raise ChildInterruptedError(wish)
        try:
            return self._here(work, find_interruption)
        finally:
            self._places_here.release()

    def close(self) -> None:
        """Leave the cluster; what it still trains for this worker ends."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close(timeout=CONNECT_SECONDS)

    def _leave(self, run_id: str, sentence: str) -> None:
        self._away_until = time.monotonic() + AWAY_SECONDS
        _LOG.warning("%s Trials are trained here for now.", sentence)
        if run_id not in self._told:
            self._told.add(run_id)
            self._tell(run_id, sentence)

    def _train_there(self, work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
        for sends_table in (False, True) if self._reaches_storage else (True,):
            kind, found = self._ask(work, find_interruption, sends_table=sends_table)
            if kind == "done":
                outcome: TrialOutcome = found
                return outcome
            if kind == "failed":
                raise ChildFailedError(found)
            if kind == "unreachable" and not sends_table:
                self._reaches_storage = False  # from now on tables are sent
                continue
            break
        raise ClusterLostError("The cluster gave a trial back.")

    def _ask(self, work: TrialWork, find_interruption: FindInterruption, *, sends_table: bool) -> tuple[str, Any]:
        try:
            client = self._connect()
            content = self._send(client, work.request.table_sha256) if sends_table else None
            seconds = work.seconds_left
            task = ClusterTask(work.request, work.candidate, seconds, work.memory_mb_limit, get_artifact_store().url)
            key = f"portal-trial-{work.trial_id}-{uuid.uuid4().hex[:8]}"
            future = client.submit(train_on_cluster, task, content, key=key, pure=False)
            try:
                self._await(client, future, seconds, find_interruption)
                if future.status != "finished":
                    raise ClusterLostError(_describe_loss(future))
                answer: tuple[str, Any] = future.result(timeout=ANSWER_SECONDS)
            finally:
                future.cancel()
        except (ClusterLostError, ChildInterruptedError):
            raise
        except Exception as error:  # whatever it is, it is the cluster's and not the trial's
            log_fault(_LOG, "The cluster did not train a trial.", error)
            raise ClusterLostError("The cluster does not answer.") from error
        return answer

    def _await(self, client: Client, future: Future, seconds: float, find_interruption: FindInterruption) -> None:
        """Until it is done in any way. The time of the trial begins when a worker of the cluster takes it."""
        began_to_wait = asked = answered = time.monotonic()
        began_to_run: float | None = None
        while future.status == "pending":
            time.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            if now - asked < _ASK_SECONDS:
                continue
            asked = now
            if wish := find_interruption():
                raise ChildInterruptedError(wish)
            if client.status != "running":
                raise ClusterLostError("The connection to the scheduler of the cluster was lost.")
            is_at_work = _is_at_work(client, future) if began_to_run is None else None
            if is_at_work is not None or began_to_run is not None:
                answered = time.monotonic()
            if now - answered > ANSWER_SECONDS:
                raise ClusterLostError("The scheduler of the cluster does not answer.")
            if is_at_work:
                began_to_run = now
            if began_to_run is None and now - began_to_wait > BUSY_SECONDS:
                raise ClusterLostError(f"No worker of the cluster was free for {BUSY_SECONDS:.0f} s.")
            if began_to_run is not None and now - began_to_run > seconds + GRACE_SECONDS + _LATE_SECONDS:
                raise ClusterLostError("A worker of the cluster gave no answer in time.")

    def _connect(self) -> Client:
        with self._lock:
            if self._client is None or self._client.status != "running":
                self._sent.clear()
                self._client = open_client(self._settings)
                self._reaches_storage = True
            return self._client

    def _send(self, client: Client, digest: str) -> Future:
        """The bytes of a table on the cluster, sent once."""
        with self._lock:
            future = self._sent.get(digest)
            if future is None or future.status != "finished":
                content = get_artifact_store().get(digest)
                (future,) = client.scatter([content], hash=True)
                self._sent[digest] = future
            self._sent.move_to_end(digest)
            while len(self._sent) > _MAX_SENT_TABLES:
                self._sent.popitem(last=False)
            return future


def open_client(settings: ComputeSettings) -> Client:
    """A connection to the scheduler; raises an `OSError` where it does not answer."""
    security = None
    if settings.url.startswith("tls:"):
        security = Security(
            require_encryption=True,
            tls_ca_file=_text(settings.tls_ca_file),
            tls_client_cert=_text(settings.tls_cert_file),
            tls_client_key=_text(settings.tls_key_file),
        )
    return Client(
        settings.url, timeout=CONNECT_SECONDS, security=security, set_as_default=False, name="drivetrain-portal"
    )


def find_differences(client: Client) -> list[str]:
    """The packages of which a worker of the cluster has another version than this machine."""
    here = describe_installation()
    there = client.run(describe_installation)
    return sorted({name for found in there.values() for name in here if found.get(name) != here[name]})


def _is_at_work(client: Client, future: Future) -> bool | None:
    """Whether a worker of the cluster has the task; None where the scheduler is too busy to say."""
    try:
        processing = client.sync(client.scheduler.processing, workers=None, callback_timeout=_REPLY_SECONDS)
    except TimeoutError:
        return None
    return any(future.key in keys for keys in processing.values())


def _describe_loss(future: Future) -> str:
    if future.status == "error":
        kind = type(future.exception(timeout=CONNECT_SECONDS)).__name__
        return f"The cluster could not run a trial ({kind})."
    return "The connection to the scheduler of the cluster was lost."


def _text(path: object) -> str | None:
    return None if path is None else str(path)
