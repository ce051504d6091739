"""A trial as a cluster trains it: the part of the portal that a company's Dask workers run.

The table comes by its hash through the storage URL where the cluster reaches it, or as bytes that are verified. It is
trained as on a worker of the portal: in a child with limits, which ends when nobody waits for it any more.
"""

import multiprocessing
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from db.artifact_cache import CachedArtifactStore
from db.artifact_store import ArtifactStore
from services.automl.candidates import Candidate
from services.automl.prepared_tables import PreparationRequest, PreparedTables
from services.automl.processes import limit_threads
from services.automl.trainers import train_with
from services.errors import PortalError
from services.jobs.child_process import ChildInterruptedError, start_fork_server

MODULES = ("services.automl.training",)
CACHE_BYTES = 2 * 1024**3
Answer = tuple[Literal["done", "failed", "over", "unreachable"], Any]


@dataclass(frozen=True, slots=True)
class ClusterTask:
    """What is trained, where its table is stored, and what it may use."""

    request: PreparationRequest
    candidate: Candidate
    seconds_limit: float
    memory_mb_limit: int
    storage_url: str


class TableUnreachableError(Exception):
    """The storage cannot be reached from here: the bytes must be sent."""


def train_on_cluster(task: ClusterTask, content: bytes | None = None) -> Answer:
    """What came of a task: "done" with the outcome, "failed" with a sentence, or why there is neither.

    "over" says that nobody waits any more, "unreachable" that the table can neither be read from the storage nor came
    with the task as `content`.
    """
    tables = _tables(task.storage_url)
    try:
        if content is not None:
            _received().put(content)
        outcome = train_with(
            tables,
            task.request,
            task.candidate,
            seconds_limit=task.seconds_limit,
            memory_mb_limit=task.memory_mb_limit,
            find_interruption=_watch(),
        )
    except ChildInterruptedError:
        return "over", None
    except TableUnreachableError:
        return "unreachable", None
    except PortalError as error:
        return "failed", error.sentence
    return "done", outcome


def describe_installation() -> dict[str, str]:
    """What must be the same on the cluster as here."""
    names = ("drivetrain-portal", "scikit-learn", "pandas", "numpy", "lightgbm")
    return {name: version(name) for name in names}


@lru_cache(maxsize=1)
def _folder() -> Path:
    """Where this process keeps tables: in the folder that the cluster gives its worker, and no longer than it."""
    _allow_children()
    limit_threads()
    start_fork_server(MODULES)
    holder = tempfile.TemporaryDirectory(prefix="portal-", dir=_local_directory())
    _HOLDERS.append(holder)
    return Path(holder.name)


_HOLDERS: list["tempfile.TemporaryDirectory[str]"] = []
_OPENING = threading.Lock()


@lru_cache(maxsize=1)
def _received() -> ArtifactStore:
    return ArtifactStore(str(_folder() / "received"))


@lru_cache(maxsize=4)
def _stored(storage_url: str) -> ArtifactStore:
    store = ArtifactStore(storage_url)
    return (
        store if store.is_here else CachedArtifactStore(storage_url, folder=_folder() / "cache", max_bytes=CACHE_BYTES)
    )


def _tables(storage_url: str) -> PreparedTables:
    with _OPENING:  # the threads of a worker share one
        return _tables_of(storage_url)


@lru_cache(maxsize=4)
def _tables_of(storage_url: str) -> PreparedTables:
    @contextmanager
    def open_table(digest: str) -> Iterator[Path]:
        with ExitStack() as stack:
            try:
                opened = _received() if _received().exists(digest) else _stored(storage_url)
                path = stack.enter_context(opened.open_verified(digest))
            except Exception as error:  # no such folder, protocol, network or right here, or other bytes than they were
                raise TableUnreachableError from error
            yield path

    folder = Path(tempfile.mkdtemp(dir=_folder()))
    return PreparedTables(folder, open_table)


def _allow_children() -> None:
    """Dask marks its workers as daemons, which multiprocessing allows no children, as it could not end them.

    Ours end by themselves when the pipe to their parent closes.
    """
    process = multiprocessing.current_process()
    process._config["daemon"] = False  # type: ignore[attr-defined]  # noqa: SLF001  there is no public way


def _watch() -> Callable[[], str | None]:
    """Asks whether the task is still wanted: the portal may have cancelled it, or be gone."""
    try:
        from distributed import get_worker

        worker = get_worker()
    except (ImportError, ValueError):  # not on a cluster
        return lambda: None
    key = worker.get_current_task()

    def find_interruption() -> str | None:
        state = worker.state.tasks.get(key)
        return None if state is not None and state.state in ("executing", "long-running") else "over"

    return find_interruption


def _local_directory() -> str | None:
    try:
        from distributed import get_worker

        folder: str = get_worker().local_directory
    except (ImportError, ValueError):
        return None
    return folder
