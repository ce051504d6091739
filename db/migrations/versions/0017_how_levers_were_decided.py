"""Levers name the columns that decided them, and the column with the chance of what a case got."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("deciding_columns", db.types.JsonDocument, nullable=False, server_default="[]"),
        sa.Column("chance_column", sa.String(), nullable=False, server_default=""),
    ]


def upgrade() -> None:
    with op.batch_alter_table("lever", schema=None) as batch_op:
        for column in _columns():
            batch_op.add_column(column)
    with op.batch_alter_table("lever", schema=None) as batch_op:
        for column in _columns():
            batch_op.alter_column(column.name, server_default=None)


def downgrade() -> None:
    # Before, a lever was set by a rule where the data hold it, and one that is "recorded" could not be read.
    op.execute(sa.text("UPDATE lever SET assignment = 'rule' WHERE assignment = 'recorded'"))
    with op.batch_alter_table("lever", schema=None) as batch_op:
        for column in reversed(_columns()):
            batch_op.drop_column(column.name)
