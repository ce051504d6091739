"""Read whose turn it is, and how much of the workers a person or a project has taken."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, func, select

from db.session import ANSWERS
from db.tables import Run, Trial, Worker
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.claims import Held, Place
from services.automl.clock import seconds_left
from services.automl.turns.rule import Asking, Owner, positions
from services.automl.turns.settings import get_run_settings
from services.automl.turns.views import TurnView
from services.errors import NotFoundError, TooManyRequestsError
from services.people.permissions import Permission
from services.projects.queries import authorize_project

DAY = timedelta(hours=24)
ACTIVE_STATES = ("queued", "running", "finishing")
_SEARCHED_STATES = ("queued", "running")
_RETRY_AFTER_SECONDS = 60
_UNKNOWN_RUN = "There is no such run, or you are not a member of its project."


def get_turn(session: Session, *, actor: Actor, run_id: str) -> TurnView:
    """When a run gets its next place. Says nothing about other runs but how many there are.

    Raises
    ------
    NotFoundError
        There is no such run, or the actor is not a member of its project.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise NotFoundError(_UNKNOWN_RUN)
    see = Permission.SEE_PROJECT
    authorize_project(session, actor=actor, project_id=run.project_id, permission=see, unknown=_UNKNOWN_RUN)
    now = utc_now()
    asking = list_asking(session, now=now)
    places = session.exec(
        select(Worker.n_places).where(col(Worker.executor_id).in_(list_alive(session, now=now)))
    ).all()
    return TurnView(
        position=find_position(session, run_id=run_id),
        n_waiting=sum(other.n_at_work == 0 and other.n_free > 0 for other in asking),
        n_workers=len(places),
        n_places=sum(places),
        priority=run.priority,
        is_over_quota=any(other.run_id == run_id and other.is_over_quota for other in asking),
    )


def find_position(session: Session, *, run_id: str) -> int | None:
    """How many runs get a place until this one does, itself included; computed once for all runs of a view."""
    answers = session.info.get(ANSWERS, {})
    if (known := answers.get("positions")) is None:
        asking = list_asking(session)
        known = answers["positions"] = positions(asking, list_served(session, asking))
    position: int | None = known.get(run_id)
    return position


def list_asking(session: Session, *, free: Place | None = None, now: datetime | None = None) -> list[Asking]:
    """Every run that is searched or waits for it, as the rule sees it; a place known to be `free` holds no trial."""
    now = now or utc_now()
    runs = session.exec(select(Run).where(col(Run.state).in_(_SEARCHED_STATES))).all()
    if not runs:
        return []
    n_begun, n_at_work, n_interrupted = _count_trials(session, runs, free, now)
    over = _list_over_quota(session, runs, now)
    return [
        Asking(
            run_id=run.id,
            person_id=run.created_by,
            project_id=run.project_id,
            created_at=run.created_at,
            n_free=_n_free(run, n_begun[run.id] - n_interrupted[run.id], n_at_work[run.id], now),
            n_at_work=n_at_work[run.id],
            priority=run.priority,
            is_over_quota=bool({run.created_by, run.project_id} & over),
            is_prepared=run.prepared_at is not None,
        )
        for run in runs
    ]


def list_served(session: Session, asking: Sequence[Asking]) -> dict[Owner, datetime]:
    """When the people who ask, and their projects, were last given a place."""
    if not asking:
        return {}
    statement = select(Run.created_by, Run.project_id, func.max(Run.served_at)).where(
        col(Run.created_by).in_({run.person_id for run in asking}), col(Run.served_at).is_not(None)
    )
    served: dict[Owner, datetime] = {}
    for person, project, moment in session.exec(statement.group_by(Run.created_by, Run.project_id)):
        assert moment is not None
        served[person, project] = moment
        served[(person,)] = max(moment, served.get((person,), moment))
    return served


def list_alive(session: Session, *, now: datetime) -> frozenset[str]:
    """The workers that hold their lease."""
    alive = select(Worker.executor_id).where(Worker.state == "working", col(Worker.lease_until) > now)
    return frozenset(session.exec(alive))


def used_worker_seconds(
    session: Session, *, of: Literal["person", "project"], ids: Sequence[str], now: datetime | None = None
) -> dict[str, float]:
    """Worker-seconds that trials of each person or project took in the last 24 hours, those at work included."""
    now = now or utc_now()
    owner = Run.created_by if of == "person" else Run.project_id
    statement = select(owner, Trial.duration_seconds, Trial.started_at, Trial.state).join(
        Run, col(Run.id) == Trial.run_id
    )
    used: Counter[str] = Counter()
    for owner_id, duration, started_at, state in session.exec(
        statement.where(col(owner).in_(ids), col(Trial.started_at) > now - DAY, col(Trial.reused_from).is_(None))
    ):
        at_work = (now - started_at).total_seconds() if state == "running" else 0.0
        used[owner_id] += duration if duration is not None else at_work  # type: ignore[assignment]  # a Counter adds numbers
    return {owner_id: float(used[owner_id]) for owner_id in ids}


def require_room(session: Session, *, actor: Actor, project_id: str) -> None:
    """Refuse one more active run of a person or project that has as many, or as much worker time, as it may.

    Raises
    ------
    TooManyRequestsError
        With the number, and when to try again.
    """
    settings = get_run_settings()
    active = select(func.count()).select_from(Run).where(col(Run.state).in_(ACTIVE_STATES))
    n_mine = session.exec(active.where(Run.created_by == actor.user_id)).one()
    if n_mine >= settings.most_active_per_person:
        raise TooManyRequestsError(
            f"{n_mine} of your runs are not done yet, and no more can wait. Cancel one, or wait until one has ended.",
            _RETRY_AFTER_SECONDS,
        )
    n_here = session.exec(active.where(Run.project_id == project_id)).one()
    if n_here >= settings.most_active_per_project:
        raise TooManyRequestsError(
            f"{n_here} runs of this project are not done yet, and no more can wait. Wait until one has ended.",
            _RETRY_AFTER_SECONDS,
        )
    _refuse_used_up(session, "person", actor.user_id, settings.seconds_per_person_per_day)
    _refuse_used_up(session, "project", project_id, settings.seconds_per_project_per_day)


def _refuse_used_up(session: Session, of: Literal["person", "project"], owner_id: str, limit: float | None) -> None:
    if limit is None:
        return
    used = used_worker_seconds(session, of=of, ids=[owner_id])[owner_id]
    if used >= limit:
        whose = "Your runs" if of == "person" else "The runs of this project"
        raise TooManyRequestsError(
            f"{whose} took {used / 60:,.0f} minutes of workers in the last 24 hours; {limit / 60:,.0f} are allowed. "
            "Start it later, or ask who runs the portal for more.",
            3600,
        )


def _list_over_quota(session: Session, runs: Sequence[Run], now: datetime) -> set[str]:
    """The ids of people and projects that have used the worker time of a day."""
    settings = get_run_settings()
    over: set[str] = set()
    if (limit := settings.seconds_per_person_per_day) is not None:
        used = used_worker_seconds(session, of="person", ids=list({run.created_by for run in runs}), now=now)
        over |= {person for person, seconds in used.items() if seconds >= limit}
    if (limit := settings.seconds_per_project_per_day) is not None:
        used = used_worker_seconds(session, of="project", ids=list({run.project_id for run in runs}), now=now)
        over |= {project for project, seconds in used.items() if seconds >= limit}
    return over


def _count_trials(
    session: Session, runs: Sequence[Run], free: Place | None, now: datetime
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """For each run: trials begun, trials somebody works on, and trials nobody works on any more."""
    alive = list_alive(session, now=now)
    generations = {run.id: run.generation for run in runs}
    n_begun: Counter[str] = Counter()
    n_at_work: Counter[str] = Counter()
    n_interrupted: Counter[str] = Counter()
    columns = (Trial.run_id, Trial.state, Trial.lane, Trial.worker_id)
    counted = select(*columns, func.count()).where(col(Trial.run_id).in_(generations)).group_by(*columns)  # type: ignore[call-overload]
    for run_id, state, lane, worker_id, number in session.exec(counted):
        n_begun[run_id] += number
        if state == "running":
            is_at_work = Held(worker_id, lane).is_at_work(generations[run_id], alive, free)
            (n_at_work if is_at_work else n_interrupted)[run_id] += number
    return n_begun, n_at_work, n_interrupted


def _n_free(run: Run, n_held: int, n_at_work: int, now: datetime) -> int:
    if run.wish != "none" or seconds_left(run, now) <= 0:
        return 0
    return max(0, min(run.n_trials_budget - n_held, run.n_lanes - n_at_work))
