"""Queries on all three engines: nothing is changed, no other file is read, the clock and the caps hold."""

import hashlib
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from services.connections import duckdb_file, postgresql, sqlite_file
from services.connections.errors import (
    ConnectionFailedError,
    QueryFailedError,
    UnusableCellsError,
    UnusableResultError,
)
from services.connections.fetching import fetch_table, preview_rows, try_source
from services.connections.source import QueryLimits, Source
from services.errors import PortalError
from tests.services.connections.attacks import ATTACKS
from tests.services.connections.conftest import LIMITS, Warehouse

CANARY = "canary-in-a-file-0815"
BROKEN = (b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096, b"\0" * 8 + b"DUCK" * 99)
ENDLESS = {
    "postgresql": "SELECT count(*) FROM generate_series(1, 100000000000) AS a",
    "sqlite": "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r",
    "duckdb": "SELECT count(*) FROM range(10000000) AS a, range(10000000) AS b",
}


def ask(source: Source, statement: str, tmp_path: Path, limits: QueryLimits = LIMITS) -> dict[str, list[object]]:
    """The answer as it would be kept."""
    target = tmp_path / "answer.parquet"
    fetch_table(source, statement, limits, target)
    columns: dict[str, list[object]] = pq.read_table(target).to_pydict()
    return columns


def read_unchecked(source: Source, statement: str) -> str:
    """Past the first line, straight to the engine: what it gives, as text."""
    engines = {"postgresql": postgresql.reading, "sqlite": sqlite_file.reading, "duckdb": duckdb_file.reading}
    with engines[source.kind](source, statement, 0.5) as raw:
        return str([array.to_pylist() for array in next(raw.batches, [])])


def state(source: Source, request: pytest.FixtureRequest) -> object:
    """Everything a statement could have changed."""
    if source.kind != "postgresql":
        folder = Path(source.path).parent
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
    warehouse: Warehouse = request.getfixturevalue("warehouse")
    return [
        warehouse.run("SELECT * FROM customers ORDER BY id"),
        warehouse.run("SELECT * FROM other"),
        warehouse.run("SELECT relname, relacl::text FROM pg_class WHERE relnamespace <> 11 ORDER BY oid"),
        warehouse.run("SELECT oid FROM pg_largeobject_metadata"),
        warehouse.run("SELECT count(*) FROM pg_proc"),
        warehouse.run("SELECT rolname, rolconfig::text FROM pg_roles ORDER BY 1"),
    ]


@pytest.mark.parametrize("is_checked", [True, False], ids=["checked", "past the first line"])
def test_no_attack_changes_or_reads_anything(
    source: Source, is_checked: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(CANARY)
    before = state(source, request)
    answered = []
    for attack in ATTACKS:
        statement = attack.format(canary=canary) if "{canary}" in attack else attack
        try:
            found = str(preview_rows(source, statement, LIMITS)) if is_checked else read_unchecked(source, statement)
        except PortalError as error:
            assert CANARY not in error.sentence
            continue
        assert CANARY not in found, attack
        answered.append(attack)
    assert state(source, request) == before
    assert not is_checked or answered == []


def test_rows_keep_their_types(source: Source, tmp_path: Path) -> None:
    found = ask(source, "SELECT * FROM customers ORDER BY id", tmp_path)
    assert found == {
        "id": [1, 2, 3],
        "name": ["Anna", "Ben", "Cleo"],
        "charges": [20.5, None, 70.0],
        "churn": ["No", "Yes", "No"],
    }
    assert {type(value) for value in found["id"]} == {int}


def test_the_same_rows_have_the_same_hash_on_every_engine(
    warehouse: Warehouse, sqlite_source: Source, duckdb_source: Source, tmp_path: Path
) -> None:
    statement, target = "SELECT id, name, charges FROM customers ORDER BY id", tmp_path / "answer.parquet"
    sources = (warehouse.source(), sqlite_source, duckdb_source)
    hashes = {fetch_table(source, statement, LIMITS, target).row_sha256 for source in sources}
    csv = b'"id","name","charges"\n1,"Anna",20.5\n2,"Ben",\n3,"Cleo",70\n'
    assert hashes == {hashlib.sha256(csv).hexdigest()}


def test_another_order_or_another_value_is_another_hash(source: Source, tmp_path: Path) -> None:
    target = tmp_path / "answer.parquet"
    statements = (
        "SELECT id FROM customers ORDER BY id",
        "SELECT id FROM customers ORDER BY id DESC",
        "SELECT id AS nr FROM customers ORDER BY id",
        "SELECT id + 1 AS id FROM customers ORDER BY id",
    )
    assert len({fetch_table(source, statement, LIMITS, target).row_sha256 for statement in statements}) == 4


def test_a_query_is_ended_by_the_clock(source: Source, tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(QueryFailedError, match="took longer than 1 seconds"):
        ask(source, ENDLESS[source.kind], tmp_path, QueryLimits(1, 10, 10**6))
    assert time.monotonic() - started < 5


def test_more_rows_than_the_cap_are_refused_and_never_cut(source: Source, tmp_path: Path) -> None:
    statement = "SELECT a.id FROM customers a, customers b, customers c"
    assert len(ask(source, statement, tmp_path, QueryLimits(2, 27, 10**6))["id"]) == 27
    with pytest.raises(UnusableResultError, match=r"more than 26 rows.*Nothing was kept.*GROUP BY"):
        ask(source, statement, tmp_path, QueryLimits(2, 26, 10**6))
    with pytest.raises(UnusableResultError, match="MB"):
        ask(source, statement, tmp_path, QueryLimits(2, 1000, 100))


def test_a_preview_shows_twenty_rows_of_many(source: Source) -> None:
    preview = preview_rows(source, "SELECT a.id, a.name FROM customers a, customers b, customers c, other", LIMITS)
    assert preview.columns == ("id", "name")
    assert len(preview.rows) == 20


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("SELECT id, id FROM customers", "Two columns are called “id”"),
        ("SELECT * FROM customers WHERE id > 99", "no rows at all"),
        ('SELECT id AS " " FROM customers', "no name"),
    ],
)
def test_an_answer_that_is_no_table_is_refused(source: Source, statement: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableResultError, match=words):
        ask(source, statement, tmp_path)


@pytest.mark.parametrize("statement", ["SELECT * FROM nowhere", "SELECT nothing FROM customers", "SELECT FROM WHERE"])
def test_a_mistake_in_the_query_is_explained(source: Source, statement: str, tmp_path: Path) -> None:
    with pytest.raises(QueryFailedError, match="does not understand the query: "):
        ask(source, statement, tmp_path)


def test_an_error_never_repeats_a_value_of_the_table(source: Source, tmp_path: Path) -> None:
    with pytest.raises(PortalError) as caught:
        ask(source, "SELECT CAST(name AS DATE) / 0 AS x FROM customers WHERE abs(name) > 0", tmp_path)
    with pytest.raises(PortalError) as second:
        if source.kind == "sqlite":
            raise PortalError("SQLite reads any text as a number.")
        ask(source, "SELECT CAST(name AS INTEGER) AS x FROM customers", tmp_path)
    assert "Anna" not in caught.value.sentence + second.value.sentence


def test_a_test_says_what_can_be_read(source: Source) -> None:
    server, tables = try_source(source, LIMITS)
    assert server.startswith(("PostgreSQL", "SQLite", "DuckDB"))
    assert [table.name for table in tables] == ["customers", "other"]
    assert tables[0].columns == ("id", "name", "charges", "churn")


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
@pytest.mark.parametrize(
    "content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096, b"\0" * 8 + b"DUCK" * 99]
)
def test_a_file_that_is_no_database_is_refused(kind: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises((ConnectionFailedError, QueryFailedError)):
        ask(Source(kind=kind, name="x", path=str(path)), "SELECT * FROM customers", tmp_path)
    assert path.read_bytes() == content


def test_bytes_and_lists_are_refused_by_the_name_of_their_column(source: Source, tmp_path: Path) -> None:
    made = {
        "postgresql": (
            "SELECT 1 AS fine, '\\x00'::bytea AS odd",
            "SELECT ARRAY[1, 2] AS odd",
            "SELECT ROW(1, 2) AS odd",
        ),
        "sqlite": ("SELECT 1 AS fine, x'00' AS odd",),
        "duckdb": ("SELECT 1 AS fine, 'a'::BLOB AS odd", "SELECT [1] AS odd", "SELECT {'a': 1} AS odd"),
    }
    for statement in made[source.kind]:
        with pytest.raises(UnusableCellsError, match="Column “odd” holds"):
            ask(source, statement, tmp_path)
