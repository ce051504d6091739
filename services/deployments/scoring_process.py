"""The client of the scoring process: starts it on demand, asks it, and replaces it when it dies or hangs.

The web process must stay free of machine-learning libraries, so models without an ONNX twin are asked in a process of
their own that lives as long as this one.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from threading import Lock, Timer
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from services.deployments.errors import ScoringUnavailableError
from services.deployments.frames import frame_to_bytes, read_message, scores_from_message, write_message

TIMEOUT_SECONDS = 30.0
READY_SECONDS = 120.0  # to load libraries, or a large model: once, and on a busy machine slow
_SLOW = "The model did not answer within {seconds:g} seconds. Try fewer rows."
_SLOW_TO_LOAD = (
    "The model could not be loaded within {seconds:g} seconds: it is large, or the machine is busy. Try later."
)
_LOG = logging.getLogger("portal.scoring")
_COMMAND = (sys.executable, "-m", "portal.scoring")


class ScoringProcess:
    """One child process, one request at a time. Safe to share between threads."""

    def __init__(
        self,
        command: tuple[str, ...] = _COMMAND,
        timeout_seconds: float = TIMEOUT_SECONDS,
        ready_seconds: float = READY_SECONDS,
    ) -> None:
        self._command = command
        self._timeout_seconds, self._ready_seconds = timeout_seconds, ready_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    @property
    def pid(self) -> int | None:
        """The process that answers now; None before the first request."""
        return self._process.pid if self._process else None

    def score(
        self, pipeline_sha256: str, frame: pd.DataFrame, read_pipeline: Callable[[], bytes]
    ) -> npt.NDArray[np.float64]:
        """Scores of `frame` by the pipeline stored under `pipeline_sha256`, which `read_pipeline` reads when needed.

        Raises
        ------
        ScoringUnavailableError
            No answer in time, the process died twice, or the pipeline failed on these rows.
        """
        rows = frame_to_bytes(frame)
        with self._lock:
            try:
                return self._score(pipeline_sha256, rows, read_pipeline)
            except (EOFError, OSError):
                _LOG.warning("The scoring process ended unexpectedly; it is started again.")
                self._stop()
            try:
                return self._score(pipeline_sha256, rows, read_pipeline)
            except (EOFError, OSError):
                self._stop()
        raise ScoringUnavailableError("The scoring process stopped while it scored these rows. Try fewer rows.")

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._stop()

    def _score(self, sha256: str, rows: bytes, read_pipeline: Callable[[], bytes]) -> npt.NDArray[np.float64]:
        head, body = self._ask({"action": "score", "model": sha256}, rows)
        if head.get("problem") == "unknown model":
            self._ask({"action": "load", "model": sha256}, read_pipeline(), self._ready_seconds)
            head, body = self._ask({"action": "score", "model": sha256}, rows)
        if "problem" in head:
            raise ScoringUnavailableError(f"The model could not score these rows ({head['problem']}).")
        return scores_from_message(head, body)

    def _ask(
        self, head: dict[str, Any], body: bytes, within_seconds: float | None = None
    ) -> tuple[dict[str, Any], bytes]:
        is_new = self._process is None or self._process.poll() is not None
        seconds = within_seconds or (self._ready_seconds if is_new else self._timeout_seconds)
        process = self._start()
        if process.stdin is None or process.stdout is None:
            raise EOFError
        watchdog = _Watchdog(process, seconds)
        try:
            write_message(process.stdin, head, body)  # type: ignore[arg-type]  # Popen's streams are binary here
            return read_message(process.stdout)  # type: ignore[arg-type]  # as above
        except (EOFError, OSError):
            if not watchdog.has_fired:
                raise
            self._stop()
            is_loading = is_new or head["action"] == "load"
            raise ScoringUnavailableError((_SLOW_TO_LOAD if is_loading else _SLOW).format(seconds=seconds)) from None
        finally:
            watchdog.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and module, nothing from a client
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream:
                    stream.close()
        process.wait()


class _Watchdog:
    """Kills a process that takes too long: both a blocked write and a blocked read then end."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.has_fired = False
        self._process = process
        self._timer = Timer(seconds, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def _fire(self) -> None:
        self.has_fired = True
        self._process.kill()

    def cancel(self) -> None:
        """Stand down."""
        self._timer.cancel()


@lru_cache
def get_scoring_process() -> ScoringProcess:
    """The scoring process of this web process. It ends by itself when this process does: its input closes."""
    return ScoringProcess()
