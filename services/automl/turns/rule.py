"""Fair share: whose trial comes next when a place of a worker is free.

Higher priorities first, and within them those who are within their quota. Then the person with the fewest trials at
work, and of several the one who was served longest ago; the same among the projects of that person; and of one project
the run that waits longest. Twenty runs of one person therefore take no more places than the one run of another.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Priority = Literal["low", "normal", "high"]
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high")
_RANK: Mapping[str, int] = {priority: rank for rank, priority in enumerate(PRIORITIES)}
_NEVER = 0.0
Owner = tuple[str, ...]
"""A person (one id), or a project of a person (two)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A run that is searched or waits for it.

    Attributes
    ----------
    n_free
        How many trials it could begin now, if all places were free.
    n_at_work
        How many of its trials a living worker holds.
    is_prepared
        A worker has read its data; before that it has a turn, but nothing of it can begin.
    """

    run_id: str
    person_id: str
    project_id: str
    created_at: datetime
    n_free: int
    n_at_work: int = 0
    priority: str = "normal"
    is_over_quota: bool = False
    is_prepared: bool = True

    @property
    def owners(self) -> tuple[Owner, Owner]:
        """Who is counted as served when it is: the person, and the project of the person."""
        return (self.person_id,), (self.person_id, self.project_id)


@dataclass
class _Counts:
    at_work: Counter[Owner] = field(default_factory=Counter)
    served: dict[Owner, float] = field(default_factory=dict)

    def key(self, run: Asking) -> tuple[object, ...]:
        person, project = run.owners
        return (
            -_RANK[run.priority],
            run.is_over_quota,
            self.at_work[person],
            self.served.get(person, _NEVER),
            self.at_work[project],
            self.served.get(project, _NEVER),
            run.created_at,
            run.run_id,
        )

    def serve(self, run: Asking) -> None:
        latest = max(self.served.values(), default=_NEVER)
        for owner in run.owners:
            self.at_work[owner] += 1
            self.served[owner] = latest + 1


def in_turn(runs: Sequence[Asking], served: Mapping[Owner, datetime]) -> Iterator[Asking]:
    """Who gets the next places, one after another, if no trial ends meanwhile: each run as often as it could begin one.

    Parameters
    ----------
    runs
        Every run that is searched or waits for it: also one that can begin nothing now counts for its person.
    served
        When each person, and each project of a person, was last given a place.
    """
    counts = _Counts(served={owner: moment.timestamp() for owner, moment in served.items()})
    for run in runs:
        for owner in run.owners:
            counts.at_work[owner] += run.n_at_work
    free = Counter({run.run_id: run.n_free for run in runs if run.n_free > 0})
    while asking := [run for run in runs if free[run.run_id] > 0]:
        chosen = min(asking, key=counts.key)
        yield chosen
        counts.serve(chosen)
        free[chosen.run_id] -= 1


def positions(runs: Sequence[Asking], served: Mapping[Owner, datetime]) -> dict[str, int]:
    """For each run that could begin a trial: how many runs get a place before or with it (1 is the next one)."""
    waiting = {run.run_id for run in runs if run.n_free > 0}
    found: dict[str, int] = {}
    for run in in_turn(runs, served):
        found.setdefault(run.run_id, len(found) + 1)
        if len(found) == len(waiting):
            break
    return found
