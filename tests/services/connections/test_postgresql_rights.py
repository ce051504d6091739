"""Rights: whatever a user could do beyond reading is found and named, also what they could become."""

import psycopg
import pytest

from services.connections.postgresql_rights import find_write_right
from tests.services.connections.conftest import Warehouse

GIVEN = {
    "ALTER ROLE {role} SUPERUSER": "is a superuser",
    "ALTER ROLE {role} CREATEROLE": "may create users",
    "ALTER ROLE {role} CREATEDB": "may create databases",
    "ALTER ROLE {role} REPLICATION": "may copy the whole server (replication)",
    "ALTER ROLE {role} BYPASSRLS": "bypasses row security",
    "GRANT pg_write_all_data TO {role}": "is a member of pg_write_all_data",
    "GRANT pg_write_server_files TO {role}": "is a member of pg_write_server_files",
    "GRANT pg_read_server_files TO {role}": "is a member of pg_read_server_files",
    "GRANT pg_execute_server_program TO {role} WITH INHERIT FALSE": "is a member of pg_execute_server_program",
    "GRANT INSERT ON customers TO {role}": "may insert rows in public.customers",
    "GRANT UPDATE (name) ON customers TO {role}": "may update rows in public.customers",
    "GRANT DELETE ON customers TO {role}": "may delete rows in public.customers",
    "GRANT TRUNCATE ON customers TO {role}": "may empty public.customers",
    "GRANT TRIGGER ON customers TO {role}": "may put triggers on public.customers",
    "GRANT DELETE ON other TO PUBLIC": "may delete rows in public.other",
    "ALTER TABLE other OWNER TO {role}": "owns public.other",
    "CREATE SEQUENCE numbers; GRANT UPDATE ON SEQUENCE numbers TO {role}": "may set the sequence public.numbers",
    "GRANT CREATE ON SCHEMA public TO {role}": "may create tables in the schema public",
    "GRANT CREATE ON DATABASE {database} TO {role}": "may create schemas in this database",
    "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {role}": "may run the function pg_read_file",
    "CREATE ROLE boss; GRANT UPDATE ON other TO boss; GRANT boss TO {role}": "may update rows in public.other",
}


@pytest.mark.parametrize("given", sorted(GIVEN))
def test_a_right_beyond_reading_is_named(warehouse: Warehouse, given: str) -> None:
    role = f"reader_{warehouse.suffix}"
    with psycopg.connect(warehouse.owner_url) as connection:
        connection.execute(given.format(role=role, database=warehouse.database).encode())
        connection.execute(f"SET LOCAL SESSION AUTHORIZATION {role}".encode())
        assert find_write_right(connection) == GIVEN[given]
        connection.rollback()


def test_a_reader_has_no_such_right(warehouse: Warehouse) -> None:
    with psycopg.connect(warehouse.owner_url) as connection:
        connection.execute(f"SET LOCAL SESSION AUTHORIZATION reader_{warehouse.suffix}".encode())
        assert find_write_right(connection) is None
        connection.rollback()
