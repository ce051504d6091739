"""The same against MLflow itself, where it is on this machine: it is no dependency of the portal.

`PORTAL_TEST_MLFLOW` names its program; without it the one on the path is taken.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from services.automl.tracking.client import TrackingClient
from services.automl.tracking.errors import TrackingError
from services.automl.tracking.file_names import CARD, PIPELINE, SCHEMA
from services.automl.tracking.files import RunFile, fetch_files, folder_of, send_files
from services.automl.tracking.settings import get_tracking_settings
from tests.makers_mlflow import forget_server, name_server

MLFLOW = os.environ.get("PORTAL_TEST_MLFLOW") or shutil.which("mlflow")
FILES = (RunFile(PIPELINE, os.urandom(200_000)), RunFile(SCHEMA, b"{}"), RunFile(CARD, "# Möbel".encode()))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(MLFLOW is None, reason="MLflow is not on this machine (set PORTAL_TEST_MLFLOW to its program)"),
]


@pytest.fixture(scope="module", params=["--serve-artifacts", "--no-serve-artifacts"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, bool]]:
    """A server, and whether it passes files on."""
    folder, port = tmp_path_factory.mktemp("mlflow"), _free_port()
    url = f"http://127.0.0.1:{port}"
    store = ["--artifacts-destination", str(folder / "files")]
    if request.param == "--no-serve-artifacts":
        store = ["--default-artifact-root", str(folder / "files")]
    options = ["--backend-store-uri", f"sqlite:///{folder}/runs.db", "--host", "127.0.0.1", "--port", str(port)]
    command = [str(MLFLOW), "server", *options, "--workers", "1", request.param, *store]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True) as server,
    ):  # a group of its own: it starts workers, which end with it
        try:
            _wait_for(url, folder / "log")
            yield url, request.param == "--serve-artifacts"
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(30)


@pytest.fixture
def client(address: tuple[str, bool], monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackingClient]:
    name_server(monkeypatch, address[0])
    with TrackingClient(get_tracking_settings(), ["127.0.0.1"]) as client:
        yield client
    forget_server()


def test_files_come_back_as_they_went_or_it_is_said_why_none_do(
    client: TrackingClient, address: tuple[str, bool], tmp_path: Path
) -> None:
    experiment = client.find_or_create_experiment("Drivetrain: files")
    run_id = client.create_run(experiment, "Run 1", started_at=1_000, tags={"drivetrain.kind": "run"})
    send = partial(send_files, client, run_id, FILES, announce=lambda hashes: None)
    fetch = partial(fetch_files, client, run_id, tmp_path, refuse=lambda origin: None)
    sent = send()
    if not address[1]:
        assert folder_of(client.get_run(run_id), client.host) is None
        assert sent.files == ()
        assert "keeps files elsewhere" in sent.problems[0]
        return
    assert (sent.files, sent.problems) == (FILES, ())
    assert send().files == FILES
    back = fetch()
    assert ({file.name: file.path.read_bytes() for file in back.files}, back.problems) == (
        {file.name: file.content for file in FILES},
        (),
    )
    folder = folder_of(client.get_run(run_id), client.host)
    client.put_file(f"{folder}/{SCHEMA}", b"{!")
    assert fetch().problems == ("The schema is not what was written there: its hash differs. It was not taken over.",)
    assert send().files == FILES
    assert fetch().problems == ()
    with pytest.raises(TrackingError, match="the file"):
        client.read_file(f"{folder}/model/other", 4, lambda piece: None)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + 600  # beside others that compute it loads for minutes
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise AssertionError(f"MLflow does not answer: {log.read_text()[-2_000:]}")
