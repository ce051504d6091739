"""Lanes: child processes that each try or fit one candidate at a time and can be killed when its time is up."""

import multiprocessing
import pickle
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import numpy as np
from numpy.typing import NDArray

from services.automl.candidates import Candidate
from services.automl.errors import TooSlowError, TrialFailedError
from services.automl.fold_features import FeatureCache
from services.automl.halves import answers_after_half
from services.automl.preparation import Preparation
from services.automl.training import TrialOutcome, fit_to_everything, train_candidate

GRACE_SECONDS = 2.0  # between the limit a trial keeps by itself and the kill
TOO_SLOW = "It needs more time than a trial may take."
_READY = "ready"  # a child's first word: from then on time is its trial's, not its imports'


@dataclass(frozen=True)
class Attempt:
    """Try a candidate in folds. It gives up after a fold in which it is far behind `best_fold_scores`."""

    candidate: Candidate
    seconds_limit: float
    best_fold_scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class Fit:
    """Fit a candidate to all rows, those of the hold-out included."""

    candidate: Candidate
    seconds_limit: float


@dataclass(frozen=True)
class Halve:
    """Fit a candidate to half of the rows of a fold, and answer the rows that the fold judges."""

    candidate: Candidate
    fold: int
    seconds_limit: float


Work = Attempt | Fit | Halve


@dataclass(frozen=True)
class Finished:
    """What came of a candidate: an outcome of trying it, a fitted pipeline (pickled) or answers, or a plain cause."""

    number: int
    outcome: TrialOutcome | None
    failure: str | None
    pipeline: bytes | None = field(default=None, repr=False)
    answers: NDArray[np.float64] | None = field(default=None, repr=False)
    early_score: float | None = None  # of a candidate that gave up after a fold
    is_too_slow: bool = False


@dataclass
class _Lane:
    process: BaseProcess
    connection: Connection
    number: int | None = None
    deadline: float = 0.0
    is_ready: bool = False

    @property
    def is_free(self) -> bool:
        return self.number is None


class Lanes:
    """`n` child processes for one preparation."""

    def __init__(self, preparation: Preparation, n: int) -> None:
        self._preparation = preparation
        self._lanes = [self._start() for _ in range(n)]

    @property
    def n(self) -> int:
        """How many lanes there are."""
        return len(self._lanes)

    @property
    def n_free(self) -> int:
        """How many lanes wait for a candidate."""
        return sum(lane.is_free for lane in self._lanes)

    @property
    def n_busy(self) -> int:
        """How many lanes are trying one."""
        return len(self._lanes) - self.n_free

    def submit(self, number: int, work: Work) -> None:
        """Start on a free lane, once its process has started."""
        lane = next(lane for lane in self._lanes if lane.is_free)
        self._await_start(lane)
        lane.number, lane.deadline = number, time.monotonic() + work.seconds_limit + GRACE_SECONDS
        lane.connection.send(work)

    def abandon(self) -> None:
        """End what is being worked on; its lanes are free again."""
        for lane in list(self._lanes):
            if not lane.is_free:
                self._killed(lane, "The search ended before it did.")

    def collect(self, timeout: float) -> list[Finished]:
        """What ended within `timeout` seconds, returning at the first end; kills what is beyond its time."""
        busy = {lane.connection: lane for lane in self._lanes if not lane.is_free}
        nearest = min((lane.deadline for lane in busy.values()), default=0.0) - time.monotonic()
        ready = wait(list(busy), timeout=max(0.0, min(timeout, nearest)))
        ended = [self._received(busy[connection]) for connection in ready if isinstance(connection, Connection)]
        overdue = [lane for lane in self._lanes if not lane.is_free and time.monotonic() >= lane.deadline]
        return ended + [replace(self._killed(lane, TOO_SLOW), is_too_slow=True) for lane in overdue]

    def close(self) -> None:
        """End every child process, whatever it is doing."""
        for lane in self._lanes:
            lane.process.kill()
            lane.process.join()
            lane.connection.close()

    def _start(self) -> _Lane:
        context = multiprocessing.get_context("forkserver")
        mine, theirs = context.Pipe()
        process = context.Process(target=_train, args=(theirs, self._preparation), daemon=True)
        process.start()
        theirs.close()
        return _Lane(process, mine)

    def _await_start(self, lane: _Lane) -> None:
        while not lane.is_ready:
            try:
                lane.is_ready = lane.connection.recv() == _READY
            except (EOFError, OSError):
                raise TrialFailedError(
                    "No process to train in could be started; there is probably too little memory. Free some."
                ) from None

    def _received(self, lane: _Lane) -> Finished:
        number = lane.number
        assert number is not None
        try:
            answer = lane.connection.recv()
        except (EOFError, OSError):  # killed by the system, usually for its memory
            return self._killed(lane, "Its process died; it probably needs more memory than there is.")
        lane.number = None
        if isinstance(answer, TrialOutcome):
            return Finished(number, answer, None)
        if isinstance(answer, bytes):
            return Finished(number, None, None, answer)
        if isinstance(answer, np.ndarray):
            return Finished(number, None, None, answers=answer)
        score, is_too_slow = getattr(answer, "score", None), isinstance(answer, TooSlowError)
        return Finished(number, None, answer.sentence, early_score=score, is_too_slow=is_too_slow)

    def _killed(self, lane: _Lane, cause: str) -> Finished:
        number = lane.number
        assert number is not None
        lane.process.kill()
        lane.process.join()
        lane.connection.close()
        self._lanes[self._lanes.index(lane)] = self._start()
        return Finished(number, None, cause)


@contextmanager
def open_lanes(preparation: Preparation, n: int) -> Iterator[Lanes]:
    """Lanes that are closed on leaving, whatever they are doing."""
    lanes = Lanes(preparation, n)
    try:
        yield lanes
    finally:
        lanes.close()


def _train(connection: Connection, preparation: Preparation) -> None:
    connection.send(_READY)
    cache = FeatureCache(preparation, with_sealed=len(preparation.holdout) > 0)
    while True:
        try:
            work = connection.recv()
        except EOFError:  # the parent is gone
            return
        try:
            connection.send(_done(preparation, work, cache))
        except TrialFailedError as error:
            connection.send(error)


def _done(preparation: Preparation, work: Work, cache: FeatureCache) -> TrialOutcome | bytes | NDArray[np.float64]:
    if isinstance(work, Halve):
        return answers_after_half(preparation, work.candidate, work.fold, seconds_limit=work.seconds_limit)
    if isinstance(work, Fit):
        return pickle.dumps(
            fit_to_everything(preparation, work.candidate, seconds_limit=work.seconds_limit), protocol=5
        )
    return train_candidate(
        preparation,
        work.candidate,
        seconds_limit=work.seconds_limit,
        cache=cache,
        best_fold_scores=work.best_fold_scores,
    )
