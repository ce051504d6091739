"""Ask a PostgreSQL server without being able to change it.

Four walls, each enough for most attacks: the user may only read (`postgresql_rights`), the transaction is REPEATABLE
READ and READ ONLY and has its snapshot before the query runs, the query travels alone inside DECLARE CURSOR, which
takes nothing but a SELECT, and this side ends it by the clock.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import errors as refusals
from psycopg.postgres import types as known_types
from psycopg.types.string import TextLoader

from services.connections.address import Resolve, pin_address
from services.connections.errors import ConnectionFailedError, QueryFailedError, TooSlowError, UnusableCellsError
from services.connections.postgresql_rights import require_reader
from services.connections.source import BATCH_ROWS, RawColumn, RawRows, Readable, Role, Source

CONNECT_SECONDS = 10
_INTEGERS, _FLOATS, _NUMERIC, _FLAG, _BYTES = (20, 21, 23, 26), (700, 701), 1700, 16, 17
_DATE, _TIME, _TIME_WITH_ZONE = 1082, 1114, 1184
_NATIVE = {*_INTEGERS, *_FLOATS, _FLAG, _DATE, _TIME, _TIME_WITH_ZONE}
_AS_TEXT = {114: "JSON", 3802: "JSON", 1186: "an interval", 1083: "a time of day", 1266: "a time of day"}
_TYPES = "SELECT oid, typname, typcategory, typtype FROM pg_catalog.pg_type WHERE oid = ANY(%s)"
_READABLE = r"""
SELECT n.nspname, c.relname, string_agg(a.attname, E'\n' ORDER BY a.attnum)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\_toast%%' AND has_schema_privilege(n.oid, 'USAGE')
  AND has_column_privilege(c.oid, a.attnum, 'SELECT')
GROUP BY n.nspname, c.relname ORDER BY n.nspname, c.relname LIMIT %s
"""


@contextmanager
def reading(source: Source, statement: str, seconds: float) -> Iterator[RawRows]:
    """The rows of a checked statement, in a transaction that is always rolled back.

    Raises
    ------
    AddressRefusedError, ConnectionFailedError, WritableRoleError, QueryFailedError, UnusableCellsError
        As their sentences say.
    """
    with (
        _connected(source, seconds) as connection,
        _by_the_clock(connection, seconds),
        connection.cursor(name="portal") as cursor,
    ):
        cursor.execute(statement.encode())
        columns, types = _columns(connection, cursor)
        yield RawRows(columns, _batches(cursor, types))


def list_readable(source: Source, seconds: float, most: int) -> tuple[str, list[Readable]]:
    """The server in words, and the tables this user may read, in order of their names."""
    with _connected(source, seconds) as connection, _by_the_clock(connection, seconds):
        rows = connection.execute(_READABLE, (most,)).fetchall()
        version = connection.info.server_version // 10_000
        named = [(t if schema == "public" else f"{schema}.{t}", tuple(names.split("\n"))) for schema, t, names in rows]
        return f"PostgreSQL {version}", [Readable(name, columns) for name, columns in named]


def connect(source: Source, seconds: float, *, resolve: Resolve | None = None) -> "psycopg.Connection[Any]":
    """A connection to the checked address in a read-only state.

    Raises
    ------
    AddressRefusedError, ConnectionFailedError
        The host is out of bounds, does not answer, or does not let this user in.
    """
    address = pin_address(source.host, source.port, source.allowed_hosts, resolve=resolve)
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # this process is a child of its own: nothing of its surroundings decides where to connect
    protection: dict[str, Any] = {}
    if not source.sslmode.startswith(("require", "verify")):
        protection["require_auth"] = "scram-sha-256,md5,none"  # never the password itself over an open wire
    try:
        connection: psycopg.Connection[Any] = psycopg.connect(
            host=source.host,
            hostaddr=address,
            port=source.port,
            dbname=source.database,
            user=source.user_name,
            password=source.password,
            sslmode=source.sslmode,
            gssencmode="disable",
            passfile=os.devnull,
            connect_timeout=CONNECT_SECONDS,
            application_name="Drivetrain Portal",
            **protection,
        )
    except psycopg.Error as error:
        raise ConnectionFailedError(_why_not(error)) from None
    _make_read_only(connection, seconds)
    return connection


def _make_read_only(connection: "psycopg.Connection[Any]", seconds: float) -> None:
    connection.autocommit = True
    milliseconds = max(1, int(seconds * 1000))
    names = {
        "default_transaction_read_only": "on",
        "statement_timeout": str(milliseconds),
        "lock_timeout": "5000",
        "idle_in_transaction_session_timeout": str(milliseconds + 60_000),
        "TimeZone": "UTC",
        "DateStyle": "ISO, YMD",
        "extra_float_digits": "1",
    }
    if connection.info.server_version >= 140_000:
        names["client_connection_check_interval"] = "2000"  # a query whose asker is gone ends
    for name, value in names.items():
        connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, value))
    connection.autocommit = False
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    for known in known_types:
        for oid in (known.oid, known.array_oid):
            if oid and oid not in _NATIVE:
                connection.adapters.register_loader(oid, TextLoader)


@contextmanager
def _connected(source: Source, seconds: float) -> Iterator["psycopg.Connection[Any]"]:
    connection = connect(source, seconds)
    try:
        require_reader(connection, source.user_name)  # the first statement: from here on the snapshot stands
        yield connection
    except psycopg.Error as error:
        raise QueryFailedError(_why_refused(error, seconds)) from None
    finally:
        connection.close()


@contextmanager
def _by_the_clock(connection: "psycopg.Connection[Any]", seconds: float) -> Iterator[None]:
    """Whatever a query does to its own time limit, this one it cannot reach."""
    timer = threading.Timer(seconds, lambda: connection.cancel_safe(timeout=CONNECT_SECONDS))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _columns(
    connection: "psycopg.Connection[Any]", cursor: "psycopg.ServerCursor[Any]"
) -> tuple[tuple[RawColumn, ...], list[int]]:
    described = cursor.description or []
    found = connection.execute(_TYPES, ([column.type_code for column in described],)).fetchall()
    kinds = {int(oid): (str(name), str(category), str(kind)) for oid, name, category, kind in found}
    columns = tuple(_column(column.name, column.type_code, *kinds[column.type_code]) for column in described)
    return columns, [column.type_code for column in described]


def _column(name: str, oid: int, type_name: str, category: str, kind: str) -> RawColumn:
    if oid == _BYTES or category == "A" or kind in ("c", "p"):
        what = "bytes" if oid == _BYTES else "a list" if category == "A" else "several values in one"
        raise UnusableCellsError(name, f"{what} ({type_name.lstrip('_')})")
    role: Role = "text"
    notes: tuple[str, ...] = ()
    if oid in (*_INTEGERS, *_FLOATS):
        role = "number"
    elif oid == _NUMERIC:
        role = "decimal"
    elif oid == _FLAG:
        role = "flag"
    elif oid in (_DATE, _TIME, _TIME_WITH_ZONE):
        role = "time"
        notes = ("Times are in UTC.",) if oid == _TIME_WITH_ZONE else ()
    elif oid in _AS_TEXT:
        notes = (f"It was {_AS_TEXT[oid]} in the database and is kept as text.",)
    return RawColumn(name, role, notes)


def _batches(cursor: "psycopg.ServerCursor[Any]", types: list[int]) -> Iterator[list[pa.Array]]:
    while rows := cursor.fetchmany(BATCH_ROWS):
        yield [_array(values, oid) for values, oid in zip(zip(*rows, strict=True), types, strict=True)]


def _array(values: tuple[Any, ...], oid: int) -> pa.Array:
    if oid in _INTEGERS:
        return pa.array(values, pa.int64())
    if oid in _FLOATS:
        return pa.array(values, pa.float64())
    if oid == _FLAG:
        return pa.array(values, pa.bool_())
    if oid == _TIME_WITH_ZONE:
        return pa.array(values, pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us"))
    if oid in (_DATE, _TIME):
        return pa.array(values, pa.date32() if oid == _DATE else pa.timestamp("us")).cast(pa.timestamp("us"))
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _why_not(error: psycopg.Error) -> str:
    """Never the server's own words: they may repeat what was sent."""
    words = str(error).lower()
    if isinstance(error, refusals.InvalidPassword) or "password authentication failed" in words:
        return "The database does not accept this user with this password. Check both."
    if "authentication" in words or "require_auth" in words:
        return (
            "The database wants a way of signing in that the portal does not use without TLS. Allow scram-sha-256 for "
            "this user, or insist on TLS (PORTAL_CONNECTION_SSLMODE)."
        )
    if "does not exist" in words:
        return "There is no such database or user on this server. Check the names."
    if "ssl" in words or "certificate" in words:
        return "The server's TLS certificate or its offer of TLS is not what PORTAL_CONNECTION_SSLMODE asks for."
    if "pg_hba" in words:
        return "The server does not let this user in from here. Ask its administrator to allow the portal's address."
    return "The server does not answer at this host and port. Check both, and that a firewall lets the portal through."


def _why_refused(error: psycopg.Error, seconds: float) -> str:
    """Class 42 (syntax and names) repeats only what the person typed; other messages may hold a value."""
    state = error.sqlstate or ""
    if isinstance(error, refusals.QueryCanceled):
        return TooSlowError(seconds).sentence
    if isinstance(error, refusals.InsufficientPrivilege):
        return "The user of this connection may not read one of the tables, or run one of the functions, of this query."
    if state.startswith("42") and error.diag.message_primary:
        return f"The database does not understand the query: {error.diag.message_primary[:200]}."
    if isinstance(error, refusals.ReadOnlySqlTransaction):
        return "The query would change something, so the database refused it. Nothing was changed."
    if state.startswith("22") or isinstance(error, psycopg.DataError):
        return "A value could not be calculated or does not fit, such as a division by zero or a date out of range."
    if isinstance(error, psycopg.OperationalError):
        return "The database ended the connection before the query was answered. Try again."
    return f"The database refused the query (code {state or 'unknown'}). Nothing was changed."
