"""Write a fault into the log without what it says: the words of an error may quote a cell of somebody's table."""

import logging
import traceback


def log_fault(log: logging.Logger, sentence: str, error: BaseException) -> None:
    """Log where an error came from and of what type it is, never its message."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s %s at\n%s", sentence, type(error).__name__, places.rstrip())
