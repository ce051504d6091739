"""The life of a run as its workers see it: each step is one short transaction and may be repeated after a crash.

The row of the run is the lock, so that the number of trials never exceeds the budget, however many workers share the
run. A trial whose worker died keeps its number and parameters and is taken up by whoever comes next; so is one that a
pause interrupted, by the next generation. A trial that was begun and never ended too often is given up.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult
from sqlmodel import Session, col, select, update

from db.tables import Run, Trial
from db.types import utc_now
from services.automl.claims import ClaimedTrial, Held, Place
from services.automl.clock import search_seconds, seconds_left
from services.automl.commands.news import tell_starter
from services.automl.run_notes import count_trials, lock_run, record_run
from services.automl.turns.queries import list_alive

OPEN_STATES = ("queued", "running", "finishing")
MAX_ATTEMPTS = 3
GIVEN_UP = (
    f"It was begun {MAX_ATTEMPTS} times and never ended, most likely because its worker ran out of memory. "
    "The log of the worker says more."
)


class Closing(StrEnum):
    """What follows when a search looks over."""

    OVER = "over"  # nothing
    FINISH = "finish"  # the best model is finished
    AGAIN = "again"  # time was added meanwhile: the search goes on


def claim_trial(session: Session, *, run_id: str, place: Place, now: datetime | None = None) -> ClaimedTrial | None:
    """The trial of a run that a place works on next: one that was interrupted, or a new one while the budget allows it.

    None when there is nothing to begin: all trials are taken, the time is up, or somebody asked for an end.
    """
    now = now or utc_now()
    run = lock_run(session, run_id)
    if run.state not in ("queued", "running") or run.wish != "none" or seconds_left(run, now) <= 0:
        return None
    if run.prepared_at is None:
        return None
    if run.state == "queued":
        _start(session, run, now)
    trial = _interrupted_trial(session, run, place, now) or _new_trial(session, run)
    if trial is None:
        return None
    run.served_at = trial.started_at = now
    trial.lane, trial.worker_id = place.lane(run.generation), place.worker_id
    session.add_all([run, trial])
    session.flush()
    return ClaimedTrial(
        id=trial.id,
        run_id=run.id,
        generation=run.generation,
        number=trial.number,
        lane=trial.lane,
        worker_id=place.worker_id,
        seconds_limit=min(run.trial_seconds_limit, seconds_left(run, now)),
        search_seconds_left=seconds_left(run, now),
        memory_mb_limit=run.trial_memory_mb_limit,
        family=trial.family,
        parameters=trial.parameters,
        families=tuple(run.families),
        only_families=tuple(run.only_families),
    )


def release_trial(session: Session, *, claimed: ClaimedTrial) -> None:
    """Let go of a trial that this worker cannot end: whoever comes next takes it up."""
    mine = (col(Trial.id) == claimed.id, col(Trial.state) == "running", col(Trial.worker_id) == claimed.worker_id)
    session.exec(update(Trial).where(*mine, col(Trial.lane) == claimed.lane).values(worker_id=None))


def save_candidate(
    session: Session, *, claimed: ClaimedTrial, family: str, parameters: Mapping[str, Any], phase: str
) -> None:
    """Write down what a trial tries before it is tried, so that a repetition tries the same."""
    chosen = {"family": family, "parameters": dict(parameters)}
    session.exec(update(Trial).where(col(Trial.id) == claimed.id, col(Trial.state) == "running").values(**chosen))
    session.exec(update(Run).where(col(Run.id) == claimed.run_id, col(Run.state) == "running").values(phase=phase))


def end_trial(
    session: Session, *, claimed: ClaimedTrial, state: str, now: datetime | None = None, **result: Any
) -> bool:
    """Write a trial's result once. False when another worker took the trial over meanwhile: its result counts."""
    now = now or utc_now()
    run = lock_run(session, claimed.run_id)
    trial = session.get_one(Trial, claimed.id, populate_existing=True)
    if trial.state != "running" or (trial.worker_id, trial.lane) != (claimed.worker_id, claimed.lane):
        return False
    trial.state, trial.finished_at = state, now
    trial.second = search_seconds(run, now)
    trial.duration_seconds = (now - trial.started_at).total_seconds()
    for name, value in result.items():
        setattr(trial, name, value)
    session.add(trial)
    return True


def find_interruption(session: Session, *, run_id: str, generation: int) -> str | None:
    """Why work on this generation shall end now: "pause", "stop", "cancel", "over", or None to go on."""
    found = session.exec(select(Run.wish, Run.generation, Run.state).where(Run.id == run_id)).one()
    wish, current, state = found
    if current != generation or state not in OPEN_STATES:
        return "over"
    return None if wish == "none" else wish


def is_open(session: Session, *, run_id: str, generation: int) -> bool:
    """Whether this generation of a run waits, is searched or is being finished."""
    return find_interruption(session, run_id=run_id, generation=generation) != "over"


def close_search(session: Session, *, run_id: str, generation: int, now: datetime | None = None) -> Closing:
    """End the search of a generation as it was wished, unless there is time and something to try again."""
    now = now or utc_now()
    run = lock_run(session, run_id)
    if run.generation != generation or run.state not in OPEN_STATES:
        return Closing.OVER
    if run.state == "running" and _may_go_on(session, run, now):
        run.n_reopened += 1  # its next end is another one
        session.add(run)
        return Closing.AGAIN
    if run.state == "queued":  # all it needs was taken over from an earlier run
        _start(session, run, now)
    run.used_seconds, wish = search_seconds(run, now), run.wish
    if run.state != "finishing":
        run.state, run.phase = "finishing", "Checking the best on data kept aside"
    if wish == "pause":
        _settle(session, run, "paused", "Paused", "run.paused")
        return Closing.OVER
    _prune_open_trials(session, run, now, _END_WORDS.get(wish, "The time of the search was used up."))
    if wish == "cancel":
        _settle(session, run, "cancelled", "Cancelled", "run.cancelled", now)
        return Closing.OVER
    run.wish = "none"
    session.add(run)
    if count_trials(session, run, "complete") == 0:
        fail_run(session, run_id=run_id, generation=generation, failure=_nothing_found(session, run))
        return Closing.OVER
    return Closing.FINISH


def call_again(session: Session, *, run_id: str, generation: int, n_reopened: int) -> None:
    """Let a search that is still open be ended once more: whoever should have done it broke off."""
    run = lock_run(session, run_id)
    if run.state in OPEN_STATES and (run.generation, run.n_reopened) == (generation, n_reopened):
        run.n_reopened += 1
        session.add(run)


def fail_run(session: Session, *, run_id: str, generation: int, failure: str, now: datetime | None = None) -> None:
    """End a run that cannot go on, with a sentence for the person who started it."""
    now = now or utc_now()
    run = lock_run(session, run_id)
    if run.generation != generation or run.state not in OPEN_STATES:
        return
    run.used_seconds = search_seconds(run, now)
    _prune_open_trials(session, run, now, "The run ended before this variant did.")
    run.failure = failure
    _settle(session, run, "failed", "Failed", "run.failed", now)
    tell_starter(session, run_id=run_id, kind="run.failed")


def fail_beginning(session: Session, *, run_id: str, generation: int, failure: str) -> None:
    """End a run whose data nobody reads any more; does nothing where they have been read meanwhile."""
    if lock_run(session, run_id).prepared_at is None:
        fail_run(session, run_id=run_id, generation=generation, failure=failure)


def halt_run(session: Session, *, run_id: str, generation: int, failure: str, now: datetime | None = None) -> None:
    """Pause a run that cannot go on until somebody has mended something; what was found and the budget are kept."""
    run = lock_run(session, run_id)
    if run.generation != generation or run.state not in OPEN_STATES:
        return
    run.used_seconds, run.failure = search_seconds(run, now or utc_now()), failure
    _settle(session, run, "paused", "Paused", "run.paused")
    tell_starter(session, run_id=run_id, kind="run.paused")


def complete_run(session: Session, *, run_id: str, generation: int, now: datetime | None = None) -> None:
    """Mark a run finished, in the transaction that registers its model."""
    run = lock_run(session, run_id)
    if run.generation == generation and run.state == "finishing":
        _settle(session, run, "finished", "Finished", "run.finished", now or utc_now())
        tell_starter(session, run_id=run_id, kind="run.finished")


def cancel_finishing(session: Session, *, run_id: str, generation: int, now: datetime | None = None) -> None:
    """Carry out a wish to cancel that came while the best model was being finished."""
    run = lock_run(session, run_id)
    if run.generation == generation and run.state == "finishing" and run.wish == "cancel":
        _settle(session, run, "cancelled", "Cancelled", "run.cancelled", now or utc_now())


_END_WORDS = {"stop": "The search was stopped before this variant ended.", "cancel": "The run was cancelled."}


def _may_go_on(session: Session, run: Run, now: datetime) -> bool:
    return run.wish == "none" and seconds_left(run, now) > 0 and count_trials(session, run) < run.n_trials_budget


def _start(session: Session, run: Run, now: datetime) -> None:
    run.state, run.phase, run.started_at = "running", "Reading the data", now
    session.add(run)
    record_run(session, run, "run.started")


def _interrupted_trial(session: Session, run: Run, place: Place, now: datetime) -> Trial | None:
    """A trial that nobody works on, unless it was begun too often."""
    alive = list_alive(session, now=now)
    statement = select(Trial).where(Trial.run_id == run.id, Trial.state == "running").order_by(col(Trial.number))
    for trial in session.exec(statement):
        if Held(trial.worker_id, trial.lane).is_at_work(run.generation, alive, free=place):
            continue
        if trial.n_attempts >= MAX_ATTEMPTS:
            _give_up(session, run, trial, now)
            continue
        if trial.lane.startswith(f"{run.generation}:"):  # a pause is nobody's fault
            trial.n_attempts += 1
        return trial
    return None


def _give_up(session: Session, run: Run, trial: Trial, now: datetime) -> None:
    trial.state, trial.failure, trial.finished_at = "failed", GIVEN_UP, now
    trial.second = search_seconds(run, now)
    session.add(trial)


def _new_trial(session: Session, run: Run) -> Trial | None:
    taken = count_trials(session, run)
    if taken >= run.n_trials_budget:
        return None
    return Trial(run_id=run.id, number=taken + 1, lane="")


def _prune_open_trials(session: Session, run: Run, now: datetime, why: str) -> None:
    values = {"state": "pruned", "failure": why, "finished_at": now, "second": run.used_seconds}
    result = session.exec(
        update(Trial).where(col(Trial.run_id) == run.id, col(Trial.state) == "running").values(**values)
    )
    assert isinstance(result, CursorResult)


def _nothing_found(session: Session, run: Run) -> str:
    statement = select(Trial.failure).where(Trial.run_id == run.id, Trial.state == "failed")
    causes = [cause for cause in session.exec(statement) if cause]
    if not causes:
        return "No variant ended before the search did, so there is no model. Start a run with more time."
    most_frequent = max(set(causes), key=causes.count)
    return f"None of the variants gave a model. The most frequent cause: {most_frequent}"


def _settle(
    session: Session, run: Run, state: str, phase: str, action: str, finished_at: datetime | None = None
) -> None:
    run.state, run.phase, run.wish, run.finished_at = state, phase, "none", finished_at
    session.add(run)
    record_run(session, run, action)
