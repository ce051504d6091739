"""What can go wrong with a tracking server, as sentences. None of them holds a password or a token."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.errors import PortalError


class TrackingError(PortalError):
    """The tracking server may not be asked, does not answer, or answers something else."""

    status = 502
    code = "tracking"


class NoFilesError(TrackingError):
    """The tracking server passes no files on; everything else of it can be used."""

    code = "tracking-files"


@contextmanager
def read_as_documents(run: str) -> Iterator[None]:
    """Turn what does not have the form of MLflow's answers into a sentence."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TrackingError(
            f"The tracking server describes run {run} in a way that cannot be read. Is it one of MLflow?"
        ) from None
