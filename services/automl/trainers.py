"""Where a trial is trained: in a limited child of this worker, unless somebody offers another place."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from services.automl.candidates import Candidate
from services.automl.prepared_file import PreparedFile
from services.automl.prepared_tables import PreparationRequest, PreparedTables, get_prepared_tables
from services.automl.training import TrialOutcome, train_candidate
from services.jobs.child_process import ChildFailedError, Limits, run_in_child

GRACE_SECONDS = 2.0  # a trial that keeps its own time may say so before it is killed
FindInterruption = Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class TrialWork:
    """What shall be trained on which table, and what it may use.

    Attributes
    ----------
    search_ends_at
        By the monotonic clock of this worker; no trial may take longer.
    """

    run_id: str
    trial_id: str
    request: PreparationRequest
    candidate: Candidate
    seconds_limit: float
    memory_mb_limit: int
    search_ends_at: float

    @property
    def seconds_left(self) -> float:
        """How long it may take from now on."""
        return min(self.seconds_limit, self.search_ends_at - time.monotonic())


class Trainer(Protocol):
    """Trains a trial somewhere.

    Raises
    ------
    ChildFailedError
        It gave nothing; the sentence says why.
    ChildInterruptedError
        Somebody asked for an end.
    """

    def __call__(self, work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
        """What the candidate gives."""


def train_here(work: TrialWork, find_interruption: FindInterruption) -> TrialOutcome:
    """In a child of this worker."""
    return train_with(
        get_prepared_tables(),
        work.request,
        work.candidate,
        seconds_limit=work.seconds_left,
        memory_mb_limit=work.memory_mb_limit,
        find_interruption=find_interruption,
    )


def train_with(
    tables: PreparedTables,
    request: PreparationRequest,
    candidate: Candidate,
    *,
    seconds_limit: float,
    memory_mb_limit: int,
    find_interruption: FindInterruption,
) -> TrialOutcome:
    """In a child of this process, on a table of `tables`."""
    if seconds_limit <= 0:
        raise ChildFailedError("The time of the search was used up before it began.")
    with tables.use(request, find_interruption=find_interruption) as prepared:
        return run_in_child(
            _train,
            prepared,
            candidate,
            seconds_limit,
            limits=Limits(seconds_limit + GRACE_SECONDS, memory_mb_limit),
            find_interruption=find_interruption,
        )


def _train(prepared: PreparedFile, candidate: Candidate, seconds_limit: float) -> TrialOutcome:
    return replace(train_candidate(prepared.load(), candidate, seconds_limit=seconds_limit), pipeline=b"")
