"""The tables a worker has prepared: each once, in a limited child, into a file that the children of trials share."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from db.artifacts import get_artifact_store
from db.scratch import scratch_folder
from db.settings import get_database_settings
from services.automl.errors import UnusableDataError
from services.automl.preparation import prepare
from services.automl.prepared_file import PreparedFile, write_prepared_file
from services.datasets.tables import read_table_file
from services.jobs.child_process import ChildFailedError, Limits, run_in_child

READING = Limits(seconds=900, memory_mb=8_192)
MAX_BYTES = 4 * 1024**3
MAX_FILES = 16
OpenTable = Callable[[str], AbstractContextManager[Path]]


@dataclass(frozen=True, slots=True)
class PreparationRequest:
    """A table by its hash, and what `prepare` is told about it."""

    table_sha256: str
    arguments: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, table_sha256: str, **arguments: Any) -> "PreparationRequest":
        """The request to `prepare` a stored table with these arguments."""
        return cls(table_sha256, tuple(sorted(arguments.items())))

    @property
    def key(self) -> str:
        """The same for what gives the same preparation."""
        return sha256(repr((self.table_sha256, self.arguments)).encode()).hexdigest()


class PreparedTables:
    """Files of what was prepared lately in a folder of their own. Safe to be used by many threads.

    Parameters
    ----------
    open_table
        Gives the file of a table by its hash, verified.
    """

    def __init__(
        self, folder: Path, open_table: OpenTable, *, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES
    ) -> None:
        self._folder, self._open_table = folder, open_table
        self._max_bytes, self._max_files = max_bytes, max_files
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}
        self._files: OrderedDict[str, PreparedFile] = OrderedDict()
        self._used: Counter[str] = Counter()

    @contextmanager
    def use(
        self, request: PreparationRequest, *, find_interruption: Callable[[], str | None] = lambda: None
    ) -> Iterator[PreparedFile]:
        """The file of a preparation, which stays at least until the block ends.

        Raises
        ------
        UnusableDataError
            Nothing can be learned from the table.
        ChildFailedError
            It could not be read within the limits.
        ChildInterruptedError
            Somebody asked for an end.
        """
        key = request.key
        with self._lock:
            self._used[key] += 1
            making = self._making.setdefault(key, threading.Lock())
        try:
            with making:  # one place prepares, the others wait for it
                file = self._find(key) or self._make(request, find_interruption)
            yield file
        finally:
            with self._lock:
                self._used[key] -= 1
                self._forget()

    def _find(self, key: str) -> PreparedFile | None:
        with self._lock:
            found = self._files.get(key)
            if found is None or not found.is_unchanged:
                return None
            self._files.move_to_end(key)
            return found

    def _make(self, request: PreparationRequest, find_interruption: Callable[[], str | None]) -> PreparedFile:
        path = self._folder / request.key
        path.unlink(missing_ok=True)
        try:
            with self._open_table(request.table_sha256) as table:
                made = run_in_child(
                    prepare_file, request, table, path, limits=READING, find_interruption=find_interruption
                )
        except ChildFailedError as failure:
            raise ChildFailedError(f"The data of this run could not be read. {failure.sentence}") from None
        if isinstance(made, str):
            raise UnusableDataError(made)
        with self._lock:
            self._files[request.key] = made
        return made

    def _forget(self) -> None:
        """Remove what was used longest ago while it is too much, except what somebody uses."""
        for key in list(self._files):
            n_bytes = sum(file.n_bytes for file in self._files.values())
            if n_bytes <= self._max_bytes and len(self._files) <= self._max_files:
                return
            if not self._used[key]:
                self._files.pop(key).path.unlink(missing_ok=True)
                self._making.pop(key, None)


def prepare_file(request: PreparationRequest, table: Path, path: Path) -> PreparedFile | str:
    """In a child: the file, or the sentence that says why nothing can be learned from the table."""
    try:
        preparation = prepare(read_table_file(table), **dict(request.arguments))
    except UnusableDataError as error:
        return error.sentence
    return write_prepared_file(preparation, path)


def get_prepared_tables() -> PreparedTables:
    """Those of this process, in the data folder as it is configured now."""
    with _OPENING:
        data_dir = get_database_settings().data_dir
        if data_dir not in _OPENED:
            _FOLDERS.close()
            _OPENED.clear()
            _OPENED[data_dir] = PreparedTables(_FOLDERS.enter_context(scratch_folder()), _open_stored)
        return _OPENED[data_dir]


def _open_stored(digest: str) -> AbstractContextManager[Path]:
    return get_artifact_store().open_verified(digest)


_OPENING = threading.Lock()
_OPENED: dict[Path, PreparedTables] = {}
_FOLDERS = ExitStack()
