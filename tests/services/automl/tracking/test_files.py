"""Files of a run on a tracking server: written once, verified on the way back, and what is none of them."""

import hashlib
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl.tracking.client import TrackingClient
from services.automl.tracking.file_names import CARD, PIPELINE, SCHEMA
from services.automl.tracking.files import MANIFEST, RunFile, fetch_files, folder_of, send_files
from services.automl.tracking.settings import get_tracking_settings
from tests.makers_mlflow import TrackingServer, tracking_server

FILES = (RunFile(PIPELINE, b"\x00pipeline\xff" * 1_000), RunFile(SCHEMA, b"{}"), RunFile(CARD, "# Möbel 🙂".encode()))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingServer]:
    with tracking_server(monkeypatch) as server:
        yield server


@pytest.fixture
def client(server: TrackingServer) -> Iterator[TrackingClient]:
    with TrackingClient(get_tracking_settings(), ["127.0.0.1"]) as client:
        yield client


def new_run(server: TrackingServer, **tags: str) -> str:
    return server.add_run(metrics={}, params={}, tags=tags)


def path_of(server: TrackingServer, run_id: str, name: str) -> str:
    return f"0/{run_id}/artifacts/{name}"


def test_files_go_there_and_come_back_as_they_were(server: TrackingServer, client: TrackingClient) -> None:
    run_id = new_run(server)
    assert send_files(client, run_id, FILES).files == FILES
    listed = json.loads(server.tags(run_id)[MANIFEST])
    assert {name: facts["sha256"] for name, facts in listed.items()} == {
        file.name: hashlib.sha256(file.content).hexdigest() for file in FILES
    }
    back = fetch_files(client, run_id)
    assert (set(back.files), back.problems) == (set(FILES), ())


def test_what_is_there_stays_and_only_what_changed_is_written(server: TrackingServer, client: TrackingClient) -> None:
    run_id = new_run(server)
    send_files(client, run_id, FILES[:2])
    server.asked.clear()
    changed = RunFile(SCHEMA, b'{"target": "y"}')
    assert send_files(client, run_id, (FILES[0], changed, FILES[2])).files == (FILES[0], changed, FILES[2])
    written = [path.rsplit("artifacts/", 1)[-1] for path in server.asked if "mlflow-artifacts" in path]
    assert written == [SCHEMA, CARD]


def test_a_file_that_was_changed_there_is_not_taken_over(server: TrackingServer, client: TrackingClient) -> None:
    run_id = new_run(server)
    send_files(client, run_id, FILES)
    server.files[path_of(server, run_id, SCHEMA)] = b"{!"
    back = fetch_files(client, run_id)
    assert {file.name for file in back.files} == {PIPELINE, CARD}
    assert back.problems == ("The schema is not what was written there: its hash differs. It was not taken over.",)


def test_a_file_that_grew_or_is_gone_is_not_taken_over(server: TrackingServer, client: TrackingClient) -> None:
    run_id = new_run(server)
    send_files(client, run_id, FILES)
    server.files[path_of(server, run_id, SCHEMA)] = b"x" * 10_000_000
    del server.files[path_of(server, run_id, CARD)]
    back = fetch_files(client, run_id)
    assert [file.name for file in back.files] == [PIPELINE]
    large, gone = sorted(back.problems, reverse=True)
    assert "too large or too slow" in large
    assert "The model card was not taken over." in gone


def test_a_server_that_keeps_files_elsewhere_is_a_sentence(server: TrackingServer, client: TrackingClient) -> None:
    server.passes_files = False
    run_id = new_run(server)
    sent = send_files(client, run_id, FILES)
    assert sent.files == ()
    assert "keeps files elsewhere" in sent.problems[0]
    assert "--serve-artifacts" in sent.problems[0]
    assert not [path for path in server.asked if "mlflow-artifacts" in path]


def test_a_server_that_stopped_passing_them_on_is_a_sentence_both_ways(
    server: TrackingServer, client: TrackingClient
) -> None:
    run_id = new_run(server)
    send_files(client, run_id, FILES[:1])
    server.passes_files = False
    sent, back = send_files(client, run_id, FILES), fetch_files(client, run_id)
    assert sent.files == FILES[:1]
    assert "passes no files on (503)" in sent.problems[0]
    assert "The pipeline was not taken over." in back.problems[0]


def test_one_file_that_is_refused_keeps_no_other_from_going(server: TrackingServer, client: TrackingClient) -> None:
    run_id = new_run(server)
    path = f"/api/2.0/mlflow-artifacts/artifacts/{path_of(server, run_id, PIPELINE)}"
    server.broken[path] = (413, b'{"message": "Too large."}')
    sent = send_files(client, run_id, FILES)
    assert sent.files == FILES[1:]
    assert sent.problems == ("The pipeline was not written. The tracking server refused a file (413): Too large.",)
    assert PIPELINE not in json.loads(server.tags(run_id)[MANIFEST])


def test_a_run_of_somebody_else_brings_no_files(server: TrackingServer, client: TrackingClient) -> None:
    assert fetch_files(client, new_run(server)).files == ()
    assert not [path for path in server.asked if "mlflow-artifacts" in path]


@pytest.mark.parametrize(
    "listed",
    [
        "no json",
        "[]",
        json.dumps({"../../etc/passwd": {"sha256": "a" * 64, "bytes": 3}}),
        json.dumps({PIPELINE: {"sha256": "a" * 63, "bytes": 3}}),
        json.dumps({PIPELINE: {"sha256": "a" * 64, "bytes": 10**15}}),
        json.dumps({PIPELINE: {"sha256": "a" * 64, "bytes": -1}}),
        json.dumps({PIPELINE: {"sha256": "a" * 64, "bytes": True}}),
        json.dumps({PIPELINE: ["a" * 64, 3]}),
    ],
)
def test_a_list_that_the_portal_did_not_write_is_read_as_none(
    server: TrackingServer, client: TrackingClient, listed: str
) -> None:
    back = fetch_files(client, new_run(server, **{MANIFEST: listed}))
    assert (back.files, back.problems) == ((), ())
    assert not [path for path in server.asked if "mlflow-artifacts" in path]


@pytest.mark.parametrize(
    ("uri", "folder"),
    [
        ("mlflow-artifacts:/0/a1/artifacts", "0/a1/artifacts"),
        ("mlflow-artifacts://tracker:5000/0/a1/artifacts", "0/a1/artifacts"),
        ("mlflow-artifacts://elsewhere/0/a1/artifacts", None),
        ("mlflow-artifacts:/0/../../secret", None),
        ("mlflow-artifacts:/0/a b", None),
        ("mlflow-artifacts:/0/a1?x=1", None),
        ("mlflow-artifacts:/", None),
        ("mlflow-artifacts://[", None),
        ("s3://bucket/0/a1", None),
        ("", None),
    ],
)
def test_files_are_asked_for_where_the_server_itself_passes_them_on(uri: str, folder: str | None) -> None:
    assert folder_of({"info": {"artifact_uri": uri}}, "tracker") == folder


@given(st.text(max_size=60))
def test_no_place_that_a_server_names_leads_out_of_its_files(uri: str) -> None:
    folder = folder_of({"info": {"artifact_uri": f"mlflow-artifacts:/{uri}"}}, "tracker")
    assert folder is None or (".." not in folder.split("/") and not folder.startswith("/"))
