"""What a piece of work is to the code that does it: a request, and somebody to report to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlmodel import Session

from services.audit.actor import Actor


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What is asked, and on whose behalf: the person as they are when the work begins."""

    id: str
    kind: str
    project_id: str
    subject_id: str | None
    request: Mapping[str, Any]
    actor: Actor


class Report(Protocol):
    """What a handler says and asks while it works."""

    def __call__(self, progress: float | None, phase: str) -> None:
        """Say how far the work is (0 to 1, None where that cannot be said) and what happens now, in a few words.

        Cheap enough for a loop: it is written down twice a second at most, and at once when the words change.
        """

    def find_interruption(self) -> str | None:
        """Why the work shall end now: "cancel", "over" (another worker has it), or None to go on."""

    def settle(self, session: Session, result: dict[str, Any]) -> None:
        """Mark the job done in the handler's own transaction, so that it and its effect happen together or not at all.

        A job may be started more than once; the effect of the block that calls this happens exactly once.

        Raises
        ------
        ChildInterruptedError
            The job was cancelled, or another worker has it: the transaction must not be committed.
        """


Handler = Callable[[JobRequest, Report], dict[str, Any]]
"""Does the work, perhaps again after a crash, and returns a JSON document. A `PortalError` is for the person."""


class SilentReport:
    """For work that nobody watches: the demo, a command line, a test."""

    def __call__(self, progress: float | None, phase: str) -> None:
        """Keep it."""

    def find_interruption(self) -> str | None:
        """Nobody asks for an end."""
        return None

    def settle(self, session: Session, result: dict[str, Any]) -> None:
        """There is no job to mark."""
