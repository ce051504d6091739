"""Start, watch and end the child process that reads a file (`parser`). Nothing of the content comes through here."""

import json
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.datasets.choices import ReadingChoices
from services.datasets.errors import UnreadableFileError
from services.datasets.limits import ReadingLimits
from services.jobs.child_process import ChildInterruptedError

ANSWER = "answer.json"
_LOG = logging.getLogger("portal.datasets")
_ROOT = Path(__file__).resolve().parents[2]
_LOOK_SECONDS = 0.1
_MAX_ANSWER_BYTES = 64 * 1024**2  # the profile of 10,000 columns has about 10 MB
_MAX_LINE_BYTES = 4096


def run_parser(
    source: Path,
    file_name: str,
    choices: ReadingChoices,
    folder: Path,
    *,
    limits: ReadingLimits,
    min_rows: int,
    report: Callable[[float | None, str], None],
    find_interruption: Callable[[], str | None],
) -> dict[str, Any]:
    """What the child answers (see `outcome`). Its files are in `folder`; the caller cleans up there.

    Raises
    ------
    UnreadableFileError
        The child went over a limit.
    ChildInterruptedError
        Somebody asked for an end.
    """
    request = {
        "source": str(source.absolute()),
        "file_name": file_name,
        "folder": str(folder.absolute()),
        "choices": choices.document(),
        "limits": limits.document(),
        "min_rows": min_rows,
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "services.datasets.parser"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a library may name a value there
        cwd=_ROOT,
        env=child_environment(),
        start_new_session=True,
    )
    try:
        _send(child, request)
        _watch(child, limits.wall_seconds, report, find_interruption)
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                _close(pipe)
    return _answer(folder / ANSWER, child.returncode)


def child_environment() -> dict[str, str]:
    """Nothing of the portal's own settings: the child needs no secret."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",  # each arena reserves addresses, which count against the limit of memory
        "MALLOC_MMAP_THRESHOLD_": "33554432",  # kept for the next block; `allocation` changes it
        "MALLOC_TRIM_THRESHOLD_": "268435456",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _send(child: "subprocess.Popen[bytes]", request: dict[str, Any]) -> None:
    """The pipe stays open: the child ends itself when it is closed, however this process ends."""
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
    except BrokenPipeError:
        return  # it could not even start; its exit code says so


def _watch(
    child: "subprocess.Popen[bytes]",
    wall_seconds: float,
    report: Callable[[float | None, str], None],
    find_interruption: Callable[[], str | None],
) -> None:
    assert child.stdout is not None
    pipe, rest = child.stdout.fileno(), b""
    os.set_blocking(pipe, False)
    end = time.monotonic() + wall_seconds
    while True:
        readable, _, _ = select.select([pipe], [], [], _LOOK_SECONDS)
        if time.monotonic() > end:
            raise UnreadableFileError(
                f"Reading the file took longer than {wall_seconds:.0f} seconds. Upload fewer rows or columns."
            )
        if wish := find_interruption():
            raise ChildInterruptedError(wish)
        if not readable:
            continue
        piece = os.read(pipe, 65_536)
        if not piece:
            child.wait(max(0.1, end - time.monotonic()))
            return
        *lines, rest = (rest[-_MAX_LINE_BYTES:] + piece).split(b"\n")
        if lines:
            _pass_on(lines[-1], report)


def _pass_on(line: bytes, report: Callable[[float | None, str], None]) -> None:
    progress, phase = json.loads(line)
    report(None if progress is None else min(max(float(progress), 0.0), 1.0), str(phase))


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return


def _answer(path: Path, exit_code: int) -> dict[str, Any]:
    try:
        if path.stat().st_size <= _MAX_ANSWER_BYTES:
            found: dict[str, Any] = json.loads(path.read_bytes())
            return found
    except FileNotFoundError:
        pass
    _LOG.warning("A file could not be read within its limits, exit code %s.", exit_code)
    raise UnreadableFileError(
        "Reading the file needed more memory or time than one file may use. Upload fewer rows or columns."
    )
