"""Three small warehouses with the same tables: a real PostgreSQL behind a TCP port, a SQLite file and a DuckDB file."""

import os
import select
import socket
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.engine import make_url

from services.connections.secrets import _open
from services.connections.settings import get_connection_settings
from services.connections.source import QueryLimits, Source

PASSWORD = "s3cret-canary-4711"
LIMITS = QueryLimits(seconds=2, max_rows=1000, max_bytes=10**8)
_TABLES = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, charges DOUBLE PRECISION, churn TEXT);
INSERT INTO customers VALUES (1, 'Anna', 20.5, 'No'), (2, 'Ben', NULL, 'Yes'), (3, 'Cleo', 70, 'No');
CREATE TABLE other (id INTEGER);
INSERT INTO other VALUES (1);
"""


class Wire:
    """A TCP port of this machine that leads to the socket of the test server, and counts who comes."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.n_accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            self.n_accepted += 1
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, socket.socket(socket.AF_UNIX) as far:
            far.connect(self._path)
            ways = {near: far, far: near}
            while True:
                for source in select.select(list(ways), [], [])[0]:
                    try:
                        content = source.recv(65536)
                        ways[source].sendall(content)
                    except OSError:
                        return
                    if not content:
                        return

    def close(self) -> None:
        """Accept nobody any more."""
        self._listener.close()


@dataclass
class Warehouse:
    """The PostgreSQL of the tests: how its owner reaches it, and how the portal does."""

    owner_url: str
    port: int
    suffix: str
    wire: Wire
    database: str = field(default="")

    def source(self, role: str = "reader", **changes: object) -> Source:
        """How the portal reaches it as one of the roles."""
        plain = Source(
            kind="postgresql",
            name="Warehouse",
            host="127.0.0.1",
            port=self.port,
            database=self.database,
            user_name=f"{role}_{self.suffix}",
            password=PASSWORD,
            allowed_hosts=("127.0.0.1",),
        )
        return replace(plain, **changes)  # type: ignore[arg-type]

    def run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """As the owner."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def warehouse(postgresql_server: str) -> Iterator[Warehouse]:
    """Made once; no test may change it, which is what the tests are about."""
    folder = conninfo_to_dict(postgresql_server).get("host")
    if not str(folder).startswith("/"):
        pytest.skip("the test server is not on a local socket")
    suffix = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"warehouse_{suffix}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {database}".encode())
        for role in ("reader", "writer"):
            connection.execute(f"DROP ROLE IF EXISTS {role}_{suffix}".encode())
            connection.execute(f"CREATE ROLE {role}_{suffix} LOGIN PASSWORD '{PASSWORD}'".encode())
        row = connection.execute("SHOW hba_file").fetchone()
        assert row is not None
        _demand_passwords(Path(str(row[0])))
        connection.execute("SELECT pg_reload_conf()")
    url = make_url(postgresql_server).set(database=database).render_as_string(hide_password=False)
    wire = Wire(f"{folder}/.s.PGSQL.5432")
    made = Warehouse(url, wire.port, suffix, wire, database)
    made.run(_TABLES)
    made.run(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader_{suffix}, writer_{suffix}")
    made.run(f"GRANT INSERT ON customers TO writer_{suffix}")
    yield made
    wire.close()


def _demand_passwords(hba: Path) -> None:
    rule = "local all /^(reader|writer)_ scram-sha-256\n"
    if rule not in hba.read_text():
        hba.write_text(rule + hba.read_text())


@pytest.fixture
def sqlite_source(tmp_path: Path) -> Source:
    """A SQLite file with the tables."""
    path = tmp_path / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(_TABLES)
    connection.close()
    return Source(kind="sqlite", name="Shop", path=str(path))


@pytest.fixture
def duckdb_source(tmp_path: Path) -> Source:
    """A DuckDB file with the tables."""
    path = tmp_path / "shop.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute(_TABLES)
    connection.close()
    return Source(kind="duckdb", name="Shop", path=str(path))


@pytest.fixture(params=["postgresql", "sqlite", "duckdb"])
def source(request: pytest.FixtureRequest) -> Source:
    """Each of the three, opened as the portal opens it."""
    if request.param == "postgresql":
        warehouse: Warehouse = request.getfixturevalue("warehouse")
        return warehouse.source()
    found: Source = request.getfixturevalue(f"{request.param}_source")
    return found


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings and keys of this test alone, with this machine on the list of hosts."""
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("PORTAL_CONNECTION_HOSTS", "127.0.0.1")
    _forget()
    yield
    _forget()


def _forget() -> None:
    get_connection_settings.cache_clear()
    _open.cache_clear()
