"""Hand out the places of workers by the rule, and find the searches that are over."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from db.locks import lock_until_commit
from db.session import reading, transaction
from db.tables import Run
from db.types import utc_now
from services.automl.claims import ClaimedTrial, Place
from services.automl.clock import seconds_left
from services.automl.execution import OPEN_STATES, claim_trial
from services.automl.turns.queries import list_alive, list_asking, list_served
from services.automl.turns.rule import Asking, in_turn, positions

_HAND_OUT_LOCK = 0x7A15E  # any constant: two places are never handed out by the same counts
_OVERDUE_SECONDS = 60.0  # a trial that keeps neither its limit nor that of its worker is not waited for


class Beginning(NamedTuple):
    """A run whose data are to be read before its first trial."""

    run_id: str
    generation: int


class EndedSearch(NamedTuple):
    """A search that is over, unless time is added before a worker comes to end it."""

    run_id: str
    generation: int
    n_reopened: int


def hand_out_trial(place: Place, *, now: datetime | None = None) -> ClaimedTrial | None:
    """The trial that a free place works on next, of the run whose turn it is; None when nobody waits."""
    with reading() as session:
        if not any(run.n_free for run in _list_prepared(session, place, now)):
            return None
    with transaction() as session:
        lock_until_commit(session, _HAND_OUT_LOCK)
        asking = _list_prepared(session, place, now)
        refused: set[str] = set()
        for run in in_turn(asking, list_served(session, asking)):
            if run.run_id in refused:
                continue
            if claimed := claim_trial(session, run_id=run.run_id, place=place, now=now):
                return claimed
            refused.add(run.run_id)  # it was stopped a moment ago, or its last trial was given up
    return None


def list_beginnings(session: Session, *, now: datetime | None = None) -> list[Beginning]:
    """Queued runs whose data no worker has read yet, in turn.

    Of one person as many at a time as there are workers: the others wait for their turn.
    """
    now = now or utc_now()
    asking = list_asking(session, now=now)
    numbers = positions(asking, list_served(session, asking))
    runs = session.exec(select(Run).where(Run.state == "queued", col(Run.prepared_at).is_(None))).all()
    most = max(1, len(list_alive(session, now=now)))
    handed: Counter[str] = Counter()
    beginnings = []
    for run in sorted(runs, key=lambda run: numbers.get(run.id, len(asking))):
        if handed[run.created_by] < most:
            handed[run.created_by] += 1
            beginnings.append(Beginning(run.id, run.generation))
    return beginnings


def list_ended_searches(session: Session, *, now: datetime | None = None) -> list[EndedSearch]:
    """Runs whose search is over: to be closed as was wished, and finished.

    Of one person as many at a time as there are workers: the others wait for their turn.
    """
    now = now or utc_now()
    asking = {run.run_id: run for run in list_asking(session, now=now)}
    runs = session.exec(
        select(Run).where(col(Run.state).in_(OPEN_STATES)).order_by(col(Run.created_at), col(Run.id))
    ).all()
    most = max(1, len(list_alive(session, now=now)))
    handed: Counter[str] = Counter()
    ended = []
    for run in sorted(runs, key=lambda run: run.state != "finishing"):
        if (run.state == "finishing" or _is_over(run, asking.get(run.id), now)) and handed[run.created_by] < most:
            handed[run.created_by] += 1
            ended.append(EndedSearch(run.id, run.generation, run.n_reopened))
    return ended


def _list_prepared(session: Session, free: Place, now: datetime | None) -> list[Asking]:
    return [run for run in list_asking(session, free=free, now=now) if run.is_prepared]


def _is_over(run: Run, asking: Asking | None, now: datetime) -> bool:
    """Whether somebody asked for an end, or there is nothing to begin and nothing at work."""
    if run.wish != "none":
        return True
    if asking is None or asking.n_free or not asking.is_prepared:
        return False
    return asking.n_at_work == 0 or seconds_left(run, now) < -_OVERDUE_SECONDS
