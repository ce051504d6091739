"""How a run was asked for and is steered, one model for each time it ends, and news for people."""

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AUTOMATIC = '{"kind": "auto", "time": null, "group": null}'


def upgrade() -> None:
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("depth", sa.String(), nullable=False, server_default="guided"))
        for name in ("families", "only_families"):
            batch_op.add_column(sa.Column(name, db.types.JsonDocument, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("split", db.types.JsonDocument, nullable=False, server_default=AUTOMATIC))
        batch_op.add_column(sa.Column("added_seconds", sa.Float(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("n_reopened", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("model", schema=None) as batch_op:
        batch_op.add_column(sa.Column("generation", sa.Integer(), nullable=False, server_default="1"))
        batch_op.drop_constraint(batch_op.f("uq_model_run_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_model_run_id_generation"), ["run_id", "generation"])

    op.create_table(
        "notification",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id_user_account")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_notification_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("user_id", "occasion", name=op.f("uq_notification_user_id_occasion")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notification_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notification_project_id"), ["project_id"], unique=False)


def downgrade() -> None:
    op.drop_table("notification")
    with op.batch_alter_table("model", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_model_run_id_generation"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_model_run_id"), ["run_id"])
        batch_op.drop_column("generation")
    with op.batch_alter_table("run", schema=None) as batch_op:
        for column in ("n_reopened", "added_seconds", "split", "only_families", "families", "depth"):
            batch_op.drop_column(column)
