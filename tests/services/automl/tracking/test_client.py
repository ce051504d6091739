"""The client of the tracking server: where it goes, what it says of itself, and what it makes of odd answers."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from services.automl.tracking import client as module
from services.automl.tracking.client import TrackingClient
from services.automl.tracking.errors import TrackingError
from services.automl.tracking.settings import TrackingSettings
from services.connections.errors import AddressRefusedError
from tests.makers_mlflow import TrackingServer, tracking_server

Answer = Callable[[httpx.Request], httpx.Response]
HOSTS = ("127.0.0.1", "mlflow.example.com")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingServer]:
    with tracking_server(monkeypatch) as server:
        yield server


def open_client(url: str, answer: Answer | None = None, **settings: Any) -> TrackingClient:
    transport = httpx.MockTransport(answer) if answer else None
    found = TrackingSettings(url=url, **settings)
    return TrackingClient(found, HOSTS, transport=transport, resolve=lambda name, port: ["203.0.113.7"])


def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names lead to a public address; 203.0.113.0/24 itself is for documentation and counts as private."""
    monkeypatch.setattr(module, "pin_address", lambda *_, **__: "203.0.113.7")


def test_it_goes_to_the_address_that_was_checked_under_the_name_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    public(monkeypatch)
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"run": {"info": {}}})

    with open_client("https://mlflow.example.com/team/", answer, token="t0ken") as client:
        client.get_run("a1")
    (request,) = seen
    assert str(request.url) == "https://203.0.113.7/team/api/2.0/mlflow/runs/get?run_id=a1"
    assert request.headers["Host"] == "mlflow.example.com"
    assert request.headers["Authorization"] == "Bearer t0ken"
    assert request.extensions["sni_hostname"] == "mlflow.example.com"


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("https://elsewhere.example.com", "PORTAL_CONNECTION_HOSTS"),
        ("http://169.254.169.254", "PORTAL_CONNECTION_HOSTS"),
        ("http://2130706433", "not the name of a host"),
        ("http://0x7f.1", "not the name of a host"),
    ],
)
def test_a_host_that_is_not_on_the_list_is_never_asked(url: str, cause: str) -> None:
    with pytest.raises(AddressRefusedError, match=cause):
        open_client(url, lambda request: pytest.fail("it was asked"))


def test_cloud_metadata_is_never_asked_whatever_the_list_says() -> None:
    settings = TrackingSettings(url="http://mlflow.example.com")
    with pytest.raises(AddressRefusedError, match="does not go there"):
        TrackingClient(settings, HOSTS, resolve=lambda name, port: ["169.254.169.254"])


def test_a_redirect_is_not_followed(server: TrackingServer) -> None:
    server.broken["/runs/get"] = (302, f"{server.url}/runs/elsewhere".encode())
    with open_client(server.url) as client, pytest.raises(TrackingError, match="is no tracking server"):
        client.get_run("a1")
    assert server.asked == ["/runs/get"]


def test_no_proxy_of_the_environment_is_asked(server: TrackingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with open_client(server.url) as client:
        assert client.find_or_create_experiment("x") == "1"


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (200, b"<html>A page</html>", "is no tracking server"),
        (404, b"<html>No page</html>", "is no tracking server"),
        (200, b"[1, 2]", "is no tracking server"),
        (200, b"[" * 100_000, "is no tracking server"),
        (200, b"{}", "lacks"),
        (400, b'{"error_code": "BAD", "message": "The name is odd."}', "The name is odd"),
        (500, b"{}", "no reason given"),
        (401, b"Who are you?", "PORTAL_MLFLOW_TOKEN"),
        (403, b"{}", "does not let the portal in"),
    ],
)
def test_an_odd_answer_is_a_sentence(server: TrackingServer, status: int, body: bytes, cause: str) -> None:
    server.broken["/runs/get"] = (status, body)
    with open_client(server.url) as client, pytest.raises(TrackingError, match=cause):
        client.get_run("a1")


def test_what_a_server_says_of_an_error_is_one_line_of_plain_signs(server: TrackingServer) -> None:
    said = b'{"message": "a\\u0000b \\ud800 <b>*x*</b>\\n' + b"y" * 1_000 + b'"}'
    path = "/api/2.0/mlflow-artifacts/artifacts/0/a1/f"
    server.broken |= {"/runs/get": (400, said), path: (413, said)}
    with open_client(server.url) as client:
        for ask in (
            lambda: client.get_run("a1"),
            lambda: client.put_file("0/a1/f", b"x"),
            lambda: client.read_file("0/a1/f", 9, bytearray().extend),
        ):
            with pytest.raises(TrackingError) as refused:
                ask()
            sentence = refused.value.sentence
            assert sentence.encode().isascii()
            assert "): a b b x /b y" in sentence
            assert not set("\0\n<*") & set(sentence)
            assert len(sentence) < 400


def test_what_is_said_of_a_missing_file_is_not_measured_by_the_size_of_the_file(server: TrackingServer) -> None:
    kept = bytearray()
    with open_client(server.url) as client:
        with pytest.raises(TrackingError, match=r"does not have the file \(404\)") as refused:
            client.read_file("0/a1/f", 4, kept.extend)
        assert "--serve-artifacts" not in refused.value.sentence
        server.files["0/a1/f"] = b"12345"
        with pytest.raises(TrackingError, match="too large"):
            client.read_file("0/a1/f", 4, kept.extend)
        assert kept == b""
        client.read_file("0/a1/f", 5, kept.extend)
    assert kept == b"12345"


def test_a_run_that_is_not_there_is_a_sentence(server: TrackingServer) -> None:
    with open_client(server.url) as client, pytest.raises(TrackingError, match="has no run a1"):
        client.get_run("a1")


def test_an_answer_without_end_is_cut_off(server: TrackingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 1_000)
    server.broken["/runs/get"] = (200, b" " * 2_000)
    with open_client(server.url) as client, pytest.raises(TrackingError, match="too large"):
        client.get_run("a1")


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with open_client("http://127.0.0.1:1") as client, pytest.raises(TrackingError, match="does not answer"):
        client.get_run("a1")


def test_the_token_is_sent_and_stands_in_no_log_and_no_sentence(
    server: TrackingServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.token = "t0ken"
    with caplog.at_level(logging.DEBUG):
        with open_client(server.url, token="t0ken") as client:
            client.find_or_create_experiment("x")
        with (
            open_client(server.url, user="portal", password="passw0rd") as client,
            pytest.raises(TrackingError) as refused,
        ):
            client.find_or_create_experiment("x")
    assert server.headers[0]["Authorization"] == "Bearer t0ken"
    assert server.headers[-1]["Authorization"].startswith("Basic ")
    for said in (caplog.text, refused.value.sentence):
        assert "t0ken" not in said
        assert "passw0rd" not in said
        assert server.headers[-1]["Authorization"] not in said


def test_pages_of_results_are_read_to_the_end_or_to_the_most_wanted(server: TrackingServer) -> None:
    for number in range(7):
        server.add_run(metrics={}, params={}, tags={"kind": "x", "number": str(number)})
    server.page_size = 3
    with open_client(server.url) as client:
        assert len(list(client.search_runs("0", "tags.`kind` = 'x'", most=100))) == 7
        assert len(list(client.search_runs("0", "tags.`kind` = 'x'", most=4))) == 4
        assert list(client.search_runs("0", "tags.`kind` = 'y'", most=4)) == []


def test_many_parameters_and_metrics_go_in_parts_and_long_texts_are_cut(server: TrackingServer) -> None:
    with open_client(server.url) as client:
        run_id = client.create_run("0", "x", started_at=1, tags={"long": "t" * 9_000})
        metrics = [("loss", float(step), step) for step in range(2_000)]
        client.log(run_id, params={f"p{i}": "v" * 700 for i in range(250)}, metrics=metrics, at=2)
        assert client.metric_history(run_id, "loss") == [float(step) for step in range(2_000)]
    assert server.asked.count("/runs/log-batch") == 3
    assert len(server.values(run_id, "params")) == 250
    assert {len(value) for value in server.values(run_id, "params").values()} == {500}
    assert len(server.tags(run_id)["long"]) == 5_000
