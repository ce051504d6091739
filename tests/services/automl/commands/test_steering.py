"""More time, and only some kinds of model: while a search goes on, and after it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.session import reading, transaction
from db.tables import AuditEvent, Run, Trial
from db.types import utc_now
from services.audit.actor import Actor
from services.automl.commands import ask_run, continue_run, extend_run, restrict_run, resume_run
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, PortalError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run, make_trial

SECONDS = 300.0


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def run(session: Session, scientist: Actor) -> Run:
    run = make_run(session, scientist, make_project(session, scientist).id, n_trials=20, budget_seconds=SECONDS)
    run.state, run.started_at = "running", utc_now() - timedelta(seconds=100)
    for number in (1, 2, 3, 4):
        make_trial(session, run, number)
    return run


def events(session: Session, action: str) -> list[AuditEvent]:
    statement = select(AuditEvent).where(AuditEvent.action == action).order_by(col(AuditEvent.id))
    return list(session.exec(statement))


def test_ten_minutes_come_with_the_variants_that_fit_in(session: Session, run: Run, scientist: Actor) -> None:
    extend_run(session, actor=scientist, run_id=run.id, based_on=SECONDS)
    assert (run.budget_seconds, run.added_seconds) == (900, 600)
    assert run.n_trials_budget == pytest.approx(20 + 24, abs=1)  # 4 in 100 s so far
    (event,) = events(session, "run.extended")
    assert event.after == {"budget_seconds": 900, "n_trials": run.n_trials_budget, "generation": 1}


def test_a_second_press_on_the_same_page_adds_nothing(session: Session, run: Run, scientist: Actor) -> None:
    extend_run(session, actor=scientist, run_id=run.id, based_on=SECONDS)
    with pytest.raises(ConflictError, match=r"now has 15 min\. Nothing was added"):
        extend_run(session, actor=scientist, run_id=run.id, based_on=SECONDS)
    extend_run(session, actor=scientist, run_id=run.id, based_on=900)
    assert (run.budget_seconds, run.added_seconds) == (1_500, 1_200)


def test_two_people_who_press_at_once_add_ten_minutes_once(engine: Engine) -> None:
    with transaction(engine) as session:
        people = [make_actor(session, Role.DATA_SCIENTIST) for _ in range(2)]
        run_id = make_run(session, people[0], make_project(session, *people).id, budget_seconds=SECONDS).id

    def press(actor: Actor) -> bool:
        try:
            with transaction(engine) as session:
                extend_run(session, actor=actor, run_id=run_id, based_on=SECONDS)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, people)) == [False, True]
    with reading(engine) as session:
        assert session.get_one(Run, run_id).budget_seconds == 900
        assert len(events(session, "run.extended")) == 1


@pytest.mark.parametrize(("state", "wish"), [("running", "stop"), ("running", "cancel"), ("finishing", "none")])
def test_a_search_that_ends_gets_no_more_time(
    session: Session, run: Run, scientist: Actor, state: str, wish: str
) -> None:
    run.state, run.wish = state, wish
    with pytest.raises(ConflictError):
        extend_run(session, actor=scientist, run_id=run.id, based_on=SECONDS)
    assert run.budget_seconds == SECONDS


def test_nobody_adds_time_without_end(session: Session, run: Run, scientist: Actor) -> None:
    run.budget_seconds = 24 * 3600.0
    with pytest.raises(InvalidInputError, match="at most 24 hours"):
        extend_run(session, actor=scientist, run_id=run.id, based_on=run.budget_seconds)


def test_a_finished_search_goes_on_from_what_it_has_used(session: Session, run: Run, scientist: Actor) -> None:
    run.state, run.used_seconds, run.finished_at, run.failure = "finished", 120.0, utc_now(), "Old."
    run.started_at = None
    again = continue_run(session, actor=scientist, run_id=run.id)
    assert (again.state, again.generation, again.budget_seconds, again.used_seconds) == ("queued", 2, 720, 120)
    assert again.finished_at is None
    assert again.failure is None
    assert run.n_trials_budget == 4 + 20  # 4 in 120 s
    with pytest.raises(ConflictError, match="has not ended"):
        continue_run(session, actor=scientist, run_id=run.id)
    assert len(events(session, "run.continued")) == 1


def test_a_cancelled_run_stays_cancelled(session: Session, run: Run, scientist: Actor) -> None:
    run.state = "cancelled"
    with pytest.raises(ConflictError, match="was cancelled"):
        continue_run(session, actor=scientist, run_id=run.id)


def test_only_one_kind_and_then_all_again(session: Session, run: Run, scientist: Actor) -> None:
    restrict_run(session, actor=scientist, run_id=run.id, families=["lightgbm"])
    restrict_run(session, actor=scientist, run_id=run.id, families=["lightgbm"])
    assert run.only_families == ["lightgbm"]
    restrict_run(session, actor=scientist, run_id=run.id, families=[])
    assert run.only_families == []
    found = events(session, "run.restricted")
    assert [(event.before, event.after) for event in found] == [
        ({"families": []}, {"families": ["lightgbm"]}),
        ({"families": ["lightgbm"]}, {"families": []}),
    ]


def test_every_kind_of_the_run_is_no_restriction(session: Session, run: Run, scientist: Actor) -> None:
    run.families = ["linear", "lightgbm"]
    restrict_run(session, actor=scientist, run_id=run.id, families=["lightgbm", "linear"])
    assert run.only_families == []


@pytest.mark.parametrize("family", ["random_forest", "magic"])
def test_a_kind_the_run_was_not_started_with_is_refused(
    session: Session, run: Run, scientist: Actor, family: str
) -> None:
    run.families = ["linear", "lightgbm"]
    with pytest.raises(InvalidInputError, match="Choose among: Linear model, Gradient boosting"):
        restrict_run(session, actor=scientist, run_id=run.id, families=[family])


def test_what_a_pause_interrupted_is_not_taken_up_where_it_is_not_wanted(
    session: Session, run: Run, scientist: Actor
) -> None:
    make_trial(session, run, 5, family="random_forest", state="running", score=None)
    make_trial(session, run, 6, family="linear", state="running", score=None)
    make_trial(session, run, 7, family="", state="running", score=None)
    run.state = "paused"
    restrict_run(session, actor=scientist, run_id=run.id, families=["linear"])
    session.expire_all()
    left = session.exec(select(Trial).where(Trial.run_id == run.id, Trial.state == "pruned")).one()
    assert (left.number, left.failure) == (5, "It was left out: only linear model shall be tried from here on.")
    resume_run(session, actor=scientist, run_id=run.id)
    assert run.only_families == ["linear"]


@pytest.mark.parametrize("state", ["finishing", "finished", "failed", "cancelled"])
def test_after_the_search_nothing_is_left_to_restrict(session: Session, run: Run, scientist: Actor, state: str) -> None:
    run.state = state
    with pytest.raises(ConflictError):
        restrict_run(session, actor=scientist, run_id=run.id, families=["linear"])


def test_only_who_may_steer_steers(session: Session, run: Run) -> None:
    manager, stranger = make_actor(session, Role.MANAGER), make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, manager)
    run.project_id = project.id
    steer: tuple[Callable[[Actor], Run], ...] = (
        lambda actor: extend_run(session, actor=actor, run_id=run.id, based_on=SECONDS),
        lambda actor: continue_run(session, actor=actor, run_id=run.id),
        lambda actor: restrict_run(session, actor=actor, run_id=run.id, families=["linear"]),
    )
    for command in steer:
        with pytest.raises(NotAllowedError):
            command(manager)
        with pytest.raises(NotFoundError):
            command(stranger)


def test_a_pause_and_more_time_at_the_same_moment_leave_a_paused_run_with_more_time(
    session: Session, run: Run, scientist: Actor
) -> None:
    ask_run(session, actor=scientist, run_id=run.id, wish="pause")
    extend_run(session, actor=scientist, run_id=run.id, based_on=SECONDS)
    assert (run.wish, run.budget_seconds) == ("pause", 900)
    with pytest.raises(PortalError):
        continue_run(session, actor=scientist, run_id=run.id)
