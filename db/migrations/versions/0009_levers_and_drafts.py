"""Levers with steps, scopes, formulas and how they were assigned; what an objective considers; drafts of proposals."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _lever_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("step", sa.Float(), nullable=True),
        sa.Column("scope", sa.String(), nullable=False, server_default="per_row"),
        sa.Column("cost_formula", sa.String(), nullable=False, server_default=""),
        sa.Column("status_quo", sa.String(), nullable=False, server_default=""),
        sa.Column("max_change", sa.Float(), nullable=True),
        sa.Column("is_max_change_share", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("assignment", sa.String(), nullable=False, server_default="unknown"),
    ]


def upgrade() -> None:
    with op.batch_alter_table("lever", schema=None) as batch_op:
        for column in _lever_columns():
            batch_op.add_column(column)
    with op.batch_alter_table("objective_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("details", db.types.JsonDocument, nullable=False, server_default="{}"))
    for table, names in (
        ("lever", ("scope", "cost_formula", "status_quo", "is_max_change_share", "assignment")),
        ("objective_version", ("details",)),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.alter_column(name, server_default=None)
    op.create_table(
        "proposal_draft",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("answers", db.types.JsonDocument, nullable=False),
        sa.Column("changed_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_proposal_draft_project_id_project")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_proposal_draft_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_draft")),
        sa.UniqueConstraint("project_id", "user_id", name=op.f("uq_proposal_draft_project_id_user_id")),
    )
    with op.batch_alter_table("proposal_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_draft_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_draft_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("proposal_draft")
    with op.batch_alter_table("objective_version", schema=None) as batch_op:
        batch_op.drop_column("details")
    with op.batch_alter_table("lever", schema=None) as batch_op:
        for column in reversed(_lever_columns()):
            batch_op.drop_column(column.name)
