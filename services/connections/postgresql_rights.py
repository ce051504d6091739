"""Whether a PostgreSQL user can only read: asked of the server before every query, as rights change.

Only rights stop a determined query: a read-only transaction is a wish of the session. Whatever the user could become by
SET ROLE counts as theirs.
"""

from typing import Any

import psycopg

from services.connections.errors import WritableRoleError

_ME = "SELECT oid FROM pg_catalog.pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')"
_ATTRIBUTES = """
SELECT bool_or(rolsuper), bool_or(rolcreaterole), bool_or(rolcreatedb), bool_or(rolreplication), bool_or(rolbypassrls)
FROM pg_catalog.pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')
"""
_ATTRIBUTE_WORDS = (
    "is a superuser",
    "may create users",
    "may create databases",
    "may copy the whole server (replication)",
    "bypasses row security",
)
_MEMBERSHIPS = """
SELECT rolname FROM pg_catalog.pg_roles
WHERE rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program', 'pg_read_server_files',
  'pg_signal_backend', 'pg_create_subscription', 'pg_maintain', 'pg_checkpoint', 'pg_database_owner')
  AND pg_has_role(current_user, oid, 'MEMBER') ORDER BY rolname LIMIT 1
"""
_TABLES = f"""
WITH me AS ({_ME}), thing AS (
  SELECT c.oid, n.nspname, c.relname, c.relowner FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname !~ '^pg_(toast|temp)')
SELECT verb, nspname, relname FROM (
  SELECT 1 AS rank, 'owns' AS verb, nspname, relname FROM thing JOIN me ON me.oid = relowner
  UNION ALL
  SELECT 2, 'may ' || lower(verb) || ' rows in', nspname, relname
  FROM thing CROSS JOIN me CROSS JOIN (VALUES ('INSERT'), ('UPDATE')) AS verbs (verb)
  WHERE has_any_column_privilege(me.oid, thing.oid, verb)
  UNION ALL
  SELECT 3, CASE verb WHEN 'TRIGGER' THEN 'may put triggers on' WHEN 'DELETE' THEN 'may delete rows in'
    ELSE 'may empty' END, nspname, relname
  FROM thing CROSS JOIN me CROSS JOIN (VALUES ('DELETE'), ('TRUNCATE'), ('TRIGGER')) AS verbs (verb)
  WHERE has_table_privilege(me.oid, thing.oid, verb)
) AS found ORDER BY rank, verb, nspname, relname LIMIT 1
"""  # noqa: S608 - constants only
_SEQUENCES = f"""
WITH me AS ({_ME})
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN me WHERE c.relkind = 'S' AND n.nspname !~ '^pg_' AND has_sequence_privilege(me.oid, c.oid, 'UPDATE')
ORDER BY 1, 2 LIMIT 1
"""  # noqa: S608 - constants only
_SCHEMAS = f"""
WITH me AS ({_ME})
SELECT nspname FROM pg_catalog.pg_namespace n CROSS JOIN me
WHERE nspname !~ '^pg_(toast|temp)' AND has_schema_privilege(me.oid, n.oid, 'CREATE') ORDER BY nspname LIMIT 1
"""  # noqa: S608 - constants only
_DATABASE = f"""
WITH me AS ({_ME}) SELECT 1 FROM me WHERE has_database_privilege(me.oid, current_database(), 'CREATE') LIMIT 1
"""  # noqa: S608 - constants only
_FUNCTIONS = f"""
WITH me AS ({_ME})
SELECT p.proname FROM pg_catalog.pg_proc p CROSS JOIN me
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname IN ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir',
  'pg_stat_file', 'lo_import', 'lo_export', 'pg_reload_conf', 'pg_rotate_logfile', 'pg_promote')
  AND has_function_privilege(me.oid, p.oid, 'EXECUTE') ORDER BY p.proname LIMIT 1
"""  # noqa: S608 - constants only


def require_reader(connection: "psycopg.Connection[Any]", user_name: str) -> None:
    """Pass where the user of the connection can only read.

    Raises
    ------
    WritableRoleError
        It can do more; the sentence names the first right found.
    """
    right = find_write_right(connection)
    if right:
        raise WritableRoleError(
            f"The user {user_name} {right}. The portal connects only as a user who can do nothing but read: ask the "
            "database's administrator for one with SELECT rights alone."
        )


def find_write_right(connection: "psycopg.Connection[Any]") -> str | None:
    """The first right beyond reading, in words that follow the user's name, or None."""
    flags = connection.execute(_ATTRIBUTES).fetchone() or ()
    for flag, words in zip(flags, _ATTRIBUTE_WORDS, strict=True):
        if flag:
            return words
    if found := connection.execute(_MEMBERSHIPS).fetchone():
        return f"is a member of {found[0]}"
    if found := connection.execute(_TABLES).fetchone():
        return f"{found[0]} {found[1]}.{found[2]}"
    if found := connection.execute(_SEQUENCES).fetchone():
        return f"may set the sequence {found[0]}.{found[1]}"
    if found := connection.execute(_SCHEMAS).fetchone():
        return f"may create tables in the schema {found[0]}"
    if connection.execute(_DATABASE).fetchone():
        return "may create schemas in this database"
    if found := connection.execute(_FUNCTIONS).fetchone():
        return f"may run the function {found[0]}"
    return None
