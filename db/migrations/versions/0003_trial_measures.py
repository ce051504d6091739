"""What is measured of each trial, under which circumstances a run was made, and which run it repeats."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MEASURES = (
    "score_low",
    "score_high",
    "value_low",
    "value_high",
    "latency_ms",
    "batch_latency_ms",
    "size_bytes",
    "peak_memory_mb",
    "fairness_gap",
)


def upgrade() -> None:
    with op.batch_alter_table("trial", schema=None) as batch_op:
        for name in MEASURES:
            batch_op.add_column(sa.Column(name, sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("reused_from", sa.String(), nullable=True))
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rerun_of", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("rerun_from", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("circumstances", db.types.JsonDocument, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        for column in ("circumstances", "rerun_from", "rerun_of"):
            batch_op.drop_column(column)
    with op.batch_alter_table("trial", schema=None) as batch_op:
        for column in ("reused_from", *reversed(MEASURES)):
            batch_op.drop_column(column)
