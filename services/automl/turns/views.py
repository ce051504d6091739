"""What people see of turns, frozen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnView:
    """Where a run stands among those that are searched or wait.

    Attributes
    ----------
    position
        How many runs get a place until it does, itself included: 1 is the next. None where it can begin no trial now.
    n_waiting
        How many runs, this one included, wait for their first place.
    n_workers, n_places
        Living workers, and how many trials they try at the same time.
    is_over_quota
        Its person or project has used the worker time of a day: it is served after everybody else of its priority.
    """

    position: int | None
    n_waiting: int
    n_workers: int
    n_places: int
    priority: str
    is_over_quota: bool
