"""Ask a DuckDB file that somebody brought, without being able to change it or to reach another file.

The file is opened read-only, without access to anything outside of it, and the configuration is locked; DuckDB itself
says of which type a statement is, before it runs.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from services.connections.errors import (
    ConnectionFailedError,
    QueryFailedError,
    StatementRefusedError,
    TooSlowError,
    UnusableCellsError,
)
from services.connections.source import BATCH_ROWS, RawColumn, RawRows, Readable, Role, Source

_OF_ITSELF = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)  # repeat only what was typed
_TABLES = """
SELECT schema_name, table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
WHERE NOT internal GROUP BY schema_name, table_name ORDER BY schema_name, table_name LIMIT ?
"""


@contextmanager
def reading(source: Source, statement: str, seconds: float, *, memory_mb: int = 1024) -> Iterator[RawRows]:
    """The rows of a checked statement.

    Raises
    ------
    ConnectionFailedError, StatementRefusedError, QueryFailedError, UnusableCellsError
        As their sentences say.
    """
    with _opened(source.path, seconds, memory_mb) as connection:
        found = connection.extract_statements(statement)
        if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
            raise StatementRefusedError("Only one query that reads is allowed. Begin with SELECT or WITH.")
        answer = connection.sql(statement)
        if answer is None:
            raise StatementRefusedError("The statement gives no rows. Begin with SELECT or WITH.")
        reader = answer.to_arrow_reader(BATCH_ROWS)
        columns = tuple(_column(field) for field in reader.schema)
        yield RawRows(columns, _batches(reader, columns))


def list_readable(source: Source, seconds: float, most: int, *, memory_mb: int = 1024) -> tuple[str, list[Readable]]:
    """The engine in words, and the tables and views of the file."""
    with _opened(source.path, seconds, memory_mb) as connection:
        rows = connection.execute(_TABLES, [most]).fetchall()
    named = [(table if schema == "main" else f"{schema}.{table}", tuple(names)) for schema, table, names in rows]
    return f"DuckDB {duckdb.__version__}", [Readable(name, columns) for name, columns in named]


@contextmanager
def _opened(path: str, seconds: float, memory_mb: int) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        connection = duckdb.connect(path, read_only=True, config=_configuration(memory_mb))
    except duckdb.Error:
        raise ConnectionFailedError(
            f"The file cannot be opened as a DuckDB database: it is damaged, encrypted, or of a version that DuckDB "
            f"{duckdb.__version__} does not read. Bring it again."
        ) from None
    ended = threading.Event()

    def end() -> None:
        ended.set()
        connection.interrupt()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield connection
    except duckdb.Error as error:
        raise QueryFailedError(_why_refused(error, seconds, is_late=ended.is_set())) from None
    finally:
        timer.cancel()
        connection.close()


def _configuration(memory_mb: int) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_unsigned_extensions": "false",
        "memory_limit": f"{memory_mb}MB",
        "threads": "1",
        "temp_directory": "",
        "lock_configuration": "true",
    }


def _column(field: pa.Field) -> RawColumn:
    kind = field.type
    if pa.types.is_boolean(kind):
        return RawColumn(field.name, "flag")
    if pa.types.is_decimal(kind) or pa.types.is_uint64(kind):
        return RawColumn(field.name, "decimal")
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return RawColumn(field.name, "number")
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        zoned = pa.types.is_timestamp(kind) and kind.tz is not None
        return RawColumn(field.name, "time", ("Times are in UTC.",) if zoned else ())
    if pa.types.is_string(kind) or pa.types.is_dictionary(kind) or pa.types.is_null(kind):
        return RawColumn(field.name, "text")
    if pa.types.is_time(kind):
        return RawColumn(field.name, "text", ("It was a time of day in the database and is kept as text.",))
    raise UnusableCellsError(field.name, _in_words(kind))


def _in_words(kind: pa.DataType) -> str:
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return "bytes"
    return "an interval" if pa.types.is_interval(kind) else "several values in one"


def _batches(reader: pa.RecordBatchReader, columns: tuple[RawColumn, ...]) -> Iterator[list[pa.Array]]:
    for batch in reader:
        yield [_array(array, column.role) for array, column in zip(batch.columns, columns, strict=True)]


def _array(array: pa.Array, role: Role) -> pa.Array:
    if role == "number":
        return array.cast(pa.float64() if pa.types.is_floating(array.type) else pa.int64())
    if role == "time":
        return array.cast(pa.timestamp("us", tz=getattr(array.type, "tz", None)), safe=False).cast(pa.timestamp("us"))
    return array if role == "flag" else array.cast(pa.string())


def _why_refused(error: duckdb.Error, seconds: float, *, is_late: bool) -> str:
    if is_late or isinstance(error, duckdb.InterruptException):
        return TooSlowError(seconds).sentence
    if isinstance(error, duckdb.PermissionException):
        return "The query reaches outside of this file, so it was refused. Nothing was read or changed."
    if isinstance(error, duckdb.OutOfMemoryException):
        return "The query needs more memory than one may use. Ask for fewer rows, or narrow it with WHERE."
    if isinstance(error, _OF_ITSELF):
        first = str(error).splitlines()[0].split("Error: ", 1)[-1]
        return f"The database does not understand the query: {first[:200]}."
    return (
        "The file could not answer the query: a value does not fit, or it asks for something that only a writer may do."
    )
