"""The shell: who may come in, and where they land."""

from db.session import transaction
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.pages.conftest import OpenPage, text_of


def test_nobody_sees_a_page_without_a_session(open_page: OpenPage) -> None:
    app = open_page("home", None)
    assert not app.exception
    assert "Sign in again" in text_of(app)


def test_a_signed_in_person_reaches_every_stem(open_page: OpenPage) -> None:
    with transaction() as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, actor)
    app = open_page("project", actor, project=project.id)
    assert not app.exception
    assert app.query_params["project"] == project.id
