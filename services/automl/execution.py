"""The life of a run as its workers see it: each step is one short transaction and may be repeated after a crash.

The row of the run is the lock, so that the number of trials never exceeds the budget, however many workers share the
run. A trial whose worker died keeps its number and parameters and is taken up by whoever comes next; so is one that a
pause interrupted, by the next generation. A trial that was begun and never ended too often is given up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult
from sqlmodel import Session, col, func, select, update

from db.tables import Run, Trial
from db.types import utc_now
from services.audit.actor import SYSTEM
from services.audit.commands import record_event
from services.automl.clock import search_seconds, seconds_left
from services.automl.commands.news import tell_starter
from services.automl.turns.queries import generation_of, list_alive

OPEN_STATES = ("queued", "running", "finishing")
MAX_ATTEMPTS = 3
GIVEN_UP = (
    f"It was begun {MAX_ATTEMPTS} times and never ended: the worker stopped each time, most likely for want of memory. "
    "The cause is in the log of the worker."
)


@dataclass(frozen=True, slots=True)
class Place:
    """One of the places at which a worker tries models, one at a time."""

    worker_id: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class ClaimedTrial:
    """A trial that a place of a worker holds. `family` is empty until the search has chosen what to try.

    `families` are the kinds of model of the whole run, `only_families` those wanted now; empty means all.
    """

    id: str
    run_id: str
    generation: int
    number: int
    lane: str
    worker_id: str
    seconds_limit: float
    memory_mb_limit: int
    family: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    families: tuple[str, ...] = ()
    only_families: tuple[str, ...] = ()


class Closing(StrEnum):
    """What follows when a search looks over."""

    OVER = "over"  # nothing
    FINISH = "finish"  # the best model is finished
    AGAIN = "again"  # time was added meanwhile: the search goes on


def mark_prepared(session: Session, *, run_id: str, now: datetime | None = None) -> None:
    """Say that a worker has read the data of a run: from now on its trials are handed out."""
    run = _lock(session, run_id)
    run.prepared_at = now or utc_now()
    session.add(run)


def keep_circumstances(session: Session, *, run_id: str, **facts: Mapping[str, Any]) -> None:
    """Write down what a worker found, part by part, beside what is known already."""
    run = _lock(session, run_id)
    known = run.circumstances or {}
    run.circumstances = {**known, **{name: {**known.get(name, {}), **fact} for name, fact in facts.items()}}
    session.add(run)


def claim_trial(session: Session, *, run_id: str, place: Place, now: datetime | None = None) -> ClaimedTrial | None:
    """The trial of a run that a place works on next: one that was interrupted, or a new one while the budget allows it.

    None when there is nothing to begin: all trials are taken, the time is up, or somebody asked for an end.
    """
    now = now or utc_now()
    run = _lock(session, run_id)
    if run.state not in ("queued", "running") or run.wish != "none" or seconds_left(run, now) <= 0:
        return None
    if run.prepared_at is None:
        return None
    if run.state == "queued":
        _start(session, run, now)
    trial = _interrupted_trial(session, run, now) or _new_trial(session, run)
    if trial is None:
        return None
    run.served_at = trial.started_at = now
    trial.lane, trial.worker_id = f"{run.generation}:{place.index}", place.worker_id
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
    run = _lock(session, claimed.run_id)
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
    run = _lock(session, run_id)
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
    if _count(session, run, "complete") == 0:
        fail_run(session, run_id=run_id, generation=generation, failure=_nothing_found(session, run))
        return Closing.OVER
    return Closing.FINISH


def fail_run(session: Session, *, run_id: str, generation: int, failure: str, now: datetime | None = None) -> None:
    """End a run that cannot go on, with a sentence for the person who started it."""
    now = now or utc_now()
    run = _lock(session, run_id)
    if run.generation != generation or run.state not in OPEN_STATES:
        return
    run.used_seconds = search_seconds(run, now)
    _prune_open_trials(session, run, now, "The run ended before this variant did.")
    run.failure = failure
    _settle(session, run, "failed", "Failed", "run.failed", now)
    tell_starter(session, run_id=run_id, kind="run.failed")


def complete_run(session: Session, *, run_id: str, generation: int, now: datetime | None = None) -> None:
    """Mark a run finished, in the transaction that registers its model."""
    run = _lock(session, run_id)
    if run.generation == generation and run.state == "finishing":
        _settle(session, run, "finished", "Finished", "run.finished", now or utc_now())
        tell_starter(session, run_id=run_id, kind="run.finished")


def cancel_finishing(session: Session, *, run_id: str, generation: int, now: datetime | None = None) -> None:
    """Carry out a wish to cancel that came while the best model was being finished."""
    run = _lock(session, run_id)
    if run.generation == generation and run.state == "finishing" and run.wish == "cancel":
        _settle(session, run, "cancelled", "Cancelled", "run.cancelled", now or utc_now())


_END_WORDS = {"stop": "The search was stopped before this variant ended.", "cancel": "The run was cancelled."}


def _lock(session: Session, run_id: str) -> Run:
    """The run, locked until the transaction ends (SQLite has locked the whole database at BEGIN)."""
    return session.get_one(Run, run_id, with_for_update=True, populate_existing=True)


def _may_go_on(session: Session, run: Run, now: datetime) -> bool:
    return run.wish == "none" and seconds_left(run, now) > 0 and _count(session, run) < run.n_trials_budget


def _start(session: Session, run: Run, now: datetime) -> None:
    run.state, run.phase, run.started_at = "running", "Reading the data", now
    session.add(run)
    _record(session, run, "run.started")


def _interrupted_trial(session: Session, run: Run, now: datetime) -> Trial | None:
    """A trial that no living worker holds in this generation, unless it was begun too often."""
    alive = list_alive(session, now=now)
    statement = select(Trial).where(Trial.run_id == run.id, Trial.state == "running").order_by(col(Trial.number))
    for trial in session.exec(statement):
        is_held = trial.worker_id in alive and generation_of(trial.lane) == run.generation
        if is_held:
            continue
        if trial.n_attempts >= MAX_ATTEMPTS:
            _give_up(session, run, trial, now)
            continue
        if generation_of(trial.lane) == run.generation:  # a pause is nobody's fault
            trial.n_attempts += 1
        return trial
    return None


def _give_up(session: Session, run: Run, trial: Trial, now: datetime) -> None:
    trial.state, trial.failure, trial.finished_at = "failed", GIVEN_UP, now
    trial.second = search_seconds(run, now)
    session.add(trial)


def _new_trial(session: Session, run: Run) -> Trial | None:
    taken = _count(session, run)
    if taken >= run.n_trials_budget:
        return None
    return Trial(run_id=run.id, number=taken + 1, lane="")


def _count(session: Session, run: Run, state: str | None = None) -> int:
    statement = select(func.count()).select_from(Trial).where(Trial.run_id == run.id)
    return session.exec(statement.where(Trial.state == state) if state else statement).one()


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
    _record(session, run, action)


def _record(session: Session, run: Run, action: str) -> None:
    after: dict[str, Any] = {"state": run.state, "n_trials": _count(session, run), "generation": run.generation}
    if run.failure:
        after["failure"] = run.failure
    record_event(
        session,
        actor=SYSTEM,
        action=action,
        object_type="run",
        object_id=run.id,
        project_id=run.project_id,
        after=after,
    )
