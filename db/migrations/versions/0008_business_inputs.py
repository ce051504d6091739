"""How people expect the outcome to move with a column, whose groups they compare, and what of both a run heeds."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("column_description", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expected_direction", sa.String(), nullable=False, server_default="unknown"))
        batch_op.add_column(sa.Column("compared", sa.String(), nullable=False, server_default="no"))
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("business_inputs", db.types.JsonDocument, nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_column("business_inputs")
    with op.batch_alter_table("column_description", schema=None) as batch_op:
        batch_op.drop_column("compared")
        batch_op.drop_column("expected_direction")
