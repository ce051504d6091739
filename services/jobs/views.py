"""What a page sees of a job: one frozen picture, taken at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ACTIVE_STATES = ("queued", "running")


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it is now. `progress` is 0 to 1; `eta_seconds` is None where it cannot be said honestly."""

    id: str
    kind: str
    project_id: str
    subject_id: str | None
    state: str
    wish: str
    phase: str
    progress: float | None
    eta_seconds: float | None
    failure: str | None
    result: Mapping[str, Any] | None
    request: Mapping[str, Any]
    created_by: str
    created_by_name: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    is_worker_alive: bool

    @property
    def is_active(self) -> bool:
        """Whether it waits for a worker or is being worked on."""
        return self.state in ACTIVE_STATES
