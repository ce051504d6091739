"""What people say of columns that a run heeds: how the outcome moves, whose groups are compared, what to derive."""

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
    op.create_table(
        "feature_suggestion",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("formula", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("suggested_by", sa.String(), nullable=False),
        sa.Column("suggested_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'taken', 'declined')", name=op.f("ck_feature_suggestion_state")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_feature_suggestion_project_id_project")),
        sa.ForeignKeyConstraint(
            ["suggested_by"], ["user_account.id"], name=op.f("fk_feature_suggestion_suggested_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_feature_suggestion_decided_by_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature_suggestion")),
    )
    with op.batch_alter_table("feature_suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feature_suggestion_project_id"), ["project_id"], unique=False)


def downgrade() -> None:
    op.drop_table("feature_suggestion")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_column("business_inputs")
    with op.batch_alter_table("column_description", schema=None) as batch_op:
        batch_op.drop_column("compared")
        batch_op.drop_column("expected_direction")
