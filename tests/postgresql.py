"""Databases of PostgreSQL for tests: copied from a migrated template, and emptied rather than copied between tests."""

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from db.engine import new_engine
from db.migrations import migrate

_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
_SHAPE = """
    SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
        SELECT concat_ws(' ', 'schema', nspname) AS line FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'
        UNION ALL SELECT concat_ws(' ', 'relation', oid::regclass, relkind) FROM pg_class WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', 'column', attrelid::regclass, attname, atttypid, attnotnull)
            FROM pg_attribute WHERE attrelid >= 16384
        UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', 'trigger', tgenabled, pg_get_triggerdef(oid))
            FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT concat_ws(' ', 'function', proname, prosrc) FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', 'version', version_num) FROM alembic_version
    ) AS lines
"""


def do_not_wait_for_the_disk(server_url: str) -> None:
    """Let a server that lives for the tests alone answer before its writes are safe from a power cut."""
    administration = _administration(server_url)
    with administration.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    administration.dispose()


class PostgresqlDatabases:
    """The databases of one test process on a server.

    To copy a template takes a quarter of a second, to empty thirty tables hundredths. A database that a test has given
    another shape (a schema, a table, a column, a constraint, a trigger) is copied anew.
    """

    def __init__(self, server_url: str, process: str) -> None:
        self._server = make_url(server_url).set(drivername="postgresql+psycopg")
        self._template, self._name = f"portal_template_{process}", f"portal_test_{process}"
        self._administration = _administration(server_url)
        self._inside: Engine | None = None
        self._shape, self._emptying = "", ""
        with self._administration.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {self._template}"))
        engine = new_engine(self._url_of(self._template))
        migrate(engine)
        engine.dispose()

    def fresh(self) -> str:
        """The URL of a migrated database without rows, which nobody else is connected to."""
        if self._inside is None or not self._empty(self._inside):
            if self._inside is not None:
                self._inside.dispose()
            self.copy(self._name)
            self._inside = create_engine(
                self._server.set(database=self._name), isolation_level="AUTOCOMMIT", pool_pre_ping=True
            )
            with self._inside.connect() as connection:
                tables = connection.execute(text(_TABLES)).scalars().all()
                self._shape = connection.execute(text(_SHAPE)).scalar_one()
            deletions = (f'DELETE FROM "{table}";' for table in tables)  # noqa: S608 - names of our own tables
            # A replica's rows are deleted without asking triggers and foreign keys.
            self._emptying = (
                f"SET session_replication_role = replica; {' '.join(deletions)} RESET session_replication_role"
            )
        return self._url_of(self._name)

    def copy(self, name: str) -> str:
        """The URL of a new database like the template."""
        with self._administration.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {self._template}"))
        return self._url_of(name)

    def dispose(self) -> None:
        """Close every connection."""
        for engine in (self._inside, self._administration):
            if engine is not None:
                engine.dispose()

    def _empty(self, inside: Engine) -> bool:
        """Take all rows out; False where the shape is another than that of the template."""
        with inside.connect() as connection:
            connection.execute(text(_OTHERS))
            if connection.execute(text(_SHAPE)).scalar_one() != self._shape:
                return False
            connection.exec_driver_sql(self._emptying)
        return True

    def _url_of(self, name: str) -> str:
        return self._server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)


def _administration(server_url: str) -> Engine:
    return create_engine(make_url(server_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
