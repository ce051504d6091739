"""The composed application: every route of three frameworks has a keeper."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.routing import Route

from db.artifact_store import ArtifactStore
from db.session import reading, transaction
from portal.api.app import build_api
from portal.asgi import (
    NotMigratedError,
    UnsafeSettingsError,
    build_app,
    remember_portfolio,
    require_migrated,
    server_options,
)
from portal.guard.paths import is_public
from portal.settings import PortalSettings
from services.people.permissions import Role
from services.portfolio.records.queries import get_portfolio
from tests.makers_reviews import approve, make_case
from tests.portal.conftest import ROOT, Server

_LIST_ROUTES = """
import json
from portal.asgi import build_app
routes = build_app()._build_starlette_app().routes
print(json.dumps([(type(route).__name__, route.path, sorted(getattr(route, "methods", None) or ["GET", "POST"]))
                  for route in routes]))
"""


def _composed_routes() -> list[tuple[str, str, list[str]]]:
    """In a process of its own: Streamlit keeps one runtime for each process."""
    outcome = subprocess.run([sys.executable, "-c", _LIST_ROUTES], capture_output=True, text=True, check=True, cwd=ROOT)
    return [tuple(route) for route in json.loads(outcome.stdout.splitlines()[-1])]


def _api_routes() -> list[tuple[str, str]]:
    routes = _flatten(build_api().routes)
    return [(method, route.path) for route in routes for method in sorted((route.methods or set()) - {"HEAD"})]


def _flatten(routes: Iterable[object]) -> Iterator[Route]:
    """FastAPI keeps an included router as it is; its routes have their full paths already."""
    for route in routes:
        if isinstance(route, Route):
            yield route
        else:
            yield from _flatten(route.original_router.routes)  # type: ignore[attr-defined]  # an included router


def _example(path: str) -> str:
    return re.sub(r"{[^}]+}", "x", path) or "/"


@pytest.fixture(scope="module")
def composed() -> list[tuple[str, str, list[str]]]:
    return _composed_routes()


def test_the_list_of_routes_covers_all_three_frameworks(composed: list[tuple[str, str, list[str]]]) -> None:
    paths = {path for _, path, _ in composed}
    assert {"/sign-in", "/_stcore/upload_file/{session_id}/{file_id}", "/v2/{rest:path}"} <= paths
    assert {"/api/v1/projects/{project_id}", "/v2/health/ready"} <= {path for _, path in _api_routes()}
    assert any("/v2/models" in path for _, path in _api_routes())


def test_no_route_answers_nobody_unless_it_is_public(
    server: Server, composed: list[tuple[str, str, list[str]]]
) -> None:
    everything = [(method, path) for kind, path, methods in composed if kind != "WebSocketRoute" for method in methods]
    everything += _api_routes()
    assert len(everything) > 40
    with server.nobody(origin=server.url) as client:
        for method, path in everything:
            status = client.request(method, _example(path)).status_code
            assert is_public(_example(path)) or status == 401, f"{method} {path} answered {status}"


def test_no_public_route_tells_anything_but_its_form(
    server: Server, composed: list[tuple[str, str, list[str]]]
) -> None:
    public = {_example(path) for _, path, _ in composed if is_public(_example(path))}
    assert public == {"/sign-in", "/sign-in/page.css", "/set-up", "/invitation"}


def test_every_socket_is_one_the_guard_tests(composed: list[tuple[str, str, list[str]]]) -> None:
    assert [path for kind, path, _ in composed if kind == "WebSocketRoute"] == ["/_stcore/stream"]


@pytest.mark.parametrize("role", Role)
def test_an_outsider_of_any_role_gets_nothing_by_an_id(server: Server, role: str) -> None:
    with server.browser(server.sign_in(role).token) as client:
        for method, path in _api_routes():
            if "{" in path:
                status = client.request(method, _example(path), json={}).status_code
                assert status in {403, 404, 422}, f"{method} {path} answered {status}"


def test_unsafe_settings_are_not_served() -> None:
    with pytest.raises(UnsafeSettingsError, match="clear text"):
        build_app(PortalSettings(host="0.0.0.0"))  # noqa: S104 - the case in question


def test_the_portal_does_not_start_on_an_empty_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = "from portal.asgi import require_migrated; require_migrated()"
    outcome = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PORTAL_DATA_DIR": str(tmp_path), "PATH": ""},
    )
    assert "NotMigratedError: The database has no tables yet" in outcome.stderr
    assert "python -m portal migrate" in outcome.stderr


def test_the_portal_starts_on_a_migrated_database(engine: Engine) -> None:
    require_migrated()
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NotMigratedError, match="is at revision 9999"):
        require_migrated()


def test_forwarded_addresses_are_believed_from_named_proxies_only() -> None:
    assert server_options(PortalSettings())["proxy_headers"] is False
    options = server_options(PortalSettings(proxies=("10.0.0.1",)))
    assert (options["proxy_headers"], options["forwarded_allow_ips"]) == (True, ["10.0.0.1"])


def test_addresses_with_one_time_links_are_not_logged() -> None:
    assert server_options(PortalSettings())["access_log"] is False


def test_the_portfolio_is_read_beforehand(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        approve(session, case := make_case(session))
        owner = case.business
    remember_portfolio()
    monkeypatch.setattr(ArtifactStore, "get", _read_nothing)
    with reading() as session:
        (record,) = get_portfolio(session, actor=owner).records
    assert record.amount  # of the model's evaluation, which nobody had to read again


def test_nobody_waits_for_a_portal_whose_portfolio_cannot_be_read(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE initiative RENAME TO lost")
    remember_portfolio()
    assert "The portfolio could not be read beforehand. " in caplog.text
    assert "lost" not in caplog.text  # what an error says may be anybody's secret


def _read_nothing(store: ArtifactStore, digest: str) -> bytes:
    raise AssertionError(digest)
