"""Home: what needs you, your projects, a new idea."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.session import reading, transaction
from db.tables import Project
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.pages.conftest import OpenPage, text_of
from tests.statements import counting_statements

SENTENCE = "Fewer parcels should be delivered late"


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_an_empty_home(open_page: OpenPage, role: Role) -> None:
    with transaction() as session:
        actor = make_actor(session, role)
    app = open_page("home", actor)
    assert not app.exception
    assert "Nothing waits for you" in text_of(app)
    assert len(app.text_input) == (1 if role in (Role.BUSINESS, Role.DATA_SCIENTIST) else 0)


def test_an_idea_becomes_a_project_and_leads_to_its_objective(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.BUSINESS)
    app = open_page("home", actor)
    app.text_input[0].input(SENTENCE)
    app.button[0].click().run()
    assert not app.exception
    with reading() as session:
        project = session.exec(select(Project)).one()
        assert project.sentence == SENTENCE
        assert app.query_params["project"] == project.id


def test_an_empty_idea_is_answered_with_a_sentence_and_starts_nothing(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.BUSINESS)
    app = open_page("home", actor)
    app.button[0].click().run()
    assert app.error[0].value == "Say in one sentence what should get better."
    with reading() as session:
        assert session.exec(select(Project)).all() == []


def test_a_project_without_an_objective_waits_for_its_business_stakeholder(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.BUSINESS)
        make_project(session, actor, sentence=SENTENCE)
    app = open_page("home", actor)
    assert "One thing waits for you." in text_of(app)
    assert "What exactly should get better, and by how much?" in text_of(app)
    assert "Projects in flight" in text_of(app)


def test_nothing_of_other_peoples_projects_is_shown(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.BUSINESS)
        make_project(session, sentence=SENTENCE)
    shown = text_of(open_page("home", actor))
    assert SENTENCE not in shown
    assert "Nothing waits for you" in shown


def test_a_sentence_with_markdown_is_shown_as_typed(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.BUSINESS)
        make_project(session, actor, sentence=":red[**loud**]")
    labels = [button.label for button in open_page("home", actor).button]
    assert any(r"\*\*loud\*\*" in label for label in labels)


def test_a_long_list_of_projects_is_cut_and_leads_to_all_of_them(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session)
        for number in range(7):
            make_project(session, actor, sentence=f"Fewer parcels should arrive late in region {number}")
    app = open_page("home", actor)
    assert sum(str(button.key).startswith("open_") for button in app.main.button) == 5
    assert app.button(key="all_projects").label == "See all 7 projects"


@pytest.mark.parametrize("n_projects", [1, 8])
def test_a_click_asks_the_database_little_however_many_projects_there_are(
    engine: Engine, open_page: OpenPage, n_projects: int
) -> None:
    with transaction() as session:
        actor = make_actor(session)
        for _ in range(n_projects):
            make_project(session, actor)
    app = open_page("home", actor)
    with counting_statements(engine) as statements:
        app.run()
    assert len(statements) <= 3  # who is it, and whether anything has changed
