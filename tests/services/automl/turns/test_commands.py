"""Priorities: who may give which, and what they change."""

import pytest
from sqlmodel import Session, col, select

from db.tables import AuditEvent, Run
from services.audit.actor import Actor
from services.automl.turns.commands import set_run_priority
from services.automl.turns.queries import find_position
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run


@pytest.fixture
def scientist(session: Session) -> Actor:
    return make_actor(session, Role.DATA_SCIENTIST)


@pytest.fixture
def manager(session: Session) -> Actor:
    return make_actor(session, Role.MANAGER)


@pytest.fixture
def run(session: Session, scientist: Actor, manager: Actor) -> Run:
    return make_run(session, scientist, make_project(session, scientist, manager).id)


def changes(session: Session) -> list[tuple[object, object]]:
    events = select(AuditEvent).where(AuditEvent.action == "run.priority_changed").order_by(col(AuditEvent.id))
    return [(event.before, event.after) for event in session.exec(events)]


def test_a_manager_puts_a_run_before_others_and_it_is_recorded(session: Session, manager: Actor, run: Run) -> None:
    stranger = make_actor(session, Role.DATA_SCIENTIST)
    run.served_at, other = run.created_at, make_run(session, stranger, make_project(session, stranger).id)
    session.add(run)
    assert find_position(session, run_id=other.id) == 1
    set_run_priority(session, actor=manager, run_id=run.id, priority="high")
    assert find_position(session, run_id=run.id) == 1
    assert changes(session) == [({"priority": "normal"}, {"priority": "high", "number": 1})]


def test_saying_the_same_again_is_no_event(session: Session, manager: Actor, run: Run) -> None:
    set_run_priority(session, actor=manager, run_id=run.id, priority="normal")
    assert changes(session) == []


def test_a_data_scientist_lets_others_go_first_and_takes_it_back(session: Session, scientist: Actor, run: Run) -> None:
    set_run_priority(session, actor=scientist, run_id=run.id, priority="low")
    set_run_priority(session, actor=scientist, run_id=run.id, priority="normal")
    assert len(changes(session)) == 2


def test_a_data_scientist_neither_gives_nor_takes_a_high_priority(
    session: Session, scientist: Actor, manager: Actor, run: Run
) -> None:
    with pytest.raises(NotAllowedError, match="may not put a model run before others"):
        set_run_priority(session, actor=scientist, run_id=run.id, priority="high")
    set_run_priority(session, actor=manager, run_id=run.id, priority="high")
    with pytest.raises(NotAllowedError):
        set_run_priority(session, actor=scientist, run_id=run.id, priority="low")
    with pytest.raises(NotAllowedError):
        make_run(session, scientist, run.project_id, priority="high")


def test_a_run_is_started_with_a_low_priority(session: Session, scientist: Actor, run: Run) -> None:
    assert make_run(session, scientist, run.project_id, priority="low").priority == "low"


def test_a_priority_that_does_not_exist_is_refused_in_words(session: Session, manager: Actor, run: Run) -> None:
    with pytest.raises(InvalidInputError, match="low, normal, high"):
        set_run_priority(session, actor=manager, run_id=run.id, priority="urgent")  # type: ignore[arg-type]


def test_an_ended_run_keeps_its_priority(session: Session, manager: Actor, run: Run) -> None:
    run.state = "finished"
    with pytest.raises(ConflictError, match="ended already"):
        set_run_priority(session, actor=manager, run_id=run.id, priority="high")


def test_a_manager_of_another_project_does_not_learn_that_a_run_exists(session: Session, run: Run) -> None:
    with pytest.raises(NotFoundError):
        set_run_priority(session, actor=make_actor(session, Role.MANAGER), run_id=run.id, priority="high")
