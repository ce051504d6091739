"""Signing in and out through a real server."""

import httpx
import pytest

from db.session import transaction
from db.tables import User
from services.audit.actor import SYSTEM
from services.people.commands import change_role, create_invitation, disable_user
from services.people.passwords import hash_password
from services.people.permissions import Role
from tests.makers import make_user
from tests.portal.conftest import COOKIE, Server

PASSWORD = "correct copper lantern"
HASH = hash_password(PASSWORD)
CLICK = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "document"}


@pytest.fixture
def person(server: Server) -> User:
    with transaction(server.engine) as session:
        user = make_user(session)
        user.password_hash = HASH
    return user


def _client(server: Server) -> httpx.Client:
    return server.nobody(origin=server.url)


def _sign_in(client: httpx.Client, person: User, password: str = PASSWORD, **fields: str) -> httpx.Response:
    return client.post("/sign-in", data={"email": person.email, "password": password, **fields})


def test_the_right_password_leads_to_the_page_that_was_wanted(server: Server, person: User) -> None:
    with _client(server) as client:
        answer = _sign_in(client, person, next="/projects?project=7")
        assert (answer.status_code, answer.headers["location"]) == (303, "/projects?project=7")
        assert client.get("/api/v1/me").json()["id"] == person.id
        assert client.get("/", headers={"accept": "text/html"}).status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(server: Server, person: User, target: str) -> None:
    with _client(server) as client:
        assert _sign_in(client, person, next=target).headers["location"] == "/"
        assert target not in client.get("/sign-in", params={"next": target}).text


def test_a_wrong_password_keeps_the_address_and_says_nothing_about_the_account(server: Server, person: User) -> None:
    with _client(server) as client:
        wrong = _sign_in(client, person, "another lantern")
        nobody = client.post("/sign-in", data={"email": "nobody@example.com", "password": "another lantern"})
    assert wrong.status_code == nobody.status_code == 401
    assert f'value="{person.email}"' in wrong.text
    assert "another lantern" not in wrong.text
    assert wrong.text.replace(person.email, "") == nobody.text.replace("nobody@example.com", "")
    assert "set-cookie" not in wrong.headers


def test_guessing_is_slowed_down_and_says_for_how_long(server: Server, person: User) -> None:
    with _client(server) as client:
        answers = [_sign_in(client, person, f"guess number {number}") for number in range(8)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all(int(answer.headers["retry-after"]) <= 15 * 60 for answer in refused)
    assert "Too many attempts" in refused[0].text


def test_each_sign_in_replaces_the_cookie_and_ends_the_session_before(server: Server, person: User) -> None:
    with _client(server) as client:
        _sign_in(client, person)
        first = client.cookies[COOKIE]
        _sign_in(client, person)
        assert client.cookies[COOKIE] != first
    with server.browser(first) as old:
        assert old.get("/api/v1/me").status_code == 401


def test_a_planted_cookie_is_not_taken_over(server: Server, person: User) -> None:
    with _client(server) as client:
        client.cookies.set(COOKIE, "planted", domain="127.0.0.1")
        answer = _sign_in(client, person)
        assert answer.cookies[COOKIE] != "planted"
    with server.browser("planted") as attacker:
        assert attacker.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("ending", ["sign-out", "disabled", "password", "role"])
@pytest.mark.parametrize("path", ["/api/v1/me", "/", "/media/x"])
def test_a_session_is_worth_nothing_on_the_next_request_after(
    server: Server, person: User, ending: str, path: str
) -> None:
    with _client(server) as client:
        _sign_in(client, person)
        token = client.cookies[COOKIE]
        if ending == "sign-out":
            assert client.post("/sign-out").status_code == 303
        with transaction(server.engine) as session:
            if ending == "disabled":
                disable_user(session, actor=SYSTEM, user_id=person.id)
            elif ending == "role":
                change_role(session, actor=SYSTEM, user_id=person.id, role=Role.AUDITOR)
            elif ending == "password":
                link = create_invitation(session, actor=SYSTEM, user_id=person.id)
        if ending == "password":
            with _client(server) as elsewhere:
                elsewhere.post("/invitation", data={"token": link, "password": "another copper lantern"})
    with server.browser(token) as client:
        assert client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/sign-out", "/auth/logout"])  # the second is where `st.logout` sends the tab
def test_one_click_on_our_own_link_signs_out(server: Server, path: str) -> None:
    with server.browser(server.sign_in().token) as client:
        assert client.get(path, headers=CLICK).headers["location"] == "/sign-in"
    with server.browser(server.sign_in().token) as client:
        for foreign in ({**CLICK, "sec-fetch-site": "cross-site"}, {**CLICK, "sec-fetch-dest": "image"}, {}):
            assert "Sign out?" in client.get(path, headers=foreign).text
        assert client.get("/api/v1/me").status_code == 200


def test_an_invitation_leads_in_once(server: Server) -> None:
    with transaction(server.engine) as session:
        user = make_user(session, name="Ana Costa")
        token = create_invitation(session, actor=SYSTEM, user_id=user.id)
    with _client(server) as client:
        assert "Welcome, Ana Costa" in client.get("/invitation", params={"token": token}).text
        weak = client.post("/invitation", data={"token": token, "password": "short"})
        assert (weak.status_code, "has 5 characters" in weak.text) == (422, True)
        assert client.post("/invitation", data={"token": token, "password": PASSWORD}).status_code == 303
        assert client.get("/api/v1/me").json()["id"] == user.id
        again = client.post("/invitation", data={"token": token, "password": PASSWORD})
        assert (again.status_code, "has been used" in again.text) == (410, True)
        assert client.get("/invitation", params={"token": token}).status_code == 410


def test_a_portal_with_people_cannot_be_set_up_again(server: Server) -> None:
    server.sign_in()
    with _client(server) as client:
        assert client.get("/set-up", params={"token": "guess"}).status_code == 410
        form = {"token": "guess", "name": "Eve", "email": "eve@example.com", "password": PASSWORD}
        assert client.post("/set-up", data=form).status_code == 410


def test_the_demo_company_is_entered_without_a_password_and_nobody_else_is(server: Server, person: User) -> None:
    with transaction(server.engine) as session:
        demo = make_user(session, Role.MANAGER, name="Maren Holt")
        demo.is_demo = True
    with _client(server) as client:
        assert "Maren Holt" in client.get("/sign-in").text
        assert client.post("/sign-in", data={"demo": person.id}).status_code == 403
        assert client.post("/sign-in", data={"demo": demo.id}).status_code == 303
        assert client.get("/api/v1/me").json()["role"] == "manager"


def test_a_form_has_a_size(server: Server) -> None:
    with _client(server) as client:
        assert client.post("/sign-in", data={"email": "a" * 100_000}).status_code == 413
