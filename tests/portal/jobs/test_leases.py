"""Which workers are alive, and who takes over from whom."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.session import transaction
from db.tables import Run, Trial, Worker
from db.types import utc_now
from portal.jobs.leases import give_up_lease, list_inherited, register_worker, renew_lease, take_over
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run, make_trial

LEASE = 6.0


def register(session: Session, executor_id: str, *, age: float = 0.0) -> None:
    now = utc_now() - timedelta(seconds=age)
    register_worker(session, executor_id=executor_id, application_version="1", lease_seconds=LEASE, now=now)


def make_searching_run(session: Session, worker_id: str, *, age: float) -> Run:
    scientist = make_actor(session, Role.DATA_SCIENTIST)
    run = make_run(session, scientist, make_project(session, scientist).id)
    run.state, run.started_at = "running", utc_now() - timedelta(seconds=age)
    session.add(run)
    make_trial(session, run, 1, state="running", score=None, worker_id=worker_id)
    return run


def test_a_living_worker_is_left_alone(session: Session) -> None:
    register(session, "A", age=1)
    register(session, "B")
    assert take_over(session, executor_id="B") == []
    assert renew_lease(session, executor_id="A", lease_seconds=LEASE)


def test_a_silent_worker_is_taken_over_and_learns_that_it_must_end(session: Session) -> None:
    register(session, "A", age=7)
    register(session, "B")
    assert take_over(session, executor_id="B") == ["A"]
    assert take_over(session, executor_id="B") == []
    assert not renew_lease(session, executor_id="A", lease_seconds=LEASE)


def test_of_two_that_see_the_same_dead_worker_one_takes_over(engine: Engine) -> None:
    with transaction(engine) as session:
        register(session, "dead", age=60)
        register(session, "B")
        register(session, "C")
    with transaction(engine) as session:
        first = take_over(session, executor_id="B")
    with transaction(engine) as session:
        second = take_over(session, executor_id="C")
    assert (first, second) == (["dead"], [])


def test_a_worker_that_left_in_good_order_is_taken_over_at_once(session: Session) -> None:
    register(session, "A")
    register(session, "B")
    give_up_lease(session, executor_id="A")
    assert take_over(session, executor_id="B") == ["A"]


def test_what_a_dead_worker_had_inherited_is_taken_over_with_it(session: Session) -> None:
    register(session, "A", age=60)
    register(session, "B", age=30)
    assert take_over(session, executor_id="B") == ["A"]
    register(session, "C")
    assert take_over(session, executor_id="C") == ["B", "A"]


def test_a_restarted_worker_knows_what_it_had_inherited_and_works_again(session: Session) -> None:
    register(session, "A", age=60)
    register(session, "B")
    take_over(session, executor_id="B")
    assert list_inherited(session, executor_id="B") == ["A"]
    register(session, "A")
    worker = session.get_one(Worker, "A")
    assert (worker.state, worker.reaped_by) == ("working", None)
    assert list_inherited(session, executor_id="B") == []


def test_a_dead_machine_uses_up_no_search_time(session: Session) -> None:
    register(session, "A", age=100)
    run = make_searching_run(session, "A", age=120)
    register(session, "A")
    assert run.started_at is not None
    assert (utc_now() - run.started_at).total_seconds() == pytest.approx(20, abs=1)


def test_what_a_restarted_worker_held_is_free_for_whoever_comes_next(session: Session) -> None:
    register(session, "A", age=5)
    run = make_searching_run(session, "A", age=20)
    register(session, "A")
    assert session.exec(select(Trial.worker_id).where(Trial.run_id == run.id)).one() is None


def test_time_goes_on_while_another_worker_searches(session: Session) -> None:
    register(session, "A", age=100)
    register(session, "B")
    run = make_searching_run(session, "A", age=120)
    make_trial(session, run, 2, state="running", score=None, worker_id="B")
    take_over(session, executor_id="B")
    assert run.started_at is not None
    assert (utc_now() - run.started_at).total_seconds() == pytest.approx(120, abs=1)
