"""Alembic's entry: the same migrations on SQLite and PostgreSQL."""

from alembic import context
from sqlalchemy import Connection

from db.tables import SQLModel

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
