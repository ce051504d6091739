"""Saving business figures: versions, conflicts, audit, who may."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.session import reading, transaction
from services.audit.canonical import sha256_of
from services.audit.queries import get_chain_report, list_project_events
from services.errors import ConflictError, NotAllowedError, NotFoundError
from services.people.permissions import Role
from services.valuation.adoption import Adoption
from services.valuation.commands import save_valuation
from services.valuation.queries import find_valuation, get_valuation, list_valuations
from tests.makers import make_actor, make_project
from tests.makers_money import CALLS
from tests.makers_plans import benefit, cost

DEARER = replace(CALLS, action_amount=60.0, capacity_per_month=None)


def test_what_was_saved_is_found_again(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    assert find_valuation(session, actor=actor, project_id=project.id) is None

    saved = save_valuation(session, actor=actor, project_id=project.id, assumptions=CALLS, based_on=0)

    found = find_valuation(session, actor=actor, project_id=project.id)
    assert found == saved
    assert (saved.version, saved.assumptions, saved.created_by_name) == (1, CALLS, actor.name)
    assert sha256_of(saved.assumptions.document()) == saved.sha256


def test_a_change_is_a_new_version_and_the_old_one_stays(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    first = save_valuation(session, actor=actor, project_id=project.id, assumptions=CALLS, based_on=0)
    second = save_valuation(session, actor=actor, project_id=project.id, assumptions=DEARER, based_on=1)

    assert second.version == 2
    assert second.sha256 != first.sha256
    assert get_valuation(session, actor=actor, valuation_id=first.id) == first
    assert find_valuation(session, actor=actor, project_id=project.id) == second


def test_the_same_figures_make_no_version_and_no_event(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    first = save_valuation(session, actor=actor, project_id=project.id, assumptions=CALLS, based_on=0)
    again = save_valuation(session, actor=actor, project_id=project.id, assumptions=CALLS, based_on=1)

    assert again == first
    actions = [event.action for event in list_project_events(session, project_id=project.id)]
    assert actions.count("valuation.saved") == 1


def test_figures_based_on_an_old_version_are_refused(session: Session) -> None:
    actor, colleague = make_actor(session), make_actor(session)
    project = make_project(session, actor, colleague)
    save_valuation(session, actor=colleague, project_id=project.id, assumptions=CALLS, based_on=0)

    with pytest.raises(ConflictError, match="Load the latest version"):
        save_valuation(session, actor=actor, project_id=project.id, assumptions=DEARER, based_on=0)

    found = find_valuation(session, actor=actor, project_id=project.id)
    assert found is not None
    assert found.assumptions == CALLS


def test_one_event_tells_before_and_after(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    save_valuation(session, actor=actor, project_id=project.id, assumptions=CALLS, based_on=0)
    saved = save_valuation(session, actor=actor, project_id=project.id, assumptions=DEARER, based_on=1)

    event = list_project_events(session, project_id=project.id)[0]
    assert (event.action, event.object_id, event.actor_id) == ("valuation.saved", saved.id, actor.user_id)
    assert event.before is not None
    assert event.after is not None
    assert (event.before["action_amount"], event.after["action_amount"]) == (42.0, 60.0)
    assert get_chain_report(session).is_intact


@pytest.mark.parametrize("role", [Role.DATA_SCIENTIST, Role.MANAGER, Role.AUDITOR, Role.ADMIN])
def test_only_the_business_may_change_the_figures(session: Session, role: Role) -> None:
    actor = make_actor(session, role)
    project = make_project(session, actor)

    with pytest.raises(NotAllowedError):
        save_valuation(session, actor=actor, project_id=project.id, assumptions=CALLS, based_on=0)


def test_a_stranger_cannot_tell_whether_the_figures_exist(session: Session) -> None:
    owner, stranger = make_actor(session), make_actor(session)
    project = make_project(session, owner)
    saved = save_valuation(session, actor=owner, project_id=project.id, assumptions=CALLS, based_on=0)

    with pytest.raises(NotFoundError):
        find_valuation(session, actor=stranger, project_id=project.id)
    with pytest.raises(NotFoundError):
        save_valuation(session, actor=stranger, project_id=project.id, assumptions=CALLS, based_on=1)
    with pytest.raises(NotFoundError) as hidden:
        get_valuation(session, actor=stranger, valuation_id=saved.id)
    with pytest.raises(NotFoundError) as missing:
        get_valuation(session, actor=stranger, valuation_id="none")
    assert hidden.value.status == missing.value.status == 404


def test_of_several_people_who_save_at_once_one_wins(engine: Engine) -> None:
    with transaction(engine) as session:
        actor = make_actor(session)
        project_id = make_project(session, actor).id

    def save(number: int) -> bool:
        try:
            with transaction(engine) as session:
                figures = replace(CALLS, action_amount=float(number))
                save_valuation(session, actor=actor, project_id=project_id, assumptions=figures, based_on=0)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(save, range(4))) == 1
    with reading(engine) as session:
        found = find_valuation(session, actor=actor, project_id=project_id)
    assert found is not None
    assert found.version == 1


def test_items_are_kept_with_the_figures_and_figures_without_them_keep_their_hash(session: Session) -> None:
    actor = make_actor(session)
    project = make_project(session, actor)
    plain = save_valuation(session, actor=actor, project_id=project.id, assumptions=CALLS, based_on=0)
    assert "items" not in CALLS.document()
    assert plain.sha256 == "be64a66dfacc83bb2af7dae36e6a0e15d94a74f8cb7be5baa9b44b5297fd1c82"

    detailed = replace(CALLS, items=(cost(), benefit()), adoption=Adoption(ramp_months=3))
    saved = save_valuation(session, actor=actor, project_id=project.id, assumptions=detailed, based_on=1)
    session.expire_all()
    found = find_valuation(session, actor=actor, project_id=project.id)
    assert found == saved
    assert found is not None
    assert sha256_of(found.assumptions.document()) == saved.sha256
    assert [one.version for one in list_valuations(session, actor=actor, project_id=project.id)] == [2, 1]
