"""Write a fault into the log without what it says: the words of an error may quote a cell of somebody's table."""

import errno
import logging
import traceback
from collections.abc import Iterator


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, or what it came from, says that a disk or a quota is full."""
    return any(
        (isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT))
        or "disk is full" in str(cause)  # SQLite
        or type(cause).__name__ == "DiskFull"  # PostgreSQL
        for cause in _causes(error)
    )


def log_fault(log: logging.Logger, sentence: str, error: BaseException) -> None:
    """Log where an error came from and of what type it is, never its message."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s %s at\n%s", sentence, type(error).__name__, places.rstrip())


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__
