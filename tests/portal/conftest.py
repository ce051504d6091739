"""A real server, as people start it, on a free port with its own SQLite database."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from db.artifacts import get_artifact_store
from db.engine import new_engine
from db.session import transaction
from db.settings import get_database_settings
from services.people.commands import NewSession, open_session
from tests.makers import make_user
from tests.portal.workers import Workers

ROOT = Path(__file__).resolve().parents[2]
COOKIE = "portal_session"
_START = "from portal.asgi import run_server; run_server()"
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """The running portal and, for arranging, the same database."""

    port: int
    engine: Engine

    @property
    def url(self) -> str:
        """Where it is reached, which is also the Origin of its pages."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """Streamlit's WebSocket."""
        return f"ws://127.0.0.1:{self.port}/_stcore/stream"

    def nobody(self, **headers: str) -> httpx.Client:
        """A client without a session that follows no redirect."""
        return httpx.Client(base_url=self.url, headers=headers, timeout=20, trust_env=False)

    def browser(self, token: str) -> httpx.Client:
        """A client that holds a session and sends the Origin of our own pages."""
        return httpx.Client(
            base_url=self.url, headers={"origin": self.url}, cookies={COOKIE: token}, timeout=20, trust_env=False
        )

    def sign_in(self, role: str = "business", *, name: str | None = None) -> NewSession:
        """An open session of a new person."""
        with transaction(self.engine) as session:
            return open_session(session, user_id=make_user(session, role, name=name).id, method="test")


@pytest.fixture(scope="session")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The portal in demo mode, shared by all tests of a session: each makes people of its own."""
    folder = tmp_path_factory.mktemp("server")
    database = folder / "portal.sqlite"
    shutil.copy(sqlite_template, database)
    port = _free_port()
    values = {
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_DATABASE_URL": f"sqlite:///{database}",
        "PORTAL_HOST": "127.0.0.1",
        "PORTAL_PORT": str(port),
        "PORTAL_DEMO": "1",
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _START],
            cwd=folder,  # not the project: the portal must not depend on where it is started
            env={**os.environ, **values, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    engine = new_engine(values["PORTAL_DATABASE_URL"])
    try:
        _wait_until_live(process, port, folder / "log")
        yield Server(port, engine)
    finally:
        process.terminate()
        process.wait(timeout=30)
        engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_live(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"http://127.0.0.1:{port}/v2/health/live", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture
def workers(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Real worker processes on the test's database, all with one artefact store; they end with the test."""
    monkeypatch.setenv("PORTAL_STORAGE_URL", str(tmp_path / "artifacts"))
    get_database_settings.cache_clear()
    get_artifact_store.cache_clear()
    started = Workers(tmp_path)
    yield started
    started.end_all()
