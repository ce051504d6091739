"""The guard in front of a real server: sockets, identity headers, origins, refusals."""

import time

import anyio
import httpx
import pytest
from starlette.responses import PlainTextResponse
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from db.session import transaction
from db.tables import SignInSession
from portal.guard import Guard
from portal.settings import PortalSettings
from services.people.commands import open_session, revoke_sessions
from services.people.permissions import Role
from tests.makers import make_user
from tests.portal.conftest import COOKIE, Server

RERUN = BackMsg(rerun_script=ClientState()).SerializeToString()


def _connect(
    server: Server, *, token: str | None = None, origin: str | None = "own", **headers: str
) -> ClientConnection:
    cookie = {"Cookie": f"{COOKIE}={token}"} if token else {}
    return connect(
        server.socket_url,
        origin=Origin(server.url if origin == "own" else origin) if origin else None,
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={**cookie, **headers},
        proxy=None,
    )


def _refusal(server: Server, **options: str | None) -> int:
    with pytest.raises(InvalidStatus) as refused:
        _connect(server, **options)  # type: ignore[arg-type]  # forwarded as given
    return refused.value.response.status_code


def _hears(connection: ClientConnection, words: bytes, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if words in bytes(connection.recv(timeout=until - time.monotonic(), decode=False)):
                return True
        except TimeoutError:
            return False
    return False


def test_a_socket_without_a_session_is_refused_before_it_opens(server: Server) -> None:
    assert _refusal(server) == 403


def test_a_socket_from_another_site_is_refused_although_it_has_a_session(server: Server) -> None:
    token = server.sign_in().token
    for origin in ("https://evil.example", "null", "http://localhost:1", None):
        assert _refusal(server, token=token, origin=origin) == 403


def test_a_socket_with_a_session_that_has_ended_is_refused(server: Server) -> None:
    opened = server.sign_in()
    with transaction(server.engine) as session:
        revoke_sessions(session, actor=opened.actor, user_id=opened.actor.user_id)
    assert _refusal(server, token=opened.token) == 403


@pytest.mark.parametrize("name", ["X-Portal-Session", "x-portal-session", "X-Forwarded-User", "Remote-User"])
def test_nobody_becomes_somebody_by_a_header(server: Server, name: str) -> None:
    opened = server.sign_in()
    assert _refusal(server, **{name: str(opened.actor.session_id)}) == 403
    with server.nobody(**{name: str(opened.actor.session_id)}) as client:
        assert client.get("/api/v1/me").status_code == 401


def test_somebody_does_not_become_somebody_else_by_a_header(server: Server) -> None:
    mine, other = server.sign_in(name="Ana Costa"), server.sign_in(name="Maren Holt")
    with _connect(server, token=mine.token, **{"X-Portal-Session": str(other.actor.session_id)}) as connection:
        connection.send(RERUN)
        assert _hears(connection, b"Ana Costa")
    with server.browser(mine.token) as client:
        headers = {"x-portal-session": str(other.actor.session_id), "x-forwarded-user": "maren"}
        assert client.get("/api/v1/me", headers=headers).json()["name"] == "Ana Costa"


def test_an_open_socket_learns_that_its_session_has_ended(server: Server) -> None:
    opened = server.sign_in(name="Tom Ruiz")
    with _connect(server, token=opened.token) as connection:
        connection.send(RERUN)
        assert _hears(connection, b"Tom Ruiz")
        with transaction(server.engine) as session:
            revoke_sessions(session, actor=opened.actor, user_id=opened.actor.user_id)
        time.sleep(1.1)
        connection.send(RERUN)
        assert _hears(connection, b"session has ended")


def test_an_old_session_is_refused_and_a_used_one_is_touched(server: Server) -> None:
    opened = server.sign_in()
    with transaction(server.engine) as session:
        row = session.get_one(SignInSession, opened.actor.session_id)
        row.last_seen_at = before = row.last_seen_at.replace(year=row.last_seen_at.year - 1)
    with server.browser(opened.token) as client:
        assert client.get("/api/v1/me").status_code == 401
    with transaction(server.engine) as session:
        assert session.get_one(SignInSession, opened.actor.session_id).last_seen_at == before


FOREIGN = ["https://evil.example", "null", "", "http://127.0.0.1", "https://127.0.0.1:8501", "http://127.0.0.1:1"]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/set-up", "/invitation", "/api/v1/projects", "/"])
def test_a_change_from_another_site_is_refused(server: Server, path: str, origin: str) -> None:
    with server.browser(server.sign_in().token) as client:
        answer = client.post(path, headers={"origin": origin}, data={"demo": "1"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_change_without_an_origin_is_refused(server: Server) -> None:
    with server.nobody() as client:
        assert client.post("/sign-in", data={"email": "a", "password": "b"}).status_code == 403
        assert client.put("/_stcore/upload_file/a/b", content=b"x").status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.nip.io", "localhost.evil.example"])
def test_a_request_to_another_name_is_refused(server: Server, host: str) -> None:
    with server.browser(server.sign_in().token) as client:
        assert client.get("/", headers={"host": host}).status_code == 421
        assert client.get("/sign-in", headers={"host": host}).status_code == 421
        assert client.get("/v2/health/live", headers={"host": host}).status_code == 200


def test_a_page_sends_nobody_to_sign_in_and_remembers_where_they_wanted_to_go(server: Server) -> None:
    with server.nobody(accept="text/html") as client:
        answer = client.get("/review?review=abc")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Freview%3Freview%3Dabc"


def test_metrics_are_for_nobody(server: Server) -> None:
    with server.browser(server.sign_in(Role.ADMIN).token) as client:
        assert client.get("/_stcore/metrics").status_code == 404


def test_a_request_has_an_id_that_comes_back(server: Server) -> None:
    with server.nobody() as client:
        assert client.get("/sign-in", headers={"x-request-id": "order-12345"}).headers["x-request-id"] == "order-12345"
        made = client.get("/sign-in", headers={"x-request-id": "bad id\t<script>"}).headers["x-request-id"]
    assert len(made) == 32


def test_a_sign_in_from_before_the_account_was_disabled_is_worth_nothing(server: Server) -> None:
    with transaction(server.engine) as session:
        user = make_user(session)
        opened = open_session(session, user_id=user.id, method="test")
        user.is_active = False
    with server.browser(opened.token) as client:
        assert client.get("/api/v1/me").status_code == 401
    assert _refusal(server, token=opened.token) == 403


def _behind_tls(method: str, **headers: str) -> httpx.Response:
    settings = PortalSettings(behind_tls=True, hosts=("portal.example.com",))
    guard = Guard(PlainTextResponse("inside"), settings)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=guard), base_url="http://portal.example.com"
        ) as client:
            return await client.request(method, "/sign-in", headers=headers)

    return anyio.run(ask)


def test_behind_a_proxy_with_https_only_https_pages_are_our_own() -> None:
    assert _behind_tls("POST", origin="https://portal.example.com").text == "inside"
    assert _behind_tls("POST", origin="http://portal.example.com").status_code == 403
    assert "strict-transport-security" in _behind_tls("GET").headers
