"""One file to read, as the limited child is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from services.datasets.choices import ReadingChoices
from services.datasets.limits import MIN_ROWS, ReadingLimits


def _say_nothing(_progress: float | None, _phase: str) -> None:
    return


@dataclass(frozen=True, slots=True)
class Task:
    """Where the file is, what was chosen, where results go, what may be used, and whom to tell how far it is.

    A table to learn from has at least two rows; a table to score may have one (`min_rows`).
    """

    source: Path
    file_name: str
    folder: Path
    choices: ReadingChoices
    limits: ReadingLimits
    say: Callable[[float | None, str], None] = _say_nothing
    min_rows: int = MIN_ROWS
