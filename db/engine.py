"""One engine per process, with the two databases made to behave alike."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

from db.settings import get_database_settings

READ_ONLY = "portal_read_only"
BUSY_TIMEOUT_MILLISECONDS = 10_000


def new_engine(database_url: str) -> Engine:
    """An engine for SQLite or PostgreSQL (`postgresql://` is read as psycopg).

    SQLite: write-ahead log, every write transaction takes the write lock at BEGIN (a deferred BEGIN fails under
    concurrent read-modify-write whatever the busy timeout), durability FULL.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=10, max_overflow=20
        )
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MILLISECONDS / 1000})
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_sqlite_transaction)
    return engine


@lru_cache
def get_engine(database_url: str | None = None) -> Engine:
    """The process-wide engine of `database_url`, by default the configured one."""
    return new_engine(database_url or get_database_settings().database_url)


def _prepare_sqlite_connection(dbapi_connection: Any, _record: ConnectionPoolEntry) -> None:
    dbapi_connection.isolation_level = None  # the driver must not begin by itself: the event below does
    cursor = dbapi_connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite_transaction(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
