"""Who works on what: a place of a worker, and the trial it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """One of the places at which a worker tries models, one at a time. One that asks for a trial holds none."""

    worker_id: str
    index: int = 0

    def lane(self, generation: int) -> str:
        """As stored with a trial: the generation of the run in which it was begun, and the place."""
        return f"{generation}:{self.index}"


@dataclass(frozen=True, slots=True)
class ClaimedTrial:
    """A trial that a place of a worker holds. `family` is empty until the search has chosen what to try.

    `seconds_limit` is what the trial may take, `search_seconds_left` what is left of the whole search when it begins.
    `families` are the kinds of model of the whole run, `only_families` those wanted now; empty means all.
    """

    id: str
    run_id: str
    generation: int
    number: int
    lane: str
    worker_id: str
    seconds_limit: float
    search_seconds_left: float
    memory_mb_limit: int
    family: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    families: tuple[str, ...] = ()
    only_families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What decides whether somebody works on a trial that has not ended."""

    worker_id: str | None
    lane: str

    def is_at_work(self, generation: int, alive: frozenset[str], free: Place | None = None) -> bool:
        """Whether a living worker works on it in this generation of its run, at another place than the `free` one."""
        begun_in, index = (int(part) for part in self.lane.split(":"))
        if self.worker_id not in alive or begun_in != generation:
            return False
        return free is None or (self.worker_id, index) != (free.worker_id, free.index)
