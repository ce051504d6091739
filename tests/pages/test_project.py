"""One project on one screen."""

import pytest
from sqlalchemy import Engine

from db.session import reading, transaction
from services.people.permissions import Role
from services.projects.queries import list_members
from tests.makers import actor_of, make_actor, make_project, make_user
from tests.pages.conftest import OpenPage, text_of
from tests.statements import counting_statements


@pytest.mark.parametrize("role", [Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER])
def test_a_new_project_says_what_comes_first_and_offers_one_action(open_page: OpenPage, role: Role) -> None:
    with transaction() as session:
        actor = make_actor(session, role)
        project = make_project(session, actor)
    app = open_page("project", actor, project=project.id)
    assert not app.exception
    assert "An idea. A clear objective makes it a project." in text_of(app)
    label = "See the objective" if role == Role.MANAGER else "Write the objective"
    assert app.button("next_step").label == label


def test_somebody_else_is_told_whose_turn_it_is(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.MANAGER)
        project = make_project(session, actor)
    assert "This waits for a business stakeholder." in text_of(open_page("project", actor, project=project.id))


def test_a_stranger_cannot_tell_whether_the_project_exists(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.BUSINESS)
        project = make_project(session)
    refused = open_page("project", actor, project=project.id).warning[0].value
    assert refused == open_page("project", actor, project="0" * 32).warning[0].value


def test_an_auditor_reads_and_an_administrator_does_not(open_page: OpenPage) -> None:
    with transaction() as session:
        auditor, admin = make_actor(session, Role.AUDITOR), make_actor(session, Role.ADMIN)
        project = make_project(session)
    read = open_page("project", auditor, project=project.id)
    assert not read.warning
    assert not read.text_input  # brings nobody in
    assert open_page("project", admin, project=project.id).warning


def test_without_an_open_project_the_page_says_where_to_choose_one(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.BUSINESS)
    assert open_page("project", actor).warning[0].value == "No project is open. Choose one from Home."


def test_a_person_is_brought_in_and_a_wrong_address_is_kept(open_page: OpenPage) -> None:
    with transaction() as session:
        actor, newcomer = make_actor(session, Role.BUSINESS), make_user(session, Role.MANAGER, name="Maren Holt")
        project = make_project(session, actor)
    app = open_page("project", actor, project=project.id)
    app.text_input[0].input("nobody@example.com")
    app.button[1].click().run()
    assert "Nobody with this e-mail address has an account." in app.error[0].value
    assert app.text_input[0].value == "nobody@example.com"
    app.text_input[0].input(newcomer.email)
    app.button[1].click().run()
    assert not app.exception
    with reading() as session:
        members = list_members(session, actor=actor_of(newcomer), project_id=project.id)
        assert "Maren Holt" in [member.name for member in members]
    assert "Brought Maren Holt into the project." in text_of(app)


def test_a_click_asks_the_database_little(engine: Engine, open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session)
        project = make_project(session, actor)
    app = open_page("project", actor, project=project.id)
    with counting_statements(engine) as statements:
        app.run()
    assert len(statements) <= 10
