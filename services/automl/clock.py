"""The clock of a search: it runs while the search does, and stands still in a pause."""

from datetime import datetime
from typing import Protocol


class Timed(Protocol):
    """What the clock reads: where a run is, what earlier generations used, and when this one began."""

    state: str
    budget_seconds: float
    used_seconds: float
    started_at: datetime | None


def search_seconds(run: Timed, now: datetime) -> float:
    """Search time used so far: earlier generations, and this one while it searches."""
    if run.state != "running" or run.started_at is None:
        return run.used_seconds
    return run.used_seconds + max((now - run.started_at).total_seconds(), 0.0)


def seconds_left(run: Timed, now: datetime) -> float:
    """Search time of the budget that is left; negative when it is over."""
    return run.budget_seconds - search_seconds(run, now)
