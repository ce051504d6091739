"""Every test finds an empty database of the migrated shape, whatever the one before has done to it."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from db.engine import new_engine
from db.session import transaction
from services.people.permissions import Role
from tests.makers import make_actor
from tests.postgresql import PostgresqlDatabases

IDENTITY = "SELECT oid FROM pg_database WHERE datname = current_database()"
COUNT = "SELECT count(*) FROM user_account"


def run(url: str, *statements: str) -> list[object]:
    """Run statements; the first column of what the last one gives."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    try:
        with engine.begin() as connection:
            for statement in statements:
                result = connection.execute(text(statement))
            return list(result.scalars()) if result.returns_rows else []
    finally:
        engine.dispose()


def test_rows_of_the_test_before_are_gone(postgresql_databases: PostgresqlDatabases) -> None:
    url = postgresql_databases.fresh()
    before = run(url, IDENTITY)
    engine = new_engine(url)
    with transaction(engine) as session:
        make_actor(session, Role.BUSINESS)
    engine.dispose()
    assert run(url, COUNT) == [1]
    assert postgresql_databases.fresh() == url
    assert run(url, COUNT) == [0]
    assert run(url, IDENTITY) == before


@pytest.mark.parametrize(
    "change",
    [
        "CREATE SCHEMA other",
        "CREATE TABLE other (a int)",
        "ALTER TABLE project ADD COLUMN other int",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "UPDATE alembic_version SET version_num = 'other'",
    ],
)
def test_another_shape_is_replaced(postgresql_databases: PostgresqlDatabases, change: str) -> None:
    url = postgresql_databases.fresh()
    before = run(url, IDENTITY)
    run(url, change)
    assert run(postgresql_databases.fresh(), IDENTITY) != before


def test_whoever_is_still_connected_is_sent_away(postgresql_databases: PostgresqlDatabases) -> None:
    url = postgresql_databases.fresh()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE alembic_version"))
        postgresql_databases.fresh()
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))
    engine.dispose()
