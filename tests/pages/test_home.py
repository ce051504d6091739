"""Home: what needs you, your projects, a new idea."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.session import reading, transaction
from db.tables import Project
from services.audit.actor import Actor
from services.notifications.commands import notify
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.makers_models import make_run
from tests.pages.conftest import OpenPage, press, text_of
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


def told(n: int = 1) -> Actor:
    """A data scientist who was told `n` things about a run of theirs."""
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        run = make_run(session, actor, make_project(session, actor).id)
        for number in range(n):
            notify(
                session,
                user_id=actor.user_id,
                project_id=run.project_id,
                kind="run.finished",
                subject_id=run.id,
                occasion=str(number),
                sentence=f"Model run 1 is *done*, {number}.",
            )
    return actor


def test_news_lead_to_what_they_are_about_and_are_read_then(open_page: OpenPage) -> None:
    actor = told()
    app = open_page("home", actor)
    assert r"Model run 1 is \*done\*, 0." in text_of(app)
    press(app, "news")
    assert not app.exception
    assert "Model run 1" in text_of(app)
    assert "News for you" not in text_of(open_page("home", actor))


def test_news_can_be_put_away_one_by_one_or_all_at_once(open_page: OpenPage) -> None:
    actor = told(5)
    app = open_page("home", actor)
    assert sum(str(button.key).startswith("news_") for button in app.button) == 3
    next(button for button in app.button if str(button.key).startswith("read_")).click().run()
    assert "is \\*done\\*, 4." not in text_of(app)
    next(button for button in app.button if button.label == "Mark all 4 as read").click().run()
    assert "News for you" not in text_of(app)


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
