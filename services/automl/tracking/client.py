"""MLflow's tracking server over its REST interface: the few calls an export and an import need.

The interface (2.0) is documented and stable; the library would bring some sixty packages with it. The host is resolved
and checked once, and every request goes to the address that was checked: no redirect is followed, no proxy of the
environment is asked.
"""

import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self
from urllib.parse import quote

import httpx

from services.automl.tracking.documents import clean_text
from services.automl.tracking.errors import NoFilesError, TrackingError
from services.automl.tracking.settings import TrackingSettings
from services.connections.address import Resolve, pin_address

_PREFIX = "/api/2.0/mlflow"
_FILES = "/api/2.0/mlflow-artifacts/artifacts"
_KEEPS_NO_FILES = (404, 405, 501, 503)  # what servers say that pass no files on
_MOST_PARAMS, _MOST_METRICS, _MOST_TAGS = 100, 900, 100  # of one batch: MLflow takes a thousand things
_LONGEST_PARAM, _LONGEST_TAG, _LONGEST_REASON = 500, 5_000, 300  # what older servers take
_MOST_BYTES = 50 * 1024 * 1024
_PAGE = 500
_PATIENCE = 20.0  # times the seconds of a request: a file is larger than an answer


class TrackingClient:
    """The tracking server of the settings.

    Parameters
    ----------
    allowed_hosts
        Entries of `PORTAL_CONNECTION_HOSTS`.
    transport, resolve
        Other ways to the server and to its address, for tests.

    Raises
    ------
    TrackingError
        The address cannot be used.
    AddressRefusedError
        The host is not on the list, or leads where the portal does not go.
    """

    def __init__(
        self,
        settings: TrackingSettings,
        allowed_hosts: Sequence[str],
        *,
        transport: httpx.BaseTransport | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        parts = settings.checked_url()
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        pinned = pin_address(host, port, allowed_hosts, resolve=resolve)
        self.address, self.host = settings.address, host
        self._seconds = settings.seconds
        self._base = f"{parts.scheme}://{f'[{pinned}]' if ':' in pinned else pinned}:{port}{parts.path.rstrip('/')}"
        self._extensions = {"sni_hostname": host} if parts.scheme == "https" else {}
        self._http = httpx.Client(
            transport=transport or httpx.HTTPTransport(verify=ssl.create_default_context(), trust_env=False),
            timeout=settings.seconds,
            auth=_basic(settings),
            headers={"Host": parts.netloc, "Accept-Encoding": "identity", **_bearer(settings)},
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def find_or_create_experiment(self, name: str) -> str:
        """The id of the experiment of this name."""
        answer = self._send("GET", "/experiments/get-by-name", params={"experiment_name": name}, missing_ok=True)
        if answer is not None:
            return str(_part(_part(answer, "experiment"), "experiment_id"))
        return str(_part(self._post("/experiments/create", {"name": name}), "experiment_id"))

    def create_run(self, experiment_id: str, name: str, *, started_at: int, tags: Mapping[str, str]) -> str:
        """A new run; returns its id. `started_at` counts milliseconds since 1970."""
        body = {
            "experiment_id": experiment_id,
            "run_name": name,
            "start_time": started_at,
            "tags": _pairs(tags, _LONGEST_TAG)[:_MOST_TAGS],
        }
        return str(_part(_part(_part(self._post("/runs/create", body), "run"), "info"), "run_id"))

    def log(
        self, run_id: str, *, params: Mapping[str, str], metrics: Sequence[tuple[str, float, int]], at: int
    ) -> None:
        """Parameters, and metrics as (key, value, step)."""
        named = _pairs(params, _LONGEST_PARAM)
        points = [{"key": key, "value": value, "timestamp": at, "step": step} for key, value, step in metrics]
        while named or points:
            batch = {"run_id": run_id, "params": named[:_MOST_PARAMS], "metrics": points[:_MOST_METRICS]}
            self._post("/runs/log-batch", batch)
            named, points = named[_MOST_PARAMS:], points[_MOST_METRICS:]

    def end_run(self, run_id: str, *, status: str, ended_at: int) -> None:
        """Close a run as FINISHED, FAILED or KILLED."""
        self._post("/runs/update", {"run_id": run_id, "status": status, "end_time": ended_at})

    def get_run(self, run_id: str) -> dict[str, Any]:
        """One run as the server describes it."""
        answer = self._send("GET", "/runs/get", params={"run_id": run_id}, missing_ok=True)
        if answer is None:
            raise TrackingError(f"The tracking server has no run {run_id}. Copy the id from the page of the run there.")
        run: dict[str, Any] = _part(answer, "run")
        return run

    def search_runs(self, experiment_id: str, filter_string: str, *, most: int) -> Iterator[dict[str, Any]]:
        """The first runs of an experiment that fit the filter, page by page."""
        token: Any = None
        n_found = 0
        while n_found < most:
            body: dict[str, Any] = {"experiment_ids": [experiment_id], "filter": filter_string, "max_results": _PAGE}
            answer = self._post("/runs/search", body | ({"page_token": token} if token else {}))
            found = answer.get("runs", [])[: most - n_found]
            yield from found
            n_found += len(found)
            token = answer.get("next_page_token")
            if not token or not found:
                return

    def metric_history(self, run_id: str, key: str) -> list[float]:
        """Every value of a metric in the order of its steps."""
        answer = self._send("GET", "/metrics/get-history", params={"run_id": run_id, "metric_key": key}) or {}
        points = sorted(answer.get("metrics", ()), key=lambda point: int(point.get("step", 0)))
        return [float(point["value"]) for point in points]

    def set_tag(self, run_id: str, key: str, value: str) -> None:
        """Write one tag of a run, anew where it has it."""
        self._post("/runs/set-tag", {"run_id": run_id, "key": key, "value": value})

    def put_file(self, path: str, content: bytes) -> None:
        """Write a file through the server, which passes it on to where it keeps them.

        Raises
        ------
        NoFilesError
            The server passes no files on.
        """
        self._check_file(*self._exchange("PUT", f"{_FILES}/{quote(path)}", content=content))

    def read_file(self, path: str, most_bytes: int, take: Callable[[bytes], object]) -> None:
        """Read a file through the server, if it has no more bytes than that; `take` is given piece by piece.

        Raises
        ------
        NoFilesError
            The server passes no files on.
        TrackingError
            It has no such file, or the file is too large or too slow: what was given of it is none.
        """
        status, content = self._exchange(
            "GET", f"{_FILES}/{quote(path)}", patience=_PATIENCE, most_bytes=most_bytes, take=take
        )
        if status == httpx.codes.NOT_FOUND:
            raise TrackingError(f"The tracking server at {self.address} does not have the file (404).")
        self._check_file(status, content)

    def _check_file(self, status: int, content: bytes) -> None:
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise TrackingError(self._locked_out(status))
        if status in _KEEPS_NO_FILES:
            raise NoFilesError(
                f"The tracking server at {self.address} passes no files on ({status}). Whoever runs it starts it with "
                "--serve-artifacts."
            )
        if not httpx.codes.is_success(status):
            raise TrackingError(f"The tracking server refused a file ({status}): {_reason(_document(content))}")

    def _locked_out(self, status: int) -> str:
        return (
            f"The tracking server at {self.address} does not let the portal in ({status}). Ask whoever runs the portal "
            "to check PORTAL_MLFLOW_TOKEN, or PORTAL_MLFLOW_USER and PORTAL_MLFLOW_PASSWORD."
        )

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._send("POST", path, json=dict(body)) or {}

    def _send(self, method: str, path: str, *, missing_ok: bool = False, **options: Any) -> dict[str, Any] | None:
        status, content = self._exchange(method, f"{_PREFIX}{path}", **options)
        document = _document(content)
        if status == httpx.codes.NOT_FOUND and missing_ok and document is not None:
            return None
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise TrackingError(self._locked_out(status))
        if document is None or httpx.codes.is_redirect(status):
            raise TrackingError(
                f"What answers at {self.address} is no tracking server. Check PORTAL_MLFLOW_URL, its path included."
            )
        if not httpx.codes.is_success(status):
            raise TrackingError(f"The tracking server refused {path} ({status}): {_reason(document)}")
        return document

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        patience: float = 2.0,
        most_bytes: int = _MOST_BYTES,
        take: Callable[[bytes], object] | None = None,
        **options: Any,
    ) -> tuple[int, bytes]:
        """Status and body of one request; where it succeeds and somebody takes the body, that is given away."""
        content = bytearray()
        try:
            with self._http.stream(method, f"{self._base}{path}", extensions=self._extensions, **options) as answer:
                if take is not None and answer.is_success:
                    self._read(answer, most_bytes, patience, take)
                else:  # what it says of an error has nothing to do with the size of a file
                    self._read(answer, _MOST_BYTES, patience, content.extend)
                return answer.status_code, bytes(content)
        except httpx.HTTPError as error:
            raise TrackingError(
                f"The tracking server at {self.address} does not answer ({type(error).__name__}). Is it running, and "
                "can the workers reach it?"
            ) from None

    def _read(self, answer: httpx.Response, most_bytes: int, patience: float, take: Callable[[bytes], object]) -> None:
        """Give the body piece by piece, if it is not too large and does not take too long in all."""
        n_bytes, deadline = 0, time.monotonic() + patience * self._seconds
        for piece in answer.iter_bytes():
            n_bytes += len(piece)
            if n_bytes > most_bytes or time.monotonic() > deadline:
                raise TrackingError(
                    f"The answer of {self.address} is too large or too slow. Nothing of it was taken over."
                )
            take(piece)


def _document(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _reason(document: Mapping[str, Any] | None) -> str:
    """Why the server refuses, as one line of plain signs: it is kept and shown."""
    return clean_text((document or {}).get("message") or "", _LONGEST_REASON) or "no reason given"


def _part(document: Mapping[str, Any], name: str) -> Any:
    try:
        return document[name]
    except (KeyError, TypeError):
        raise TrackingError(f"The answer of the tracking server lacks “{name}”. Is it one of MLflow?") from None


def _pairs(values: Mapping[str, str], longest: int) -> list[dict[str, str]]:
    return [{"key": key, "value": value[:longest]} for key, value in values.items()]


def _basic(settings: TrackingSettings) -> tuple[str, str] | None:
    password = settings.password.get_secret_value()
    return (settings.user, password) if password and not settings.token.get_secret_value() else None


def _bearer(settings: TrackingSettings) -> dict[str, str]:
    token = settings.token.get_secret_value()
    return {"Authorization": f"Bearer {token}"} if token else {}
