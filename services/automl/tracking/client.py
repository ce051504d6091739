"""MLflow's tracking server over its REST interface: the few calls an export and an import need.

The interface (2.0) is documented and stable; the library would bring some sixty packages with it. The host is resolved
and checked once, and every request goes to the address that was checked: no redirect is followed, no proxy of the
environment is asked.
"""

import json
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import httpx

from services.automl.tracking.errors import TrackingError
from services.automl.tracking.settings import TrackingSettings
from services.connections.address import Resolve, pin_address

_PREFIX = "/api/2.0/mlflow"
_MOST_PARAMS, _MOST_METRICS, _MOST_TAGS = 100, 900, 100  # of one batch: MLflow takes a thousand things
_LONGEST_PARAM, _LONGEST_TAG, _LONGEST_REASON = 500, 5_000, 300  # what older servers take
_MOST_BYTES = 50 * 1024 * 1024
_PAGE = 500


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
        self.address = settings.address
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

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._send("POST", path, json=dict(body)) or {}

    def _send(self, method: str, path: str, *, missing_ok: bool = False, **options: Any) -> dict[str, Any] | None:
        try:
            with self._http.stream(
                method, f"{self._base}{_PREFIX}{path}", extensions=self._extensions, **options
            ) as answer:
                content = self._read(answer)
        except httpx.HTTPError as error:
            raise TrackingError(
                f"The tracking server at {self.address} does not answer ({type(error).__name__}). Is it running, and "
                "can the workers reach it?"
            ) from None
        document = _document(content)
        if answer.status_code == httpx.codes.NOT_FOUND and missing_ok and document is not None:
            return None
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise TrackingError(
                f"The tracking server at {self.address} does not let the portal in ({answer.status_code}). Ask whoever "
                "runs the portal to check PORTAL_MLFLOW_TOKEN, or PORTAL_MLFLOW_USER and PORTAL_MLFLOW_PASSWORD."
            )
        if document is None or answer.is_redirect:
            raise TrackingError(
                f"What answers at {self.address} is no tracking server. Check PORTAL_MLFLOW_URL, its path included."
            )
        if not answer.is_success:
            reason = str(document.get("message") or "no reason given")[:_LONGEST_REASON]
            raise TrackingError(f"The tracking server refused {path} ({answer.status_code}): {reason}")
        return document

    def _read(self, answer: httpx.Response) -> bytes:
        """The body, if it is not too large and does not take too long in all."""
        content, deadline = bytearray(), time.monotonic() + 2 * self._seconds
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > _MOST_BYTES or time.monotonic() > deadline:
                raise TrackingError(
                    f"The answer of {self.address} is too large or too slow. Nothing of it was taken over."
                )
        return bytes(content)


def _document(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


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
