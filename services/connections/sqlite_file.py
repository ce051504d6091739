"""Ask a SQLite file that somebody brought, without being able to change it or to reach another file.

The file is opened read-only and immutable; an authorizer, asked by SQLite for every step of a statement before it runs,
allows reading and functions and nothing else: no ATTACH, no PRAGMA, no extension.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from services.connections.errors import ConnectionFailedError, QueryFailedError, TooSlowError, UnusableCellsError
from services.connections.source import BATCH_ROWS, RawColumn, RawRows, Readable, Source

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_REFUSED_FUNCTIONS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "zeroblob", "randomblob"}
_STEPS = 20_000  # virtual machine instructions between two looks at the clock
_MAX_CELL_BYTES = 10 * 1024**2
_MAX_INTEGER = 2**63


@contextmanager
def reading(source: Source, statement: str, seconds: float) -> Iterator[RawRows]:
    """The rows of a checked statement.

    Raises
    ------
    ConnectionFailedError, QueryFailedError, UnusableCellsError
        As their sentences say.
    """
    with _opened(source.path, seconds) as connection, closing(connection.cursor()) as cursor:
        cursor.execute(statement)
        names = [column[0] for column in cursor.description or ()]
        yield RawRows(tuple(RawColumn(name, "loose") for name in names), _batches(cursor, names))


def list_readable(source: Source, seconds: float, most: int) -> tuple[str, list[Readable]]:
    """The engine in words, and the tables and views of the file."""
    listing = (
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    with _opened(source.path, seconds) as connection:
        names = [str(row[0]) for row in connection.execute(f"{listing} ORDER BY name LIMIT {int(most)}")]
        columns = [_column_names(connection, name) for name in names]
    return f"SQLite {sqlite3.sqlite_version}", [Readable(*pair) for pair in zip(names, columns, strict=True)]


def _column_names(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    quoted = table.replace('"', '""')
    cursor = connection.execute(f'SELECT * FROM "{quoted}" LIMIT 0')  # noqa: S608 - quoted as a name
    return tuple(column[0] for column in cursor.description)


@contextmanager
def _opened(path: str, seconds: float) -> Iterator[sqlite3.Connection]:
    until = time.monotonic() + seconds
    try:
        connection = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True, isolation_level=None)
    except sqlite3.Error:
        raise ConnectionFailedError("The file cannot be opened as a SQLite database. Bring it again.") from None
    try:
        _protect(connection, until)
        yield connection
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise QueryFailedError(_why_refused(error, seconds, is_late=time.monotonic() >= until)) from None
    except OverflowError:
        raise QueryFailedError("A value of the answer is too large to be read. Leave its column out.") from None
    finally:
        connection.close()


def _protect(connection: sqlite3.Connection, until: float) -> None:
    for setting in ("trusted_schema = OFF", "query_only = ON", "temp_store = MEMORY", "mmap_size = 0"):
        connection.execute(f"PRAGMA {setting}")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_CELL_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 200)
    connection.text_factory = _text
    connection.set_progress_handler(lambda: int(time.monotonic() >= until), _STEPS)
    connection.set_authorizer(_authorize)


def _authorize(action: int, _first: str | None, second: str | None, *_: str | None) -> int:
    is_function = action == sqlite3.SQLITE_FUNCTION and str(second).lower() not in _REFUSED_FUNCTIONS
    return sqlite3.SQLITE_OK if action in _ALLOWED or is_function else sqlite3.SQLITE_DENY


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise QueryFailedError(
            "A text in this file is not UTF-8, so it cannot be read without guessing. Leave its column out."
        ) from None


def _batches(cursor: sqlite3.Cursor, names: list[str]) -> Iterator[list[pa.Array]]:
    while rows := cursor.fetchmany(BATCH_ROWS):
        yield [_array(name, values) for name, values in zip(names, zip(*rows, strict=True), strict=True)]


def _array(name: str, values: tuple[Any, ...]) -> pa.Array:
    """SQLite types each value by itself: the narrowest array that holds all of this batch as they are."""
    found = {type(value) for value in values} - {type(None)}
    if bytes in found:
        raise UnusableCellsError(name, "bytes")
    if not found:
        return pa.nulls(len(values))
    if found == {int}:
        return pa.array(values, pa.int64())
    if found == {float}:
        return pa.array(values, pa.float64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _why_refused(error: Exception, seconds: float, *, is_late: bool) -> str:
    """Only messages that repeat what the person typed are passed on."""
    words = str(error)
    if is_late or "interrupted" in words:
        return TooSlowError(seconds).sentence
    if "not authorized" in words or "prohibited" in words:
        return "The query does more than read tables of this file, so it was refused. Nothing was changed."
    if words.startswith(("no such", "near ", "ambiguous column", "wrong number of arguments", "incomplete input")):
        return f"The database does not understand the query: {words[:200]}."
    if "not a database" in words or "malformed" in words or "encrypted" in words:
        return "The file is damaged or encrypted, so it cannot be read. Bring it again."
    return "The file could not answer the query. Check the names in it, then try again."
