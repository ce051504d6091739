"""Files of a run on a tracking server: written once, verified on the way back, and what is none of them."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.automl.tracking import files as module
from services.automl.tracking.client import TrackingClient
from services.automl.tracking.file_names import CARD, PIPELINE, SCHEMA
from services.automl.tracking.files import MANIFEST, ORIGIN, Files, RunFile, folder_of
from services.automl.tracking.files import fetch_files as fetch_to
from services.automl.tracking.files import send_files as send_files_of
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


@pytest.fixture
def fetch_files(tmp_path: Path) -> Callable[[TrackingClient, str], Files]:
    """Fetch the files of a run, whoever asks, and read them."""

    def fetch(client: TrackingClient, run_id: str) -> Files:
        found = fetch_to(client, run_id, tmp_path, refuse=lambda origin: None)
        for file in found.files:
            content = file.path.read_bytes()
            assert (file.sha256, file.n_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
        return Files(tuple(RunFile(file.name, file.path.read_bytes()) for file in found.files), found.problems)

    return fetch


Fetch = Callable[[TrackingClient, str], Files]


def send_files(client: TrackingClient, run_id: str, files: Sequence[RunFile]) -> Files:
    return send_files_of(client, run_id, files, announce=lambda hashes: None)


def put_again(server: TrackingServer) -> list[str]:
    """The files that were written since the list of what was asked is empty."""
    return [path.rsplit("artifacts/", 1)[-1] for path in server.put]


def new_run(server: TrackingServer, **tags: str) -> str:
    return server.add_run(metrics={}, params={}, tags=tags)


def path_of(server: TrackingServer, run_id: str, name: str) -> str:
    return f"0/{run_id}/artifacts/{name}"


def test_files_go_there_and_come_back_as_they_were(
    server: TrackingServer, client: TrackingClient, fetch_files: Fetch
) -> None:
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
    server.put.clear()
    changed = RunFile(SCHEMA, b'{"target": "y"}')
    assert send_files(client, run_id, (FILES[0], changed, FILES[2])).files == (FILES[0], changed, FILES[2])
    assert put_again(server) == [SCHEMA, CARD]


def test_a_file_that_is_listed_and_gone_or_another_one_is_written_anew(
    server: TrackingServer, client: TrackingClient, fetch_files: Fetch
) -> None:
    run_id = new_run(server)
    send_files(client, run_id, FILES)
    del server.files[path_of(server, run_id, PIPELINE)]
    server.files[path_of(server, run_id, SCHEMA)] = b"[]"
    server.put.clear()
    sent = send_files(client, run_id, FILES)
    assert (sent.files, sent.problems) == (FILES, ())
    assert put_again(server) == [PIPELINE, SCHEMA]
    assert set(fetch_files(client, run_id).files) == set(FILES)


def test_it_is_told_which_files_go_before_the_first_of_them_has_gone(
    server: TrackingServer, client: TrackingClient
) -> None:
    run_id = new_run(server)
    told: list[tuple[Mapping[str, str], int]] = []

    def announce(hashes: Mapping[str, str]) -> None:
        told.append((hashes, len(server.put)))

    send_files_of(client, run_id, FILES, announce=announce)
    assert told == [({file.name: file.sha256 for file in FILES}, 0)]
    send_files_of(client, run_id, FILES, announce=announce)
    assert len(told) == 1  # nothing left a second time
    server.passes_files = False
    send_files_of(client, new_run(server), FILES, announce=announce)
    assert len(told) == 1


def test_nothing_goes_where_it_cannot_be_told(server: TrackingServer, client: TrackingClient) -> None:
    def announce(hashes: Mapping[str, str]) -> None:
        raise OSError("No room for an event.")

    with pytest.raises(OSError, match="No room"):
        send_files_of(client, new_run(server), FILES, announce=announce)
    assert server.files == {}


class StopError(Exception):
    """Somebody asked for an end."""


def stop_after(n: int) -> Callable[[], None]:
    """Nobody asks for an end the first `n` times."""
    asked = iter(range(n))

    def check() -> None:
        if next(asked, None) is None:
            raise StopError

    return check


def test_an_end_is_asked_for_before_each_file_both_ways(
    server: TrackingServer, client: TrackingClient, tmp_path: Path
) -> None:
    run_id = new_run(server)
    with pytest.raises(StopError):
        send_files_of(client, run_id, FILES, announce=lambda hashes: None, check=stop_after(2))
    assert put_again(server) == [PIPELINE, SCHEMA]
    send_files(client, run_id, FILES)
    server.asked.clear()
    with pytest.raises(StopError):
        fetch_to(client, run_id, tmp_path, refuse=lambda origin: None, check=stop_after(1))
    assert len([path for path in server.asked if "mlflow-artifacts" in path]) == 1


def test_an_end_is_asked_for_within_a_file(
    server: TrackingServer, client: TrackingClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = new_run(server)
    send_files(client, run_id, (RunFile(PIPELINE, bytes(5_000_000)),))
    monkeypatch.setattr(module, "_ASK_SECONDS", 0.0)
    with pytest.raises(StopError):
        fetch_to(client, run_id, tmp_path, refuse=lambda origin: None, check=stop_after(2))
    assert [path.stat().st_size < 5_000_000 for path in tmp_path.iterdir()] == [True]


def test_files_come_up_to_a_size_all_together(
    server: TrackingServer, client: TrackingClient, fetch_files: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = new_run(server)
    large = RunFile(PIPELINE, bytes(3 << 20))
    send_files(client, run_id, (large, *FILES[1:]))
    monkeypatch.setattr(module, "MOST_BYTES_TAKEN", 2 << 20)
    back = fetch_files(client, run_id)
    assert {file.name for file in back.files} == {SCHEMA, CARD}
    assert back.problems == ("The pipeline was not taken over: with it there would be more than 2 MB.",)


def test_who_may_not_have_the_files_of_the_run_they_are_of_makes_the_portal_ask_for_none(
    server: TrackingServer, client: TrackingClient, tmp_path: Path
) -> None:
    run_id = new_run(server, **{ORIGIN: "run-of-a"})
    send_files(client, run_id, FILES)
    server.asked.clear()
    back = fetch_to(client, run_id, tmp_path, refuse=lambda origin: f"Not those of {origin}.")
    assert (back.files, back.problems) == ((), ("Not those of run-of-a.",))
    assert not [path for path in server.asked if "mlflow-artifacts" in path]


@pytest.mark.parametrize(
    "answer",
    [{"info": {}, "data": None}, {"info": None, "data": {}}, {"data": {"tags": [{"value": "x"}]}}, []],
)
def test_a_run_that_cannot_be_read_is_a_sentence_both_ways(
    server: TrackingServer, client: TrackingClient, fetch_files: Fetch, answer: object
) -> None:
    server.broken["/runs/get"] = (200, json.dumps({"run": answer}).encode())
    sent, back = send_files(client, "a1", FILES), fetch_files(client, "a1")
    for found in (sent, back):
        assert found.files == ()
        assert "describes run a1 in a way that cannot be read" in found.problems[0]


def test_a_file_whose_list_is_refused_is_told_as_there(server: TrackingServer, client: TrackingClient) -> None:
    run_id = new_run(server)
    server.broken["/runs/set-tag"] = (500, b'{"message": "Full."}')
    sent = send_files(client, run_id, FILES[:1])
    assert sent.files == FILES[:1]
    assert sent.problems == (
        "The pipeline is there, but not in the list that an import reads. The tracking server refused /runs/set-tag "
        "(500): Full.",
    )


def test_a_file_that_was_changed_there_is_not_taken_over(
    server: TrackingServer, client: TrackingClient, fetch_files: Fetch
) -> None:
    run_id = new_run(server)
    send_files(client, run_id, FILES)
    server.files[path_of(server, run_id, SCHEMA)] = b"{!"
    back = fetch_files(client, run_id)
    assert {file.name for file in back.files} == {PIPELINE, CARD}
    assert back.problems == ("The schema is not what was written there: its hash differs. It was not taken over.",)


def test_a_file_that_grew_or_is_gone_is_not_taken_over(
    server: TrackingServer, client: TrackingClient, fetch_files: Fetch
) -> None:
    run_id = new_run(server)
    send_files(client, run_id, FILES)
    server.files[path_of(server, run_id, SCHEMA)] = b"x" * 10_000_000
    del server.files[path_of(server, run_id, CARD)]
    back = fetch_files(client, run_id)
    assert [file.name for file in back.files] == [PIPELINE]
    large, gone = sorted(back.problems, reverse=True)
    assert "too large or too slow" in large
    assert (
        gone == f"The model card was not taken over. The tracking server at {server.url} does not have the file (404)."
    )


def test_a_server_that_keeps_files_elsewhere_is_a_sentence(server: TrackingServer, client: TrackingClient) -> None:
    server.passes_files = False
    run_id = new_run(server)
    sent = send_files(client, run_id, FILES)
    assert sent.files == ()
    assert "keeps files elsewhere" in sent.problems[0]
    assert "--serve-artifacts" in sent.problems[0]
    assert not [path for path in server.asked if "mlflow-artifacts" in path]


def test_a_server_that_stopped_passing_them_on_is_a_sentence_both_ways(
    server: TrackingServer, client: TrackingClient, fetch_files: Fetch
) -> None:
    run_id = new_run(server)
    send_files(client, run_id, FILES[:1])
    server.passes_files = False
    sent, back = send_files(client, run_id, FILES), fetch_files(client, run_id)
    assert sent.files == ()  # that it is in the list proves nothing
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


def test_a_run_of_somebody_else_brings_no_files(
    server: TrackingServer, client: TrackingClient, fetch_files: Fetch
) -> None:
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
    server: TrackingServer, client: TrackingClient, fetch_files: Fetch, listed: str
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
