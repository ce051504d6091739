"""Read a file that anybody may have made: in a limited child process, from file to file.

This process never looks at the content. It passes paths on, shows how far the child is, ends it when it is asked to,
and takes over what the child says: a table with its profile and report, questions, or a refusal.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from services.datasets.choices import ChoiceNeededError, Question, ReadingChoices
from services.datasets.errors import UnreadableFileError
from services.datasets.limits import MIN_ROWS, ReadingLimits, get_reading_limits
from services.datasets.outcome import SET_ASIDE, TABLE, ColumnReading, ReadingReport, ReadTable, take_over
from services.datasets.parser_process import run_parser
from services.jobs.child_process import ChildInterruptedError

__all__ = [
    "ChildInterruptedError",
    "ChoiceNeededError",
    "ColumnReading",
    "Question",
    "ReadTable",
    "ReadingChoices",
    "ReadingReport",
    "UnreadableFileError",
    "read_file",
]


def read_file(
    source: Path,
    file_name: str,
    choices: ReadingChoices,
    folder: Path,
    *,
    report: Callable[[float | None, str], None] = lambda _progress, _phase: None,
    find_interruption: Callable[[], str | None] = lambda: None,
    limits: ReadingLimits | None = None,
    min_rows: int = MIN_ROWS,
) -> ReadTable:
    """The file as a typed Parquet table in `folder`, with its profile and the report of how it was read.

    Parameters
    ----------
    source
        The bytes as they came. They are only read.
    file_name
        What the person called it: its ending must agree with the content. Never used as a path.
    folder
        An existing folder for `table.parquet` and, where rows were set aside, `set_aside.csv`. Unless the file is read
        to the end, nothing is left in it.
    report
        Called with the share that is done (0 to 1) and what is being done, in words with bytes or rows.
    find_interruption
        Asked several times a second; anything but None ends the child at once.
    min_rows
        How many rows the table must have: one is enough to be scored.

    Raises
    ------
    ChoiceNeededError
        The file can be read in several ways; its questions name the choices.
    UnreadableFileError
        The file is no table, is too large, or is faulty; the sentence says what, where and what to do.
    ChildInterruptedError
        `find_interruption` gave a wish.
    """
    with tempfile.TemporaryDirectory(prefix=".reading-", dir=folder) as scratch:
        work = Path(scratch)
        answer = run_parser(
            source,
            file_name,
            choices,
            work,
            limits=limits or get_reading_limits(),
            min_rows=min_rows,
            report=report,
            find_interruption=find_interruption,
        )
        profile, reading_report = take_over(answer)
        kept = [name for name in (TABLE, SET_ASIDE) if (work / name).is_file()]
        for name in kept:
            shutil.move(work / name, folder / name)
    set_aside = folder / SET_ASIDE if SET_ASIDE in kept else None
    return ReadTable(profile=profile, report=reading_report, table=folder / TABLE, set_aside=set_aside)
