"""A tracking server of MLflow's interface in this process: what it is told it keeps in memory."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.automl.tracking.settings import get_tracking_settings
from services.connections.settings import get_connection_settings

_FILES = "/api/2.0/mlflow-artifacts/artifacts/"
_CONDITION = re.compile(r"tags\.`([^`]+)` = '([^']*)'")


@dataclass
class TrackingServer:
    """What the server knows, and how it was asked.

    Attributes
    ----------
    broken
        Answers by path, instead of what the server would say: status and body.
    files, put, passes_files
        What was written by its path, in which order, and whether the server passes files on at all.
    """

    url: str = ""
    token: str = ""
    page_size: int = 500
    experiments: dict[str, str] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    broken: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    put: list[str] = field(default_factory=list)
    passes_files: bool = True
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def root(self) -> str:
        """Where files are: a server that passes none on names a folder of its own machine."""
        return "mlflow-artifacts:" if self.passes_files else "file:///srv/mlruns"

    def pass_on(self, method: str, path: str, content: bytes) -> tuple[int, bytes]:
        """What the server says to a file that is written or read."""
        if not self.passes_files:
            return 503, b'{"message": "Disabled."}'
        if method == "PUT":
            self.files[path] = content
            self.put.append(path)
            return 200, b"{}"
        return (200, self.files[path]) if path in self.files else (404, b'{"message": "No such file."}')

    def add_run(self, *, metrics: dict[str, Any], params: dict[str, str], tags: dict[str, str], **info: Any) -> str:
        """A run as somebody else logged it."""
        run_id = self._new_run("0", {key: str(value) for key, value in tags.items()}, 1_000, "theirs")
        self.runs[run_id]["info"] |= {"status": "FINISHED", "end_time": 6_000} | info
        self.runs[run_id]["data"]["params"] = [{"key": key, "value": value} for key, value in params.items()]
        self.runs[run_id]["data"]["metrics"] = [{"key": key, "value": value} for key, value in metrics.items()]
        return run_id

    def tags(self, run_id: str) -> dict[str, str]:
        """The tags of a run."""
        return {pair["key"]: pair["value"] for pair in self.runs[run_id]["data"]["tags"]}

    def values(self, run_id: str, part: str) -> dict[str, Any]:
        """The "params" or "metrics" of a run."""
        return {pair["key"]: pair["value"] for pair in self.runs[run_id]["data"][part]}

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """What the server says to a request that it lets in."""
        if path == "/experiments/get-by-name":
            found = self.experiments.get(body["experiment_name"])
            return (200, {"experiment": {"experiment_id": found}}) if found else (404, {"message": "No such one."})
        if path == "/experiments/create":
            self.experiments[body["name"]] = str(len(self.experiments) + 1)
            return 200, {"experiment_id": self.experiments[body["name"]]}
        if path == "/runs/create":
            tags = {pair["key"]: pair["value"] for pair in body["tags"]}
            run_id = self._new_run(body["experiment_id"], tags, body["start_time"], body["run_name"])
            return 200, {"run": self.runs[run_id]}
        if path == "/runs/get":
            run = self.runs.get(body["run_id"])
            return (200, {"run": run}) if run else (404, {"message": "No such run."})
        return self._answer_about_runs(path, body)

    def _answer_about_runs(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path == "/runs/search":
            return 200, self._search(body)
        if path == "/metrics/get-history":
            return 200, {"metrics": self.history.get((body["run_id"], body["metric_key"]), [])}
        run = self.runs[body["run_id"]]
        if path == "/runs/set-tag":
            tags = self.tags(body["run_id"]) | {body["key"]: body["value"]}
            run["data"]["tags"] = [{"key": key, "value": value} for key, value in tags.items()]
            return 200, {}
        if path == "/runs/update":
            run["info"] |= {"status": body["status"], "end_time": body["end_time"]}
            return 200, {}
        assert path == "/runs/log-batch", path
        params = self.values(body["run_id"], "params")
        if any(params.get(pair["key"], pair["value"]) != pair["value"] for pair in body["params"]):
            return 400, {"message": "A parameter cannot be changed."}
        metrics = self.values(body["run_id"], "metrics")
        for point in body["metrics"]:
            self.history.setdefault((body["run_id"], point["key"]), []).append(point)
            metrics[point["key"]] = point["value"]
        params |= {pair["key"]: pair["value"] for pair in body["params"]}
        run["data"]["params"] = [{"key": key, "value": value} for key, value in params.items()]
        run["data"]["metrics"] = [{"key": key, "value": value} for key, value in metrics.items()]
        return 200, {}

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        wanted = dict(_CONDITION.findall(body["filter"]))
        found = [
            run
            for run_id, run in self.runs.items()
            if run["info"]["experiment_id"] in body["experiment_ids"] and wanted.items() <= self.tags(run_id).items()
        ]
        start = int(body.get("page_token") or 0)
        end = start + min(self.page_size, body["max_results"])
        return {"runs": found[start:end]} | ({"next_page_token": str(end)} if end < len(found) else {})

    def _new_run(self, experiment_id: str, tags: dict[str, str], started_at: int, name: str) -> str:
        run_id = f"{len(self.runs) + 1:032x}"
        self.runs[run_id] = {
            "info": {
                "run_id": run_id,
                "run_name": name,
                "experiment_id": experiment_id,
                "status": "RUNNING",
                "start_time": started_at,
                "artifact_uri": f"{self.root}/{experiment_id}/{run_id}/artifacts",
            },
            "data": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
        }
        self.runs[run_id]["data"] |= {"params": [], "metrics": []}
        return run_id


@contextmanager
def tracking_server(patch: pytest.MonkeyPatch) -> Iterator[TrackingServer]:
    """A server on this machine that the settings name and the list of hosts allows."""
    server = TrackingServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(server))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    name_server(patch, server.url)
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
        forget_server()


def name_server(patch: pytest.MonkeyPatch, url: str, *, hosts: str = "127.0.0.1", **settings: str) -> None:
    """The settings of a portal with this tracking server."""
    patch.setenv("PORTAL_MLFLOW_URL", url)
    patch.setenv("PORTAL_CONNECTION_HOSTS", hosts)
    for name, value in settings.items():
        patch.setenv(f"PORTAL_MLFLOW_{name.upper()}", value)
    forget_server()


def forget_server() -> None:
    """Let the settings be read anew."""
    get_tracking_settings.cache_clear()
    get_connection_settings.cache_clear()


def _handler_of(server: TrackingServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            self._respond({name: values[0] for name, values in query.items()})

        def do_PUT(self) -> None:
            self._respond({}, self.rfile.read(int(self.headers["Content-Length"])))

        def do_POST(self) -> None:
            self._respond(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

        def _respond(self, body: dict[str, Any], sent: bytes = b"") -> None:
            path = urlsplit(self.path).path
            path = path if path.startswith(_FILES) else path.removeprefix("/api/2.0/mlflow")
            server.asked.append(path)
            server.headers.append(dict(self.headers))
            is_in = not server.token or self.headers["Authorization"] == f"Bearer {server.token}"
            status, content = 401, b"You are not authenticated."
            if path in server.broken:
                status, content = server.broken[path]
            elif is_in and path.startswith(_FILES):
                status, content = server.pass_on(self.command, path.removeprefix(_FILES), sent)
            elif is_in:
                status, document = server.answer(path, body)
                content = json.dumps(document).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", content.decode())
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
