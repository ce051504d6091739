"""The people page: only an administrator manages people, and every link is shown once."""

import pytest
from sqlmodel import select

from db.session import reading, transaction
from db.tables import User
from services.audit.actor import Actor
from services.people.permissions import Role
from services.people.queries import find_invited
from tests.makers import make_actor, make_sign_in, make_user
from tests.pages.conftest import OpenPage, text_of


@pytest.fixture
def administrator(open_page: OpenPage) -> Actor:
    with transaction() as session:
        return make_actor(session, Role.ADMIN)


def _user(user_id: str) -> User:
    with transaction() as session:
        return session.exec(select(User).where(User.id == user_id)).one()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_everybody_but_an_administrator_is_refused(open_page: OpenPage, role: str) -> None:
    with transaction() as session:
        actor = make_actor(session, role)
    app = open_page("people", actor)
    assert not app.exception
    assert "you may not manage people" in text_of(app)
    assert not app.text_input


def test_nobody_is_sent_to_sign_in(open_page: OpenPage) -> None:
    assert "Sign in again" in text_of(open_page("people", None))


def test_alone_the_administrator_is_told_whom_to_add(open_page: OpenPage, administrator: Actor) -> None:
    app = open_page("people", administrator)
    assert not app.exception
    assert "You are alone here" in text_of(app)
    assert "That is you" in text_of(app)


def test_adding_a_person_shows_their_link_once(open_page: OpenPage, administrator: Actor) -> None:
    app = open_page("people", administrator)
    app.text_input[0].set_value("Ana Costa")
    app.text_input[1].set_value("Ana@Example.com")
    app.selectbox[0].set_value("business")
    app.button[0].click().run()
    assert not app.exception
    link = app.code[0].value
    assert [app.text_input[0].value, app.text_input[1].value] == ["", ""]  # ready for the next person
    with reading() as session:
        invited = find_invited(session, token=link.rpartition("token=")[2])
    assert invited is not None
    assert (invited.name, invited.email) == ("Ana Costa", "ana@example.com")
    app.run()
    assert not app.code


def test_a_faulty_form_says_what_is_wrong_and_keeps_what_was_typed(open_page: OpenPage, administrator: Actor) -> None:
    app = open_page("people", administrator)
    app.text_input[0].set_value("Ana Costa")
    app.text_input[1].set_value("not an address")
    app.button[0].click().run()
    assert "Give an e-mail address" in text_of(app)
    assert "Choose one of the roles" in text_of(app)
    assert app.text_input[0].value == "Ana Costa"


def test_a_role_is_changed_and_access_is_ended(open_page: OpenPage, administrator: Actor) -> None:
    with transaction() as session:
        person = make_user(session, Role.BUSINESS)
        make_sign_in(session, person.id)
    app = open_page("people", administrator)
    app.selectbox(key=f"role_{person.id}").set_value("manager").run()
    app.button(key=f"set_role_{person.id}").click().run()
    assert _user(person.id).role == "manager"
    app.button(key=f"disable_{person.id}").click().run()
    assert not _user(person.id).is_active
    app.button(key=f"enable_{person.id}").click().run()
    assert _user(person.id).is_active


def test_a_hostile_name_is_shown_as_typed(open_page: OpenPage, administrator: Actor) -> None:
    with transaction() as session:
        make_user(session, Role.BUSINESS, name="[x](javascript:1) **bold** :red[y]")
    app = open_page("people", administrator)
    assert not app.exception
    assert any("\\[x\\]\\(javascript" in element.value for element in app.markdown)


def test_people_of_the_demo_company_need_no_password(open_page: OpenPage, administrator: Actor) -> None:
    with transaction() as session:
        make_user(session, name="Ana Costa").is_demo = True
    text = text_of(open_page("people", administrator))
    assert "Can sign in" in text
    assert "1 of them without" in text  # the administrator of this test, who has no password either
