"""A database to ask, as the child process gets it, and what an engine hands over: columns, and values in batches."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

Role = Literal["number", "decimal", "flag", "time", "text", "loose"]
BATCH_ROWS = 20_000
KINDS = {"postgresql": "PostgreSQL", "sqlite": "SQLite file", "duckdb": "DuckDB file"}


@dataclass(frozen=True, slots=True)
class Source:
    """Everything one engine needs to open a database. The password is never shown."""

    kind: str
    name: str
    host: str = ""
    port: int = 5432
    database: str = ""
    user_name: str = ""
    password: str = field(default="", repr=False)
    sslmode: str = "prefer"
    allowed_hosts: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What one query may use: seconds on the clock, rows, bytes of values; threads and MB where the engine is ours."""

    seconds: float
    max_rows: int
    max_bytes: int
    engine_memory_mb: int = 1024


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A column before its final type is known.

    `role` says what its arrays hold: int64 or float64 ("number"), exact numbers as text ("decimal"), booleans ("flag"),
    naive timestamps in microseconds ("time"), text ("text"), or any of these from batch to batch ("loose").
    """

    name: str
    role: Role
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawRows:
    """The answer to a query: its columns, and batches with one array per column."""

    columns: tuple[RawColumn, ...]
    batches: Iterator[list[pa.Array]]


@dataclass(frozen=True, slots=True)
class Readable:
    """A table or view that can be asked."""

    name: str
    columns: tuple[str, ...]
