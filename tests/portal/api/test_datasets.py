"""A file over HTTP: streamed to disk, for those who may, in the size that is allowed, and never half kept."""

import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from db.session import transaction
from db.tables import Job
from services.jobs.settings import JobSettings
from services.people.commands import create_api_token, open_session
from services.people.permissions import Role
from tests.makers import make_actor, make_project
from tests.portal.conftest import Server

MB = 1024 * 1024
PATH = "/api/v1/datasets"
TABLE = b"a,b\n1,2\n3,4\n"


@pytest.fixture
def scientist(server: Server) -> Iterator[tuple[httpx.Client, str]]:
    """The browser of a data scientist, and the id of their project."""
    with transaction(server.engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        token = open_session(session, user_id=actor.user_id, method="test").token
    with server.browser(token) as client:
        yield client, project_id


def token_of(server: Server, *scopes: str) -> tuple[str, str]:
    with transaction(server.engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        _, text = create_api_token(session, actor=actor, project_id=project_id, name="ETL", scopes=scopes)
    return text, project_id


def data_dir(server: Server) -> Path:
    return Path(str(server.engine.url.database)).parent


def stored(server: Server, digest: str) -> Path:
    return data_dir(server) / "artifacts" / digest[:2] / digest[2:4] / digest


def scratch_of(server: Server) -> list[Path]:
    return [path for path in (data_dir(server) / "scratch").rglob("*") if path.is_file()]


def names(project_id: str, file_name: str = "customers.csv") -> dict[str, str]:
    return {"project_id": project_id, "file_name": file_name}


def test_a_file_is_stored_under_its_hash_and_its_reading_queued(
    server: Server, scientist: tuple[httpx.Client, str]
) -> None:
    client, project_id = scientist
    answer = client.post(PATH, params=names(project_id, "../ku nden.csv"), content=TABLE)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert (job["kind"], job["state"], job["questions"], job["dataset_id"]) == ("dataset.read", "queued", [], None)
    digest = hashlib.sha256(TABLE).hexdigest()
    assert stored(server, digest).read_bytes() == TABLE
    with transaction(server.engine) as session:
        request = session.get_one(Job, job["id"]).request
    assert (request["source_sha256"], request["n_bytes"], request["file_name"]) == (digest, len(TABLE), "ku nden.csv")
    assert client.get(f"/api/v1/jobs/{job['id']}").json()["state"] == "queued"
    assert scratch_of(server) == []


def test_who_may_bring_a_file(server: Server, scientist: tuple[httpx.Client, str]) -> None:
    _, project_id = scientist
    with server.nobody(origin=server.url) as client:
        assert client.post(PATH, params=names(project_id), content=TABLE).status_code == 401
    for role in (Role.DATA_SCIENTIST, Role.BUSINESS, Role.MANAGER, Role.ADMIN):
        with server.browser(server.sign_in(role).token) as stranger:
            assert stranger.post(PATH, params=names(project_id), content=TABLE).status_code == 404
    with transaction(server.engine) as session:
        business = make_actor(session, Role.BUSINESS)
        own_project_id = make_project(session, business).id
        token = open_session(session, user_id=business.user_id, method="test").token
    with server.browser(token) as member:
        assert member.post(PATH, params=names(own_project_id), content=TABLE).status_code == 403


def test_another_page_cannot_send_a_file_in_somebodys_name(server: Server, scientist: tuple[httpx.Client, str]) -> None:
    client, project_id = scientist
    for origin in ("https://evil.example", "null"):
        answer = client.post(PATH, params=names(project_id), content=TABLE, headers={"origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


def test_a_token_needs_the_scope_and_reaches_its_own_project_only(
    server: Server, scientist: tuple[httpx.Client, str]
) -> None:
    _, other_project_id = scientist
    text, project_id = token_of(server, "datasets:write")
    with server.nobody(authorization=f"Bearer {text}") as machine:
        job = machine.post(PATH, params=names(project_id), content=TABLE)
        assert job.status_code == 202, job.text
        assert machine.get(f"/api/v1/jobs/{job.json()['id']}").status_code == 200
        assert machine.post(PATH, params=names(other_project_id), content=TABLE).status_code == 404
    text, project_id = token_of(server, "predict")
    with server.nobody(authorization=f"Bearer {text}") as machine:
        assert machine.post(PATH, params=names(project_id), content=TABLE).status_code == 403


@pytest.mark.parametrize("extra", ["source_sha256", "n_bytes", "created_by", "choices", "state"])
def test_no_field_is_taken_that_is_not_offered(scientist: tuple[httpx.Client, str], extra: str) -> None:
    client, project_id = scientist
    answer = client.post(PATH, params=names(project_id) | {extra: "canary-7"}, content=TABLE)
    assert answer.status_code == 422
    assert extra in answer.json()["error"]
    assert "canary-7" not in answer.text


def test_an_empty_body_is_refused(scientist: tuple[httpx.Client, str]) -> None:
    client, project_id = scientist
    answer = client.post(PATH, params=names(project_id), content=b"")
    assert answer.status_code == 422
    assert "The body is empty." in answer.json()["error"]


def test_a_declared_size_above_the_limit_is_refused_before_a_byte_is_read(
    server: Server, scientist: tuple[httpx.Client, str]
) -> None:
    client, project_id = scientist
    headers = _headers(server, client) + b"content-length: 2147483649\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(_request_line(project_id) + headers)
        assert b" 413 " in connection.recv(4096).split(b"\r\n")[0]
    assert scratch_of(server) == []


def test_a_file_whose_job_could_not_wait_is_refused_before_a_byte_is_read(server: Server) -> None:
    with transaction(server.engine) as session:
        actor = make_actor(session, Role.DATA_SCIENTIST)
        project_id = make_project(session, actor).id
        for number in range(JobSettings().most_active_per_person):
            session.add(
                Job(kind="dataset.read", project_id=project_id, request={"n": number}, created_by=actor.user_id)
            )
        token = open_session(session, user_id=actor.user_id, method="test").token
    with server.browser(token) as client:
        headers = _headers(server, client) + b"content-length: 1000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(_request_line(project_id) + headers)
        assert b" 429 " in connection.recv(4096).split(b"\r\n")[0]
    assert scratch_of(server) == []


def test_other_routes_keep_their_small_limit(scientist: tuple[httpx.Client, str]) -> None:
    client, _ = scientist
    assert client.post("/api/v1/projects", content=b"x" * 17 * MB).status_code == 413
    assert client.post("/api/v1/jobs/x/answers", content=b"x" * 17 * MB).status_code == 413


def test_an_upload_that_breaks_off_leaves_no_file(server: Server, scientist: tuple[httpx.Client, str]) -> None:
    client, project_id = scientist
    before = set((data_dir(server) / "artifacts").rglob("*"))
    headers = _headers(server, client) + f"content-length: {50 * MB}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(_request_line(project_id) + headers)
        connection.sendall(b"x" * 5 * MB)
        _wait_until(lambda: scratch_of(server) != [])
    _wait_until(lambda: scratch_of(server) == [])
    assert set((data_dir(server) / "artifacts").rglob("*")) == before
    assert client.post(PATH, params=names(project_id), content=TABLE).status_code == 202


@pytest.mark.slow
def test_a_large_file_passes_through_without_being_held_in_memory(
    server: Server, scientist: tuple[httpx.Client, str]
) -> None:
    client, project_id = scientist
    piece, n_pieces = os.urandom(MB), 300
    expected, most = hashlib.sha256(), 0.0
    process = _process_at(server.port)
    client.post(PATH, params=names(project_id), content=TABLE)  # what is loaded at the first upload is loaded
    before = process.memory_info().rss

    def pieces() -> Iterator[bytes]:
        nonlocal most
        for number in range(n_pieces):
            expected.update(piece)
            yield piece
            if number % 10 == 0:
                most = max(most, process.memory_info().rss - before)

    answer = client.post(PATH, params=names(project_id, "large.csv"), content=pieces(), timeout=120)
    assert answer.status_code == 202, answer.text
    most = max(most, process.memory_info().rss - before)
    assert stored(server, expected.hexdigest()).stat().st_size == n_pieces * MB
    assert most < 50 * MB, f"{most / MB:.0f} MB more"
    stored(server, expected.hexdigest()).unlink()


def _headers(server: Server, client: httpx.Client) -> bytes:
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return f"host: 127.0.0.1:{server.port}\r\norigin: {server.url}\r\ncookie: {cookies}\r\n".encode()


def _request_line(project_id: str) -> bytes:
    return f"POST {PATH}?project_id={project_id}&file_name=a.csv HTTP/1.1\r\n".encode()


def _process_at(port: int) -> psutil.Process:
    for process in psutil.Process().children(recursive=True):
        if any(found.laddr and found.laddr.port == port for found in process.net_connections("tcp")):
            return process
    raise AssertionError("The server is not a child of the test.")


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("It did not happen.")
