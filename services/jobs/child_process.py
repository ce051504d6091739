"""One piece of work in a child process that can be killed: for its time, its memory, or because somebody asked.

Children come from a fork server that has the libraries loaded, run at the lowest priority, and end with their parent
however it ends. What they return is pickled by this program for this program.
"""

import logging
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

import psutil

from services.errors import PortalError
from services.jobs.faults import is_disk_full, log_fault
from services.jobs.isolation import isolate_process

T = TypeVar("T")
_LOG = logging.getLogger("portal.jobs")
_CONTEXT = get_context("forkserver")
_LOOK_SECONDS = 0.1
_ASK_SECONDS = 0.3
_NICENESS = 19
_MB = 1024 * 1024
_FOLDER = "portal-child-"
_ROOM_MB = 256  # for stacks of threads and what is reserved in advance


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may use: seconds on the clock, MB of resident memory, and whether nothing beyond that.

    Isolated work reaches no network and starts no program, where the platform can see to it (`isolation`).
    """

    seconds: float
    memory_mb: int
    is_isolated: bool = False


class ChildInterruptedError(Exception):
    """Somebody asked for an end; `wish` says which."""

    def __init__(self, wish: str) -> None:
        super().__init__(wish)
        self.wish = wish


class ChildFailedError(PortalError):
    """The work did not succeed; the sentence gives a plain cause."""

    status = 422
    code = "work_failed"


def start_fork_server(modules: Sequence[str]) -> None:
    """Start the server that children are forked from, with `modules` loaded; returns before they are."""
    from multiprocessing import forkserver

    _CONTEXT.set_forkserver_preload(list(modules))
    forkserver.ensure_running()


def run_in_child(
    function: Callable[..., T],
    *arguments: Any,
    limits: Limits,
    find_interruption: Callable[[], str | None] = lambda: None,
) -> T:
    """`function(*arguments)`, computed in a child process.

    Raises
    ------
    ChildInterruptedError
        `find_interruption`, asked about three times a second, gave a wish; the child was killed.
    ChildFailedError
        The child went over a limit, ended without an answer, or raised an error; a `PortalError` keeps its sentence.
    """
    folder = tempfile.mkdtemp(prefix=_FOLDER)  # its temporary files, which a killed child cannot remove
    try:
        kind, answer = _run(function, arguments, folder, limits, find_interruption)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if kind == "failed":
        raise ChildFailedError(answer)
    result: T = answer
    return result


def _run(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    folder: str,
    limits: Limits,
    find_interruption: Callable[[], str | None],
) -> tuple[str, Any]:
    receiver, sender = _CONTEXT.Pipe(duplex=True)
    child = _CONTEXT.Process(target=_work, args=(sender, function, arguments, folder, limits), daemon=True)
    child.start()
    sender.close()
    try:
        return _await_answer(child, receiver, limits, find_interruption)
    finally:
        child.kill()
        child.join()
        receiver.close()


def _await_answer(
    child: BaseProcess, receiver: Connection, limits: Limits, find_interruption: Callable[[], str | None]
) -> tuple[str, Any]:
    started = asked = time.monotonic()
    while not receiver.poll(_LOOK_SECONDS):
        now = time.monotonic()
        if now - started > limits.seconds:
            raise ChildFailedError(f"It took longer than {limits.seconds:.0f} s.")
        if _resident_mb(child) > limits.memory_mb:
            raise ChildFailedError(f"It needed more than {_in_words(limits.memory_mb)} of memory.")
        if now - asked >= _ASK_SECONDS:
            asked = now
            if wish := find_interruption():
                raise ChildInterruptedError(wish)
    try:
        kind, answer = receiver.recv()
    except EOFError:
        child.join()
        _LOG.warning("A child process ended without an answer, exit code %s.", child.exitcode)
        raise ChildFailedError("It ended without an answer, most likely for want of memory.") from None
    return kind, answer


def _resident_mb(child: BaseProcess) -> float:
    try:
        return float(psutil.Process(child.pid).memory_info().rss) / _MB
    except psutil.Error:  # it has just ended; what it left in the pipe says how
        return 0.0


def _in_words(memory_mb: int) -> str:
    return f"{memory_mb / 1024:g} GB" if memory_mb >= 1024 else f"{memory_mb} MB"


def _work(
    sender: Connection, function: Callable[..., Any], arguments: tuple[Any, ...], folder: str, limits: Limits
) -> None:
    """In the child: answer ("done", result) or ("failed", sentence)."""
    os.nice(_NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the parent, which ends its children
    if limits.is_isolated:
        isolate_process()
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    threading.Thread(target=_end_with_parent, args=(sender, folder), daemon=True).start()
    _limit_memory(limits.memory_mb)
    try:
        sender.send(("done", function(*arguments)))
    except PortalError as error:
        sender.send(("failed", error.sentence))
    except MemoryError:
        sender.send(("failed", f"It needed more than {_in_words(limits.memory_mb)} of memory."))
    except Exception as error:
        if is_disk_full(error):
            sender.send(("failed", "No room is left on the disk of the worker."))
            return
        log_fault(_LOG, "Work in a child process failed.", error)
        sender.send(("failed", f"It stopped at a fault in the calculation ({type(error).__name__})."))


def _limit_memory(memory_mb: int) -> None:
    """Refuse at once what would go far beyond the limit; the parent, which looks at what is resident, sees the rest.

    What is reserved and never touched counts here and not there, hence twice the limit on top of what is loaded.
    """
    loaded = int(psutil.Process().memory_info().data) if sys.platform == "linux" else None
    if loaded is not None:
        most = loaded + (2 * memory_mb + _ROOM_MB) * _MB
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _end_with_parent(connection: Connection, folder: str) -> None:
    """The parent never writes: something to read means that it closed its end, or died, and removes nothing then."""
    connection.poll(None)
    shutil.rmtree(folder, ignore_errors=True)
    sys.stderr.flush()
    os._exit(1)
