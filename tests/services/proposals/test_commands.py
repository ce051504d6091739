"""Saving an objective: versions with their levers, conflicts, audit, who may."""

import re
from dataclasses import replace

import pytest
from sqlmodel import Session, select

from db.tables import LeverRow
from services.audit.canonical import sha256_of
from services.audit.queries import get_chain_report, list_project_events
from services.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from services.people.permissions import Role
from services.proposals.commands import save_objective
from services.proposals.objective import Lever
from services.proposals.queries import find_objective
from tests.makers import make_actor, make_project
from tests.makers_money import DISCOUNT, RETENTION

CHANNEL = Lever(name="Channel", kind="choice", choices=("phone", "mail"), column="contact")
DIRECTED = replace(DISCOUNT, direction=-1, column="discount")
AMBITIOUS = replace(RETENTION, target=3.0, levers=(CHANNEL, DIRECTED))


def test_an_objective_is_found_again_with_its_levers_in_order(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    assert find_objective(session, actor=actor, project_id=project.id) is None

    saved = save_objective(session, actor=actor, project_id=project.id, objective=AMBITIOUS, based_on=0)

    found = find_objective(session, actor=actor, project_id=project.id)
    assert found == saved
    assert found is not None
    assert found.objective == AMBITIOUS
    assert sha256_of(found.objective.document()) == found.sha256
    assert (found.version, found.created_by_name) == (1, actor.name)


def test_how_a_lever_was_decided_is_found_again(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    recorded = replace(DIRECTED, assignment="recorded", deciding_columns=("tenure", "region"))
    drawn = replace(CHANNEL, assignment="randomised", chance_column="chance")
    objective = replace(RETENTION, levers=(recorded, drawn))
    save_objective(session, actor=actor, project_id=project.id, objective=objective, based_on=0)
    found = find_objective(session, actor=actor, project_id=project.id)
    assert found is not None
    assert found.objective == objective
    assert sha256_of(found.objective.document()) == found.sha256


def test_a_changed_lever_is_a_new_version(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    first = save_objective(session, actor=actor, project_id=project.id, objective=RETENTION, based_on=0)
    wider = replace(RETENTION, levers=(replace(DISCOUNT, high=40.0),))
    second = save_objective(session, actor=actor, project_id=project.id, objective=wider, based_on=first.version)

    assert (second.version, second.objective.levers[0].high) == (2, 40.0)
    assert second.sha256 != first.sha256


def test_the_same_content_makes_no_version_and_no_event(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    first = save_objective(session, actor=actor, project_id=project.id, objective=RETENTION, based_on=0)
    again = save_objective(session, actor=actor, project_id=project.id, objective=RETENTION, based_on=1)

    assert again == first
    actions = [event.action for event in list_project_events(session, project_id=project.id)]
    assert actions.count("objective.saved") == 1


def test_a_change_to_an_old_version_is_refused(session: Session) -> None:
    actor, colleague = make_actor(session), make_actor(session, Role.DATA_SCIENTIST)
    project = make_project(session, actor, colleague)
    save_objective(session, actor=colleague, project_id=project.id, objective=RETENTION, based_on=0)

    with pytest.raises(ConflictError, match="What you typed is kept"):
        save_objective(session, actor=actor, project_id=project.id, objective=AMBITIOUS, based_on=0)


def test_one_event_tells_before_and_after(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    save_objective(session, actor=actor, project_id=project.id, objective=RETENTION, based_on=0)
    save_objective(session, actor=actor, project_id=project.id, objective=AMBITIOUS, based_on=1)

    event = list_project_events(session, project_id=project.id)[0]
    assert event.before is not None
    assert event.after is not None
    assert (event.before["target"], event.after["target"]) == (4.0, 3.0)
    assert [lever["name"] for lever in event.after["levers"]] == ["Channel", "Discount"]
    assert get_chain_report(session).is_intact


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ADMIN])
def test_a_role_that_signs_or_watches_may_not_write_the_objective(session: Session, role: Role) -> None:
    actor = make_actor(session, role)
    project = make_project(session, actor)

    with pytest.raises(NotAllowedError):
        save_objective(session, actor=actor, project_id=project.id, objective=RETENTION, based_on=0)


def test_a_stranger_sees_nothing(session: Session) -> None:
    project, stranger = make_project(session), make_actor(session)

    with pytest.raises(NotFoundError):
        find_objective(session, actor=stranger, project_id=project.id)
    with pytest.raises(NotFoundError):
        save_objective(session, actor=stranger, project_id=project.id, objective=RETENTION, based_on=0)


@pytest.mark.parametrize(
    ("status_quo", "sentence"),
    [
        ("50", "The status quo of Discount: It lies outside what is allowed, 0 to 30."),
        ("1 / 0", "The status quo of Discount: It has no value in any row"),
        ("30", ""),
    ],
)
def test_a_status_quo_outside_of_the_range_is_refused(session: Session, status_quo: str, sentence: str) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    objective = replace(RETENTION, levers=(replace(DISCOUNT, status_quo=status_quo),))
    if not sentence:
        save_objective(session, actor=actor, project_id=project.id, objective=objective, based_on=0)
        return
    with pytest.raises(InvalidInputError, match=re.escape(sentence)):
        save_objective(session, actor=actor, project_id=project.id, objective=objective, based_on=0)


def test_a_lever_saved_before_this_was_looked_at_stays_and_is_looked_at_once_it_is_changed(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    save_objective(session, actor=actor, project_id=project.id, objective=RETENTION, based_on=0)
    row = session.exec(select(LeverRow)).one()
    row.status_quo = "50"
    session.add(row)
    session.flush()
    saved = find_objective(session, actor=actor, project_id=project.id)
    assert saved is not None
    bolder = replace(saved.objective, target=3.5)
    assert save_objective(session, actor=actor, project_id=project.id, objective=bolder, based_on=1).version == 2
    wider = replace(bolder, levers=(replace(bolder.levers[0], high=40.0),))
    with pytest.raises(InvalidInputError, match="outside what is allowed, 0 to 40"):
        save_objective(session, actor=actor, project_id=project.id, objective=wider, based_on=2)
