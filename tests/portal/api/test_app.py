"""The REST application through a real server."""

import pytest

from db.session import transaction
from services.people.commands import create_api_token, disable_user, revoke_api_token
from services.people.permissions import Role
from services.people.queries import find_token_actor
from tests.makers import make_actor, make_project
from tests.portal.conftest import Server


def _token(server: Server) -> tuple[str, str, str]:
    with transaction(server.engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project = make_project(session, actor)
        row, text = create_api_token(session, actor=actor, project_id=project.id, name="CRM")
    return text, row.id, actor.user_id


def test_every_refusal_has_one_shape(server: Server) -> None:
    with server.browser(server.sign_in().token) as client:
        answers = [
            client.get("/api/v1/nothing"),
            client.delete("/api/v1/me"),
            client.get("/api/v1/projects/x"),
            client.post("/api/v1/projects", json={}),
            client.post("/api/v1/projects", content=b"{"),
        ]
    with server.nobody() as client:
        answers.append(client.get("/api/v1/me"))
    assert [answer.status_code for answer in answers] == [404, 405, 404, 422, 422, 401]
    assert all(set(answer.json()) == {"error", "code"} for answer in answers)


@pytest.mark.parametrize(
    "field", ["id", "slug", "risk_tier", "created_by", "created_at", "owner", "role", "approved_by", "is_admin"]
)
def test_no_field_is_taken_that_is_not_offered(server: Server, field: str) -> None:
    with server.browser(server.sign_in().token) as client:
        answer = client.post("/api/v1/projects", json={"sentence": "Fewer leavers", field: "canary-7"})
    assert answer.status_code == 422
    assert field in answer.json()["error"]
    assert "canary-7" not in answer.text


def test_a_project_is_started_and_seen_by_its_members_only(server: Server) -> None:
    with server.browser(server.sign_in().token) as client:
        made = client.post("/api/v1/projects", json={"sentence": "Fewer leavers"})
        assert made.status_code == 201
        path = f"/api/v1/projects/{made.json()['id']}"
        assert client.get(path).json() == made.json()
        assert [project["id"] for project in client.get("/api/v1/projects").json()] == [made.json()["id"]]
    for role in (Role.BUSINESS, Role.DATA_SCIENTIST, Role.MANAGER, Role.ADMIN):
        with server.browser(server.sign_in(role).token) as stranger:
            assert stranger.get(path).status_code == 404
    with server.browser(server.sign_in(Role.AUDITOR).token) as auditor:
        assert auditor.get(path).status_code == 200


def test_the_wrong_role_is_refused_with_a_sentence(server: Server) -> None:
    with server.browser(server.sign_in(Role.ADMIN).token) as client:
        answer = client.get("/api/v1/projects")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    with server.browser(server.sign_in(Role.MANAGER).token) as client:
        assert client.post("/api/v1/projects", json={"sentence": "Fewer leavers"}).status_code == 403


def test_a_token_speaks_until_it_is_revoked(server: Server) -> None:
    text, token_id, user_id = _token(server)
    with server.nobody(authorization=f"Bearer {text}") as client:
        me = client.get("/api/v1/me").json()
        assert (me["id"], me["scopes"]) == (user_id, ["predict"])
        assert client.get("/api/v1/projects").status_code == 403  # a token has its scopes, not its owner's role
        with transaction(server.engine) as session:
            actor = make_actor(session, Role.ADMIN)
            disable_user(session, actor=actor, user_id=user_id)
        assert client.get("/api/v1/me").status_code == 401
    text, token_id, user_id = _token(server)
    with server.nobody(authorization=f"Bearer {text}") as client, transaction(server.engine) as session:
        found = find_token_actor(session, token=text)
        assert found is not None
        revoke_api_token(session, actor=found.actor, token_id=token_id)
        session.commit()
        assert client.get("/api/v1/me").status_code == 401


def test_a_token_opens_the_api_and_no_page(server: Server) -> None:
    text, _, _ = _token(server)
    with server.nobody(authorization=f"Bearer {text}") as client:
        assert client.get("/").status_code == 401
        assert client.get("/media/x").status_code == 401
        assert client.get("/api/openapi.json").status_code == 200


@pytest.mark.parametrize("value", ["Bearer", "Bearer pk_x_y", "Basic dTpw", "bearer null", "Bearer \u00e9"])
def test_what_is_no_token_is_nobody(server: Server, value: str) -> None:
    with server.nobody() as client:
        assert client.get("/api/v1/me", headers={b"authorization": value.encode("latin-1")}).status_code == 401


def test_a_bad_token_is_not_saved_by_a_good_cookie(server: Server) -> None:
    with server.browser(server.sign_in().token) as client:
        assert client.get("/api/v1/me", headers={"authorization": "Bearer pk_x_y"}).status_code == 401


def test_a_body_has_a_size_whatever_its_header_says(server: Server) -> None:
    def chunks() -> object:
        for _ in range(20):
            yield b"x" * 1024 * 1024

    with server.browser(server.sign_in().token) as client:
        declared = client.post("/api/v1/projects", content=b"x" * 17 * 1024 * 1024)
        streamed = client.post("/api/v1/projects", content=chunks())  # type: ignore[arg-type]  # an iterator of bytes
    assert declared.status_code == streamed.status_code == 413
    assert streamed.json()["code"] == "too_large"


def test_what_the_api_offers_is_for_signed_in_people(server: Server) -> None:
    with server.nobody() as client:
        assert client.get("/api/openapi.json").status_code == 401
        assert client.get("/docs").status_code == 401
    with server.browser(server.sign_in().token) as client:
        paths = client.get("/api/openapi.json").json()["paths"]
    assert {"/api/v1/me", "/v2/health/ready"} <= set(paths)


def test_a_body_nested_without_end_is_refused_in_the_one_shape(server: Server) -> None:
    with server.browser(server.sign_in().token) as client:
        answer = client.post("/api/v1/projects", content=b"[" * 1_000_000)
    assert answer.status_code in {400, 422}
    assert set(answer.json()) == {"error", "code"}
