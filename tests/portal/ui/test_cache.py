"""A kept picture is never older than the latest change."""

import pytest
import streamlit as st
from sqlalchemy import Engine, delete
from sqlmodel import col

from db.session import transaction
from db.tables import ProjectMember, Run
from portal.ui.cache import read_case, read_home, read_overview, read_run
from services.audit.actor import Actor
from services.datasets.commands import describe_column
from services.errors import NotAllowedError, NotFoundError
from services.people.permissions import Role
from services.projects.commands import add_member, create_project
from tests.makers import actor_of, make_actor, make_project, make_user
from tests.makers_models import make_model, make_run, make_trial
from tests.makers_simulation import make_report
from tests.pages.test_simulate import arrange, simulated
from tests.statements import counting_statements


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    st.cache_resource.clear()


def _count_statements(engine: Engine, actor: Actor) -> int:
    with counting_statements(engine) as statements:
        read_home(actor)
    return len(statements)


def test_a_second_look_asks_only_whether_anything_changed(engine: Engine) -> None:
    with transaction(engine) as session:
        actor = make_actor(session)
        create_project(session, actor=actor, sentence="Fewer parcels late")
    assert _count_statements(engine, actor) > 1
    assert _count_statements(engine, actor) == 1


def test_any_change_is_seen_at_once(engine: Engine) -> None:
    with transaction(engine) as session:
        owner, newcomer = make_actor(session), make_user(session)
        project = create_project(session, actor=owner, sentence="Fewer parcels late")
        email, person, project_id = newcomer.email, actor_of(newcomer), project.id
    assert read_home(person).projects == ()
    with transaction(engine) as session:
        add_member(session, actor=owner, project_id=project_id, email=email)
    assert len(read_home(person).projects) == 1


def test_nobody_gets_the_picture_of_somebody_else(engine: Engine) -> None:
    with transaction(engine) as session:
        owner, stranger = make_actor(session), make_actor(session)
        create_project(session, actor=owner, sentence="Fewer parcels late")
    assert len(read_home(owner).projects) == 1
    assert read_home(stranger).projects == ()


def test_a_trial_is_seen_at_once_though_it_is_no_event(engine: Engine) -> None:
    with transaction(engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        run = make_run(session, actor, project_id, n_trials=5)
        run.state = "running"
    assert "0 of 5 tried" in [stage.line for stage in read_overview(actor, project_id).stages]
    with transaction(engine) as session:
        make_trial(session, run, 1)
    assert "1 of 5 tried" in [stage.line for stage in read_overview(actor, project_id).stages]


def test_a_kept_overview_is_shown_to_members_only(engine: Engine) -> None:
    with transaction(engine) as session:
        owner, stranger = make_actor(session), make_actor(session)
        project_id = make_project(session, owner).id
    assert read_overview(owner, project_id).name
    with pytest.raises(NotFoundError):
        read_overview(stranger, project_id)


def test_a_member_who_was_shown_it_is_refused_from_the_moment_they_are_none(engine: Engine) -> None:
    with transaction(engine) as session:
        owner = make_actor(session)
        project_id = make_project(session, owner).id
    assert read_overview(owner, project_id).name
    with transaction(engine) as session:
        session.execute(delete(ProjectMember).where(col(ProjectMember.user_id) == owner.user_id))
    with pytest.raises(NotFoundError):
        read_overview(owner, project_id)


def test_an_ended_run_is_read_once_with_its_model(engine: Engine) -> None:
    with transaction(engine) as session:
        model, _project, actor = make_model(session)
    run, found, events, turn = read_run(actor, model.run_id)
    assert turn is None
    assert [event.action for event in events] == ["run.queued"]
    assert (run.state, found and found.id) == ("finished", model.id)
    with counting_statements(engine) as statements:
        assert read_run(actor, model.run_id)[0] is run
    assert len(statements) <= 4  # whether the person may see it, where it is, and whether anything has changed


def test_a_run_that_goes_on_is_read_at_every_look(engine: Engine) -> None:
    with transaction(engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        run_id = make_run(session, actor, make_project(session, actor).id, n_trials=5).id
    assert read_run(actor, run_id)[0].n_complete == 0
    with transaction(engine) as session:
        make_trial(session, session.get_one(Run, run_id), 1)
    assert read_run(actor, run_id)[0].n_complete == 1


def test_a_kept_run_is_shown_to_members_only(engine: Engine) -> None:
    with transaction(engine) as session:
        model, _project, actor = make_model(session)
        stranger = make_actor(session, Role.MANAGER)
    assert read_run(actor, model.run_id)
    with pytest.raises(NotFoundError):
        read_run(stranger, model.run_id)


def test_a_case_is_looked_up_once_until_something_changes(engine: Engine) -> None:
    person, business, project_id, model_id = arrange(Role.BUSINESS)
    simulation_id = simulated(business, model_id, make_report())
    with counting_statements(engine) as statements:
        first = read_case(person, simulation_id, 7)
    assert first.case.row == 7
    with counting_statements(engine) as again:
        assert read_case(person, simulation_id, 7) is first
    assert len(again) < len(statements) / 2
    with transaction(engine) as session:
        describe = {"column": "tenure", "business_name": "Time with us"}
        describe_column(session, actor=business, project_id=project_id, **describe)
    assert read_case(person, simulation_id, 7).case.labels == {"tenure": "Time with us"}


def test_a_kept_case_is_shown_to_members_who_may_simulate_only(engine: Engine) -> None:
    person, business, _, model_id = arrange(Role.BUSINESS)
    simulation_id = simulated(business, model_id, make_report())
    assert read_case(person, simulation_id, 7).case.row == 7
    with transaction(engine) as session:
        stranger = make_actor(session, Role.BUSINESS)
        session.execute(delete(ProjectMember).where(col(ProjectMember.user_id) == person.user_id))
    for nobody in (stranger, person):
        with pytest.raises(NotFoundError):
            read_case(nobody, simulation_id, 7)
    manager, business, _, model_id = arrange(Role.MANAGER)
    simulation_id = simulated(business, model_id, make_report())
    for _ in range(2):
        with pytest.raises(NotAllowedError):
            read_case(manager, simulation_id, 7)
