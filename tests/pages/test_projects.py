"""The list of projects."""

import pytest

from db.session import transaction
from services.people.permissions import Role
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
