"""The list of projects."""

import pytest
from streamlit.testing.v1 import AppTest

from db.session import transaction
from services.people.permissions import Role
from services.projects.commands import create_project
from tests.makers import make_actor, make_project
from tests.pages.conftest import OpenPage, text_of


@pytest.mark.parametrize(("role", "has_button"), [(Role.BUSINESS, True), (Role.MANAGER, False)])
def test_without_a_project_the_page_names_the_first_thing_to_do(
    open_page: OpenPage, role: Role, has_button: bool
) -> None:
    with transaction() as session:
        actor = make_actor(session, role)
    app = open_page("projects", actor)
    assert not app.exception
    assert bool(app.main.button) is has_button


def test_an_administrator_is_refused(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.ADMIN)
    assert "As an administrator you may not see projects." in open_page("projects", actor).warning[0].value


def test_only_my_projects_are_listed_and_an_auditor_sees_all(open_page: OpenPage) -> None:
    with transaction() as session:
        member, auditor = make_actor(session, Role.DATA_SCIENTIST), make_actor(session, Role.AUDITOR)
        make_project(session, member)
        make_project(session)
    assert "One project. No model of it answers yet." in text_of(open_page("projects", member))
    assert "2 projects, none of them with a model that answers." in text_of(open_page("projects", auditor))


def test_of_very_many_the_newest_are_shown_and_others_found_by_name(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.BUSINESS)
        for number in range(53):
            create_project(session, actor=actor, sentence=f"Fewer returns in the {_side(number)} {number}")
    app = open_page("projects", actor)
    assert "53 projects, none of them with a model that answers." in text_of(app)
    assert "The newest 50 of 53 are shown." in text_of(app)
    assert _names(app) == [f"Fewer returns in the {_side(number)} {number}" for number in range(52, 2, -1)]
    app.text_input(key="find").set_value(f"{actor.name.split()[0].lower()} NORTH").run()
    assert _names(app) == [f"Fewer returns in the north {number}" for number in range(51, 0, -2)]
    app.text_input(key="find").set_value("nobody").run()
    assert "No project is called that." in text_of(app)
    assert _names(app) == []


def _side(number: int) -> str:
    return "north" if number % 2 else "south"


def _names(app: AppTest) -> list[str]:
    return [button.label.split("**")[1] for button in app.main.button if str(button.key).startswith("open_")]
