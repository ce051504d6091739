"""Whose turn it is: priorities of runs, when one was read and last served, attempts at a trial, places of a worker."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("priority", sa.String(), nullable=False, server_default="normal"))
        batch_op.add_column(sa.Column("prepared_at", db.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("served_at", db.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(op.f("ck_run_priority"), "priority IN ('low', 'normal', 'high')")
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.add_column(sa.Column("n_attempts", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("worker", schema=None) as batch_op:
        batch_op.add_column(sa.Column("n_places", sa.Integer(), nullable=False, server_default="1"))
    op.execute(
        "UPDATE run SET prepared_at = COALESCE(started_at, created_at) WHERE state <> 'queued' OR generation > 1"
    )
    for table, column in (("run", "priority"), ("trial", "n_attempts"), ("worker", "n_places")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("worker", schema=None) as batch_op:
        batch_op.drop_column("n_places")
    with op.batch_alter_table("trial", schema=None) as batch_op:
        batch_op.drop_column("n_attempts")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_run_priority"), type_="check")
        batch_op.drop_column("served_at")
        batch_op.drop_column("prepared_at")
        batch_op.drop_column("priority")
