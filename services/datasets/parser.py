"""The child process that reads a file: `python -m services.datasets.parser`, asked on standard input.

Nobody else's bytes are parsed in a process that holds sessions and passwords, or that reaches a network or another
program. The limits are set before anything is imported that could read the file. The request is one line of JSON, each
line of standard output is how far it is, and the answer and the table are written into a folder.
"""

import json
import os
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

from services.datasets.late_pandas import keep_pandas_away
from services.datasets.limits import MAX_STREAMED_BYTES, PARSE_NICENESS, ReadingLimits
from services.jobs.isolation import isolate_process

_SAY_SECONDS = 0.2
_NO_MORE_THREADS = ("can't start new thread", "Failed to launch worker thread")  # Python's words and Arrow's


def main() -> None:
    """Be asked, limit this process, read, answer."""
    request = json.loads(sys.stdin.readline())
    limits = ReadingLimits(**request["limits"])
    _limit_process(limits)
    keep_pandas_away()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _write(Path(request["folder"]) / "answer.json", answer(request, limits))


def answer(request: dict[str, Any], limits: ReadingLimits) -> dict[str, Any]:
    """The answer to a request, as plain data (see `outcome`)."""
    from services.datasets import outcome
    from services.datasets.choices import ChoiceNeededError, ReadingChoices
    from services.datasets.errors import UnreadableFileError
    from services.datasets.parsing import parse_file
    from services.datasets.task import Task

    task = Task(
        source=Path(request["source"]),
        file_name=request["file_name"],
        folder=Path(request["folder"]),
        choices=ReadingChoices.from_document(request["choices"]),
        limits=limits,
        say=_Speaker(),
        min_rows=request["min_rows"],
    )
    try:
        return outcome.table(*parse_file(task))
    except ChoiceNeededError as asked:
        return outcome.questions(asked.questions)
    except UnreadableFileError as error:
        return outcome.refusal(error.sentence)
    except Exception as error:
        if _is_of_memory(error):
            return outcome.refusal("The table needs more memory than one file may use. Upload fewer rows or columns.")
        return outcome.refusal(
            f"The file could not be read ({type(error).__name__}). Save it anew, or as CSV (UTF-8), and upload that."
        )


def _is_of_memory(error: Exception) -> bool:
    """Whether the limit of memory ended the reading: where little is left, the next thread of a library fails first."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in _NO_MORE_THREADS)


class _Speaker:
    """Says how far the reading is, a few times a second at most."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, progress: float | None, phase: str) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _SAY_SECONDS
        sys.stdout.write(json.dumps([progress, phase]) + "\n")
        sys.stdout.flush()


def _write(path: Path, found: dict[str, Any]) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(found, allow_nan=False))
    unfinished.rename(path)


def _end_with_parent() -> None:
    """The parent writes one line only: the end of the pipe means that it has died."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _limit_process(limits: ReadingLimits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * MAX_STREAMED_BYTES, 4 * MAX_STREAMED_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(PARSE_NICENESS)
    isolate_process()  # where the platform can: `python -m portal check` says so


if __name__ == "__main__":
    main()
